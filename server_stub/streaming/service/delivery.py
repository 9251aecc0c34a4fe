"""The streaming service: manifests, bytes and indexes of tracks, prepared or not."""

import asyncio
import contextlib
from dataclasses import dataclass, field, replace

from server_stub.kernel.clock import Clock
from server_stub.streaming.errors import (
    BlobMissingError,
    NotReadyError,
    PreparationFailedError,
    SnapshotUnknownError,
    TrackUnknownError,
)
from server_stub.streaming.model.manifests import (
    PreparedManifest,
    growing_manifest,
    growing_rendition,
    prepared_manifest,
    ready_manifest,
)
from server_stub.streaming.model.renditions import (
    FIRST_KBPS,
    MEDIA_TYPE,
    MediaObject,
    Preparation,
    PreparedTrack,
    SourceFile,
    StoredRendition,
    data_name,
    index_name,
)
from server_stub.streaming.ports import Encoder, Sources
from server_stub.streaming.service.known import KnownRenditions
from server_stub.streaming.service.passes import GrowingRendition, Pass, Passes, Stores
from server_stub.streaming.service.preparing import Preparer, PreparingSettings
from sync.wire.index import RenditionIndex, decode_index, encode_index
from sync.wire.playback import Codec


@dataclass(frozen=True, slots=True)
class StreamingSettings:
    """How long a listener waits, and how eagerly the library is prepared."""

    first_pieces: int = 8
    """A track that starts now is handed out with so many pieces (twelve seconds) ..."""
    first_wait_s: float = 0.4
    """... or with what there is so long after its first piece."""
    first_piece_timeout_s: float = 20.0
    """Without a first piece by then the listener is told to ask again."""
    preparing: PreparingSettings = field(default_factory=PreparingSettings)


