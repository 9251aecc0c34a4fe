"""What streaming needs of the outside, in its own words."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol

from server_stub.streaming.model.encoding import Encoded, EncodeEvent, EncodeTask
from server_stub.streaming.model.renditions import (
    DraftRendition,
    Outcome,
    Preparation,
    PreparedTrack,
    SourceFile,
    StoredRendition,
)

Watch = Callable[[EncodeEvent], None]


class Sources(Protocol):
    """The imported files, seen from here."""

    async def source(self, track_id: str) -> SourceFile | None:
        """The file of this track, or None if there is no such track."""
        ...

    async def unprepared(self, limit: int) -> Sequence[SourceFile]:
        """Tracks that were never enrolled, or whose file has changed since; in import order."""
        ...

    async def vanished(self, limit: int) -> Sequence[str]:
        """Enrolled tracks that are no longer in the library."""
        ...

    async def album_lufs(self, track_id: str) -> float | None:
        """Loudness of the album that a track is on, once all of it was measured."""
        ...

    async def version(self) -> int:
        """A number that changes when the library does; cheap to ask for."""
        ...


class PreparationStore(Protocol):
    """Jobs and renditions. Every method is one transaction."""

    async def enroll(self, sources: Sequence[SourceFile]) -> None:
        """These (revisions of) tracks wait to be prepared."""
        ...

    async def request(self, source: SourceFile, at: float) -> None:
        """Somebody wants to hear this track: it goes before all that nobody asked for."""
        ...

    async def claim(self, at: float, busy: Collection[str]) -> str | None:
        """The track to prepare next, marked as being worked on. Never one of `busy`."""
        ...

    async def begin(self, drafts: Sequence[DraftRendition]) -> None:
        """An encoder is about to write these."""
        ...

    async def complete(self, outcome: Outcome) -> None:
        """Drafts became renditions (but for those doomed meanwhile, as their track was removed). A
        whole ladder dooms the renditions of other revisions."""
        ...

    async def fail(
        self, track_id: str, drafts: Collection[str], reason: str, retry_at: float | None
    ) -> None:
        """A pass failed, its drafts are doomed. Without `retry_at` the track is given up."""
        ...

    async def track(self, track_id: str) -> PreparedTrack | None:
        """State of a track and what of it can be played; None if it was never enrolled."""
        ...

    async def rendition(self, rendition_id: str) -> StoredRendition | None:
        """A rendition that can be played, or None."""
        ...

    async def recover(self) -> None:
        """After a start: what was being worked on, or was given up, waits again, and every draft is
        doomed."""
        ...

    async def doomed(self, limit: int) -> Sequence[DraftRendition]:
        """Renditions whose bytes are to be deleted."""
        ...

    async def erase(self, rendition_ids: Collection[str]) -> None:
        """Forget renditions whose bytes are gone, keys included."""
        ...

    async def remove(self, track_ids: Collection[str]) -> None:
        """Forget tracks; all their renditions are doomed."""
        ...

    async def progress(self) -> Preparation:
        """How far the library is."""
        ...


class BlobStore(Protocol):
    """Named bytes that never change once they are there."""

    async def put(self, name: str, data: bytes) -> None:
        """Store bytes; they are there whole or not at all. Raises BlobWriteError."""
        ...

    async def put_file(self, name: str, path: Path) -> None:
        """Store the content of a file, which may be moved there. Raises BlobWriteError."""
        ...

    async def read(self, name: str, start: int, end: int) -> bytes:
        """Bytes [start, end). Raises BlobMissingError if they are not all there."""
        ...

    async def size(self, name: str) -> int:
        """Length in bytes. Raises BlobMissingError."""
        ...

    async def delete(self, name: str) -> None:
        """Remove a blob; nothing happens if there is none."""
        ...


class Workspace(Protocol):
    """Files that grow while an encoder writes them."""

    def path_of(self, rendition_id: str) -> Path:
        """Where a rendition grows."""
        ...

    def read(self, rendition_id: str, start: int, end: int) -> bytes:
        """Bytes [start, end), also while the file is being moved away."""
        ...

    def forget(self, rendition_id: str) -> None:
        """Let go of the file, and remove it if it is still there."""
        ...


class Encoder(Protocol):
    """Turns sources into renditions outside this process."""

    @property
    def capacity(self) -> int:
        """How many tasks that are not urgent make progress at once."""
        ...

    async def start(self) -> None:
        """Get ready, so that the first task starts at once."""
        ...

    async def run(self, task: EncodeTask, watch: Watch) -> Encoded:
        """Do a task; `watch` sees every event in order.

        Raises SourceDamagedError, PreparationFailedError or EncoderLostError.
        """
        ...

    def hurry(self, task_id: str) -> None:
        """A task became urgent."""
        ...

    async def close(self) -> None:
        """Stop all work at once."""
        ...


class Findings(Protocol):
    """Told what shows only when a source is decoded to its end."""

    async def damaged(self, track_id: str, reason: str) -> None:
        """The file cannot be played to its end. Said again for every revision it is true of."""
        ...


class KeyWrap(Protocol):
    """Protects content keys at rest."""

    def wrap(self, rendition_id: str, content_key: bytes) -> bytes:
        """The key as it may be stored."""
        ...

    def unwrap(self, rendition_id: str, wrapped: bytes) -> bytes:
        """The key again. Raises KeyDamagedError if it was altered or is another rendition's."""
        ...
