"""Streaming's stores in memory: for tests and throw-away servers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from server_stub.streaming.errors import BlobMissingError, BlobWriteError
from server_stub.streaming.model.encoding import Loudness
from server_stub.streaming.model.loudness import album_lufs
from server_stub.streaming.model.renditions import (
    DraftRendition,
    FailedTrack,
    NotedTrack,
    Outcome,
    Preparation,
    PreparedTrack,
    SourceFile,
    State,
    StoredRendition,
)


class MemoryBlobs:
    """Blobs in a dictionary."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    async def put(self, name: str, data: bytes) -> None:
        """Store bytes."""
        self._blobs[name] = bytes(data)

    async def put_file(self, name: str, path: Path) -> None:
        """Store the content of a file, which is gone afterwards. Raises BlobWriteError."""
        try:
            self._blobs[name] = path.read_bytes()  # noqa: ASYNC240 - a fake for small files
            path.unlink()  # noqa: ASYNC240 - the same
        except OSError as error:
            raise BlobWriteError(f"{name} cannot be stored: {error}") from error

    async def read(self, name: str, start: int, end: int) -> bytes:
        """Bytes [start, end). Raises BlobMissingError if they are not all there."""
        if start >= end:
            return b""
        data = self._blobs.get(name, b"")
        if end > len(data):
            raise BlobMissingError(f"no bytes {start}-{end} of {name}")
        return data[start:end]

    async def size(self, name: str) -> int:
        """Length in bytes. Raises BlobMissingError."""
        if name not in self._blobs:
            raise BlobMissingError(f"no blob {name}")
        return len(self._blobs[name])

    async def delete(self, name: str) -> None:
        """Remove a blob; nothing happens if there is none."""
        self._blobs.pop(name, None)


@dataclass(slots=True)
class _Row:
    """One enrolled track."""

    source: SourceFile
    state: State = "waiting"
    requested_at: float | None = None
    attempts: int = 0
    retry_at: float = 0.0
    reason: str = ""
    damage: str = ""
    note: str = ""
    loudness: Loudness | None = None


@dataclass(slots=True)
class MemoryPreparations:
    """Jobs and renditions in dictionaries, which keep import order by themselves."""

    rows: dict[str, _Row] = field(default_factory=dict)
    drafts: dict[str, DraftRendition] = field(default_factory=dict)
    stored: dict[str, StoredRendition] = field(default_factory=dict)
    condemned: dict[str, DraftRendition] = field(default_factory=dict)

    async def enroll(self, sources: Sequence[SourceFile]) -> None:
        """These (revisions of) tracks wait to be prepared."""
        for source in sources:
            self._enroll(source)

    async def request(self, source: SourceFile, at: float) -> None:
        """Somebody wants to hear this track."""
        self._enroll(source)
        self.rows[source.track_id].requested_at = at

    async def claim(self, at: float, busy: Collection[str]) -> str | None:
        """The track to prepare next, marked as being worked on."""
        waiting = [
            row
            for row in self.rows.values()
            if row.state == "waiting" and row.retry_at <= at and row.source.track_id not in busy
        ]
        if not waiting:
            return None
        row = min(waiting, key=lambda row: (row.requested_at is None, row.requested_at or 0.0))
        row.state = "working"
        return row.source.track_id

    async def begin(self, drafts: Sequence[DraftRendition]) -> None:
        """An encoder is about to write these."""
        self.drafts.update((one.id, one) for one in drafts)

    async def complete(self, outcome: Outcome) -> None:
        """Drafts became renditions. A whole ladder dooms the renditions of other revisions."""
        for one in outcome.renditions:
            if self.drafts.pop(one.id, None):
                self.stored[one.id] = one
        row = self.rows.get(outcome.track_id)
        if row is None:
            return
        row.damage = outcome.damage
        if outcome.whole:
            self._finish(row, outcome)

    async def fail(
        self, track_id: str, drafts: Collection[str], reason: str, retry_at: float | None
    ) -> None:
        """A pass failed, and its drafts are doomed."""
        row = self.rows.get(track_id)
        if row:
            row.state = "failed" if retry_at is None else "waiting"
            row.reason, row.retry_at = reason, retry_at or 0.0
            row.attempts += 1
        self._doom_drafts([one for one in drafts if one in self.drafts])

    async def track(self, track_id: str) -> PreparedTrack | None:
        """State of a track and what of it can be played."""
        row = self.rows.get(track_id)
        if row is None:
            return None
        stored = tuple(one for one in self.stored.values() if one.track_id == track_id)
        return PreparedTrack(
            track_id,
            row.source.revision,
            row.state,
            row.reason,
            row.attempts,
            row.loudness,
            row.damage,
            stored,
        )

    async def rendition(self, rendition_id: str) -> StoredRendition | None:
        """A rendition that can be played, or None."""
        return self.stored.get(rendition_id)

    async def recover(self) -> None:
        """After a start: what was being worked on, or was given up, waits again."""
        for row in self.rows.values():
            if row.state in ("working", "failed"):
                row.state, row.attempts, row.retry_at = "waiting", 0, 0.0
        self._doom_drafts(tuple(self.drafts))

    async def doomed(self, limit: int) -> Sequence[DraftRendition]:
        """Renditions whose bytes are to be deleted."""
        return list(self.condemned.values())[:limit]

    async def erase(self, rendition_ids: Collection[str]) -> None:
        """Forget renditions whose bytes are gone."""
        for rendition_id in rendition_ids:
            del self.condemned[rendition_id]

    async def remove(self, track_ids: Collection[str]) -> None:
        """Forget tracks; all their renditions are doomed."""
        for track_id in track_ids:
            self.rows.pop(track_id, None)
            self._doom_drafts([one.id for one in self.drafts.values() if one.track_id == track_id])
            for one in tuple(self.stored.values()):
                if one.track_id == track_id:
                    self._doom_stored(one)

    async def progress(self) -> Preparation:
        """How far the library is."""
        states = [row.state for row in self.rows.values()]
        failures = tuple(
            FailedTrack(row.source.track_id, row.reason)
            for row in reversed(self.rows.values())
            if row.state == "failed"
        )
        return Preparation(
            tracks=len(states),
            ready=states.count("ready"),
            working=states.count("working"),
            waiting=states.count("waiting"),
            failed=states.count("failed"),
            renditions_ready=len(self.stored),
            bytes_ready=sum(one.size for one in self.stored.values()),
            failures=failures,
            notes=tuple(
                NotedTrack(row.source.track_id, row.note)
                for row in reversed(self.rows.values())
                if row.note
            ),
        )

    def _enroll(self, source: SourceFile) -> None:
        row = self.rows.get(source.track_id)
        if row is None:
            self.rows[source.track_id] = _Row(source)
        elif row.source.revision != source.revision:
            row.source, row.state = source, "waiting"
            row.attempts, row.retry_at, row.reason = 0, 0.0, ""

    def _finish(self, row: _Row, outcome: Outcome) -> None:
        same = row.source.revision == outcome.revision
        row.state = "ready" if same else "waiting"
        if same:
            row.reason, row.requested_at = "", None
        row.loudness, row.note = outcome.loudness or row.loudness, outcome.note
        for one in tuple(self.stored.values()):
            if one.track_id == outcome.track_id and one.revision != outcome.revision:
                self._doom_stored(one)

    def _doom_drafts(self, rendition_ids: Iterable[str]) -> None:
        for rendition_id in rendition_ids:
            self.condemned[rendition_id] = self.drafts.pop(rendition_id)

    def _doom_stored(self, one: StoredRendition) -> None:
        del self.stored[one.id]
        self.condemned[one.id] = DraftRendition(
            one.id,
            one.track_id,
            one.revision,
            one.codec,
            one.kbps,
            one.wrapped_key,
            one.created_at,
        )


