"""Passes: encodes under way, whose renditions can be heard while they grow."""

import asyncio
import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from drm.format import envelope
from server_stub.kernel.clock import Clock
from server_stub.streaming.model.encoding import (
    Began,
    Encoded,
    EncodeEvent,
    EncodeTask,
    Opened,
    PieceWritten,
    Target,
)
from server_stub.streaming.model.manifests import GrowingIndex, sha256_hex
from server_stub.streaming.model.renditions import (
    DraftRendition,
    Outcome,
    Rung,
    SourceFile,
    StoredRendition,
    data_name,
    index_name,
)
from server_stub.streaming.ports import (
    BlobStore,
    Encoder,
    Findings,
    KeyWrap,
    PreparationStore,
    Workspace,
)
from sync.wire.ids import new_id
from sync.wire.playback import Codec


@dataclass(frozen=True, slots=True)
class Stores:
    """Where preparation keeps what it makes."""

    preparations: PreparationStore
    blobs: BlobStore
    workspace: Workspace
    keys: KeyWrap
    findings: Findings


@dataclass(slots=True)
class GrowingRendition:
    """One file that an encoder is writing."""

    draft: DraftRendition
    content_key: bytes
    index: GrowingIndex


@dataclass(slots=True)
class Pass:
    """One encode of a source into several renditions."""

    id: str
    source: SourceFile
    renditions: dict[str, GrowingRendition]
    urgent: bool
    completes_ladder: bool
    sample_rate: int = 0
    task: "asyncio.Task[None] | None" = None
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def of_codec(self, codec: Codec) -> list[GrowingRendition]:
        """Its renditions in this codec."""
        return [one for one in self.renditions.values() if one.draft.codec == codec]

    def pieces(self, codec: Codec) -> int:
        """Pieces that every rendition in this codec has by now."""
        return min((len(one.index.pieces) for one in self.of_codec(codec)), default=0)

    def observe(self, event: EncodeEvent) -> None:
        """Take in what the encoder tells."""
        if isinstance(event, Opened):
            self.sample_rate = event.sample_rate
        elif isinstance(event, Began):
            self.renditions[event.rendition_id].index.begin(event)
        elif isinstance(event, PieceWritten):
            self.renditions[event.rendition_id].index.add(event)
        self.moved()

    def moved(self) -> None:
        """Wake who waits for progress."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def movement(self) -> None:
        """Return at the next sign of progress, or at the end."""
        await self._moved.wait()


class Passes:
    """Starts passes, follows them, and stores what they made."""

    def __init__(self, stores: Stores, encoder: Encoder, clock: Clock) -> None:
        self._stores = stores
        self.encoder = encoder
        self.clock = clock
        self._running: dict[str, Pass] = {}
        self.ended = 0
        """How many passes are over: tells whether what was read from the store may be old."""

    @property
    def busy_tracks(self) -> set[str]:
        """Tracks that are being encoded."""
        return {one.source.track_id for one in self._running.values()}

    async def quiet(self, track_id: str) -> None:
        """Return when no pass over this track is left; how they ended does not matter."""
        while tasks := [
            one.task
            for one in self._running.values()
            if one.source.track_id == track_id and one.task
        ]:
            await asyncio.wait(tasks)

    def growing(self, track_id: str, codec: Codec) -> Pass | None:
        """The pass that is writing this track in this codec."""
        for one in self._running.values():
            if one.source.track_id == track_id and one.of_codec(codec):
                return one
        return None

    def rendition(self, rendition_id: str) -> GrowingRendition | None:
        """A growing rendition by its id."""
        for one in self._running.values():
            if rendition_id in one.renditions:
                return one.renditions[rendition_id]
        return None

    def hurry(self, running: Pass) -> None:
        """Somebody waits for this pass."""
        if not running.urgent:
            running.urgent = True
            self.encoder.hurry(running.id)

    def start(
        self, source: SourceFile, rungs: Sequence[Rung], *, urgent: bool, completes_ladder: bool
    ) -> Pass:
        """Begin to encode. The pass's task ends when its renditions are stored, or raises."""
        growing = [self._draft(source, rung) for rung in rungs]
        running = Pass(
            new_id(), source, {one.draft.id: one for one in growing}, urgent, completes_ladder
        )
        self._running[running.id] = running
        running.task = asyncio.create_task(self._follow(running), name=f"encode {running.id}")
        return running

    async def close(self) -> None:
        """Give up all passes; the next start of the server does them again."""
        tasks = [one.task for one in self._running.values() if one.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _draft(self, source: SourceFile, rung: Rung) -> GrowingRendition:
        codec, kbps = rung
        rendition_id, key = new_id(), envelope.new_content_key()
        draft = DraftRendition(
            rendition_id,
            source.track_id,
            source.revision,
            codec,
            kbps,
            self._stores.keys.wrap(rendition_id, key),
            self.clock.now(),
        )
        return GrowingRendition(draft, key, GrowingIndex(codec))

    async def _follow(self, running: Pass) -> None:
        with self._listed(running):
            if not running.completes_ladder:
                await self._stores.preparations.request(running.source, self.clock.now())
            drafts = [one.draft for one in running.renditions.values()]
            await self._stores.preparations.begin(drafts)
            encoded = await self.encoder.run(self._task_of(running), running.observe)
            await self._keep(running, encoded)

    @contextlib.contextmanager
    def _listed(self, running: Pass) -> Iterator[None]:
        """While it is listed, a pass can be played from its growing files."""
        try:
            yield
        finally:
            del self._running[running.id]
            self.ended += 1
            for rendition_id in running.renditions:
                self._stores.workspace.forget(rendition_id)
            running.moved()

    def _task_of(self, running: Pass) -> EncodeTask:
        targets = tuple(
            Target(
                rendition_id=one.draft.id,
                codec=one.draft.codec,
                kbps=one.draft.kbps,
                content_key=one.content_key,
                path=os.fspath(self._stores.workspace.path_of(one.draft.id)),
            )
            for one in running.renditions.values()
        )
        return EncodeTask(
            id=running.id,
            source=running.source.path,
            targets=targets,
            measure=running.completes_ladder,
            urgent=running.urgent,
        )

    async def _keep(self, running: Pass, encoded: Encoded) -> None:
        """Bytes first, then the record: a rendition that is listed is whole. A finding goes before
        the record too: what is recorded as done is not looked at again."""
        stored = tuple([await self._store(one, encoded) for one in running.renditions.values()])
        outcome = Outcome(
            running.source.track_id,
            running.source.revision,
            stored,
            encoded.damage,
            encoded.loudness,
            running.completes_ladder,
            encoded.note,
        )
        if encoded.damage:
            await self._stores.findings.damaged(running.source.track_id, encoded.damage)
        await self._stores.preparations.complete(outcome)

    async def _store(self, growing: GrowingRendition, encoded: Encoded) -> StoredRendition:
        draft, index = growing.draft, growing.index.snapshot()
        blobs, workspace = self._stores.blobs, self._stores.workspace
        await blobs.put_file(data_name(draft.id, draft.codec), workspace.path_of(draft.id))
        await blobs.put(index_name(draft.id), index)
        return StoredRendition(
            draft.id,
            draft.track_id,
            draft.revision,
            draft.codec,
            draft.kbps,
            growing.index.size,
            growing.index.init_bytes,
            len(growing.index.pieces),
            sha256_hex(index),
            encoded.sample_rate,
            encoded.duration_samples,
            draft.wrapped_key,
            draft.created_at,
        )