class StreamingService:
    """What the edges call."""

    def __init__(
        self,
        sources: Sources,
        stores: Stores,
        encoder: Encoder,
        clock: Clock,
        settings: StreamingSettings | None = None,
    ) -> None:
        self._settings = settings or StreamingSettings()
        self._sources = sources
        self._stores = stores
        self._encoder = encoder
        self._known = KnownRenditions(stores.preparations)
        self._passes = Passes(stores, encoder, clock)
        self.preparer = Preparer(
            sources, stores, self._passes, self._known, self._settings.preparing
        )
        self._settling: set[asyncio.Task[None]] = set()

    async def manifest(self, track_id: str, *, codec: Codec) -> PreparedManifest:
        """The manifest of a track and its content keys.

        A track that is not prepared is started now in this codec, and given out as soon as its
        first pieces are there. Raises TrackUnknownError, PreparationFailedError or NotReadyError.
        """
        found = await self._look_up(track_id, codec)
        if isinstance(found, PreparedTrack):
            return await self._ready(found)
        running = self._passes.growing(track_id, codec) or self._begin(found, codec)
        self._passes.hurry(running)
        await self._first_pieces(running, codec)
        if running.task and running.task.done():
            return await self.manifest(track_id, codec=codec)
        return self._growing(running, codec)

    async def media(self, rendition_id: str) -> MediaObject:
        """Size and validators of a rendition's file. Raises RenditionUnknownError."""
        growing = self._passes.rendition(rendition_id)
        if growing:
            return _growing_object(growing)
        one = await self._known.get(rendition_id)
        return MediaObject(one.size, one.id, one.created_at, True, MEDIA_TYPE[one.codec], one.codec)

    async def read(self, rendition_id: str, start: int, end: int) -> bytes:
        """Bytes [start, end) as stored. Raises RenditionUnknownError or BlobMissingError."""
        growing = self._passes.rendition(rendition_id)
        if growing:
            if end > growing.index.size:
                raise BlobMissingError("these bytes are not written yet")
            with contextlib.suppress(BlobMissingError):  # it has just moved to the blob store
                return self._stores.workspace.read(rendition_id, start, end)
            codec = growing.draft.codec
        else:
            codec = (await self._known.get(rendition_id)).codec
        return await self._stores.blobs.read(data_name(rendition_id, codec), start, end)

    async def index(self, rendition_id: str, pieces: int | None = None) -> bytes:
        """The index, or the snapshot of its first `pieces` that a growing manifest named.

        Raises RenditionUnknownError or SnapshotUnknownError.
        """
        growing = self._passes.rendition(rendition_id)
        if growing:
            _check_snapshot(pieces, len(growing.index.pieces))
            return growing.index.snapshot(pieces)
        one = await self._known.get(rendition_id)
        _check_snapshot(pieces, one.pieces)
        name = index_name(rendition_id)
        data = await self._stores.blobs.read(name, 0, await self._stores.blobs.size(name))
        if pieces is None or pieces == one.pieces:
            return data
        whole = decode_index(data)
        return encode_index(
            RenditionIndex(whole.codec, whole.init_bytes, whole.init_digest, whole.pieces[:pieces])
        )

    async def progress(self) -> Preparation:
        """How far the library is."""
        return await self._stores.preparations.progress()

    def library_changed(self) -> None:
        """Tracks were imported, changed or removed: look at once."""
        self.preparer.wake()

    async def run_workers(self) -> None:
        """Prepare the library until cancelled."""
        await self.preparer.run()

    async def close(self) -> None:
        """Stop encoding. What is unfinished is done again after the next start."""
        await self._passes.close()
        await asyncio.gather(*self._settling, return_exceptions=True)
        await self._encoder.close()

    async def _look_up(self, track_id: str, codec: Codec) -> PreparedTrack | SourceFile:
        """What of the track can be played in this codec, or the source to make it from."""
        while True:
            ended = self._passes.ended
            track = await self._stores.preparations.track(track_id)
            if track and (playable := _playable(track, codec)):
                return playable
            source = await self._sources.source(track_id)
            if source is None:
                raise TrackUnknownError("no such track")
            if track and track.state == "failed" and track.revision == source.revision:
                raise PreparationFailedError(track.reason)
            if self._passes.ended == ended:
                return source  # no pass ended in between: the track is growing or not begun

    def _begin(self, source: SourceFile, codec: Codec) -> Pass:
        running = self._passes.start(
            source, [(codec, FIRST_KBPS)], urgent=True, completes_ladder=False
        )
        follower = asyncio.create_task(self.preparer.settle(running))
        self._settling.add(follower)
        follower.add_done_callback(self._settled)
        return running

    def _settled(self, follower: "asyncio.Task[None]") -> None:
        self._settling.discard(follower)
        if not follower.cancelled():
            follower.exception()  # recorded by settle(), and told to those who wait in manifest()

    async def _first_pieces(self, running: Pass, codec: Codec) -> None:
        """Wait for the first piece, and a moment longer for a few more."""
        timeout = self._settings.first_piece_timeout_s
        if not await _reached(running, codec, 1, timeout):
            raise NotReadyError("the track is being prepared", retry_after_s=1.0)
        await _reached(running, codec, self._settings.first_pieces, self._settings.first_wait_s)
        _raise_failure(running)

    def _growing(self, running: Pass, codec: Codec) -> PreparedManifest:
        growing, pieces = running.of_codec(codec), running.pieces(codec)
        renditions = [
            growing_rendition(one.draft.id, one.draft.kbps, one.index, pieces) for one in growing
        ]
        source = running.source
        manifest = growing_manifest(
            source.track_id, running.sample_rate, source.duration_ms, renditions
        )
        return prepared_manifest(manifest, {one.draft.id: one.content_key for one in growing})

    async def _ready(self, track: PreparedTrack) -> PreparedManifest:
        keys = {
            one.id: self._stores.keys.unwrap(one.id, one.wrapped_key) for one in track.renditions
        }
        album_lufs = await self._sources.album_lufs(track.track_id)
        return prepared_manifest(ready_manifest(track, album_lufs), keys)


async def _reached(running: Pass, codec: Codec, pieces: int, timeout_s: float) -> bool:
    """Whether so many pieces are there (or all there will ever be) within the time."""
    task = running.task
    try:
        async with asyncio.timeout(timeout_s):
            while running.pieces(codec) < pieces and task and not task.done():
                await running.movement()
    except TimeoutError:
        return False
    return True


def _raise_failure(running: Pass) -> None:
    task = running.task
    if task and task.done():
        if task.cancelled():
            raise NotReadyError("the server is shutting down", retry_after_s=5.0)
        task.result()


def _playable(track: PreparedTrack, codec: Codec) -> PreparedTrack | None:
    """The renditions of one revision, if they include this codec; the fullest ladder wins."""
    by_revision: dict[str, list[StoredRendition]] = {}
    for one in track.renditions:
        by_revision.setdefault(one.revision, []).append(one)
    candidates = [
        tuple(group) for group in by_revision.values() if any(one.codec == codec for one in group)
    ]
    if not candidates:
        return None
    best = max(candidates, key=lambda group: (len(group), group[0].revision == track.revision))
    return replace(track, renditions=best)


def _growing_object(growing: GrowingRendition) -> MediaObject:
    draft, size = growing.draft, growing.index.size
    media_type = MEDIA_TYPE[draft.codec]
    etag = f"{draft.id}-{size}"
    return MediaObject(size, etag, draft.created_at, False, media_type, draft.codec)


def _check_snapshot(asked: int | None, there: int) -> None:
    if asked is not None and not 0 <= asked <= there:
        raise SnapshotUnknownError(f"this rendition has {there} pieces")