class MemoryFindings:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    async def damaged(self, track_id: str, reason: str) -> None:
        """The file cannot be played to its end."""
        self.reasons[track_id] = reason


class MemorySources:
    """A library of files that tests change as they like. Order of insertion is import order."""

    def __init__(self, preparations: MemoryPreparations) -> None:
        self._preparations = preparations
        self._files: dict[str, SourceFile] = {}
        self._albums: dict[str, str] = {}
        self._version = 0

    def put(self, source: SourceFile) -> None:
        """A track was imported, or its file has changed."""
        self._files[source.track_id] = source
        self._version += 1

    def touch(self, track_id: str, revision: str) -> None:
        """The file of a track has changed."""
        self.put(replace(self._files[track_id], revision=revision))

    def group(self, album: str, track_ids: Sequence[str]) -> None:
        """These are the tracks of an album."""
        self._albums.update(dict.fromkeys(track_ids, album))

    def drop(self, track_id: str) -> None:
        """A track was removed."""
        del self._files[track_id]
        self._version += 1

    async def source(self, track_id: str) -> SourceFile | None:
        """The file of this track, or None if there is no such track."""
        return self._files.get(track_id)

    async def unprepared(self, limit: int) -> Sequence[SourceFile]:
        """Tracks that were never enrolled, or whose file has changed since."""
        rows = self._preparations.rows
        return [
            source
            for source in self._files.values()
            if source.track_id not in rows
            or rows[source.track_id].source.revision != source.revision
        ][:limit]

    async def vanished(self, limit: int) -> Sequence[str]:
        """Enrolled tracks that are no longer in the library."""
        return [one for one in self._preparations.rows if one not in self._files][:limit]

    async def album_lufs(self, track_id: str) -> float | None:
        """Loudness of the album that a track is on, once all of it was measured."""
        album, rows = self._albums.get(track_id), self._preparations.rows
        found = [(rows.get(one), one) for one, on in self._albums.items() if on == album]
        return album_lufs(
            (
                row is not None and row.loudness is not None,
                row.loudness.lufs if row is not None and row.loudness is not None else None,
                self._files[track].duration_ms,
            )
            for row, track in found
        )

    async def version(self) -> int:
        """A number that changes when the library does."""
        return self._version
