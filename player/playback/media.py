"""From addresses to verified bytes: indexes, decoder configurations and pieces of renditions.

The chain of trust is followed here: the manifest (checked against the licence by `grants`) names
the index by digest, the index every piece. Nothing that fails its digest is kept or played.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from drm.format import envelope
from player.playback.download import Downloader, Want
from player.playback.errors import IndexStaleError, MediaDamagedError
from player.playback.grants import GrantBook, GrantedTrack
from player.playback.pieces import LoadedPiece
from player.playback.ports import Papers, PieceStore
from sync.wire.index import IndexDamagedError, Piece, RenditionIndex, decode_index, digest
from sync.wire.playback import PIECE_SAMPLES, Manifest, Rendition

ATTEMPTS = 3
"""So often wrong bytes are fetched again."""


@dataclass(frozen=True, slots=True)
class OpenRendition:
    """A rendition whose index is verified: pieces can be asked for."""

    track_id: str
    rendition: Rendition
    index: RenditionIndex
    init: bytes = field(repr=False)
    """In the clear."""


@dataclass(slots=True)
class Flight:
    """A piece on its way. `received` are its bytes from `start` on, kept when it is cut or left."""

    source: OpenRendition
    number: int
    start: int
    received: bytearray = field(default_factory=bytearray)
    from_network: bool = False

    @property
    def piece(self) -> Piece:
        """Its entry in the index."""
        return self.source.index.pieces[self.number]

    @property
    def left(self) -> int:
        """Bytes still to come."""
        return max(0, self.piece.end - self.start - len(self.received))


class MediaDesk:
    """Opens renditions and brings pieces, from the store when they are there."""

    def __init__(
        self, downloader: Downloader, grants: GrantBook, store: PieceStore, papers: Papers
    ) -> None:
        self._downloader = downloader
        self._grants = grants
        self._store = store
        self._papers = papers
        self._begun: dict[tuple[str, int], bytearray] = {}
        """Bytes of pieces that were not finished, by rendition and first byte."""

    # ------------------------------------------------------------------ renditions

    async def open(
        self, granted: GrantedTrack, rendition: Rendition, *, ahead: int = 0
    ) -> OpenRendition:
        """Index and decoder configuration; `ahead` bytes of piece 0 come in the same request."""
        known = await self._open_kept(rendition)
        if known is not None:
            index, sealed = known
        else:
            heading = asyncio.create_task(self._head(granted, rendition, ahead))
            try:
                index = await self._index(granted, rendition)
                head = await heading
            finally:
                heading.cancel()
                await asyncio.gather(heading, return_exceptions=True)
            sealed = await self._checked_head(granted, rendition, index, head)
        key = await self._grants.content_key(granted.track_id, rendition.id)
        init = envelope.apply(key, 0, sealed)
        return OpenRendition(granted.track_id, rendition, index, init)

    async def is_kept(self, rendition: Rendition) -> bool:
        """Whether it can be opened without the server."""
        return await self._open_kept(rendition) is not None

    def has(self, source: OpenRendition, number: int) -> bool:
        """Whether a piece is in the store."""
        piece = source.index.pieces[number]
        return self._store.has(source.rendition.id, piece.start, piece.end)

    async def _open_kept(self, rendition: Rendition) -> tuple[RenditionIndex, bytes] | None:
        index = await self._kept_index(rendition)
        if index is None:
            return None
        sealed = await self._store.get(rendition.id, 0, index.init_bytes)
        if sealed is None or digest(sealed) != index.init_digest:
            return None
        return index, sealed

    async def _kept_index(self, rendition: Rendition) -> RenditionIndex | None:
        raw = await self._papers.read(_index_name(rendition))
        if raw is None:
            return None
        try:
            return _verified_index(rendition, raw)
        except MediaDamagedError:
            return None  # of a version of before: the server may have a newer one

    async def _index(self, granted: GrantedTrack, rendition: Rendition) -> RenditionIndex:
        index = await self._kept_index(rendition)
        for _attempt in range(ATTEMPTS):
            if index is not None:
                return index
            received = bytearray()
            want = Want(granted.track_id, rendition.id, "index", 0, None)
            await self._downloader.fetch(want, received)
            index = _verified_index(rendition, bytes(received))
            if index is not None:
                self._papers.write(_index_name(rendition), bytes(received))
        if index is None:
            raise IndexStaleError("the index is not the one that the manifest names")
        return index

    async def _head(self, granted: GrantedTrack, rendition: Rendition, ahead: int) -> bytes:
        end = min(rendition.init_bytes + ahead, rendition.bytes)
        kept = None if ahead else await self._store.get(rendition.id, 0, end)
        if kept is not None:
            return kept
        received = bytearray()
        want = Want(granted.track_id, rendition.id, "data", 0, end)
        await self._downloader.fetch(want, received)
        return bytes(received)

    async def _checked_head(
        self, granted: GrantedTrack, rendition: Rendition, index: RenditionIndex, head: bytes
    ) -> bytes:
        size = index.init_bytes
        for _attempt in range(ATTEMPTS):
            if digest(head[:size]) == index.init_digest:
                break
            self._store.drop(rendition.id, 0, size)
            head = await self._head(granted, rendition, ahead=0)
        else:
            raise MediaDamagedError("the beginning of a file is not what its index names")
        self._store.put(rendition.id, 0, head[:size])
        if len(head) > size:
            self._begun[rendition.id, size] = bytearray(head[size:])
        return head[:size]

    # ------------------------------------------------------------------ pieces

    def flight(self, source: OpenRendition, number: int, *, follows: bool) -> Flight:
        """A piece to bring. If it `follows` one of the same rendition, pre-roll is here already."""
        piece = source.index.pieces[number]
        start = piece.offset if follows else piece.start
        received = self._begun.pop((source.rendition.id, start), bytearray())
        size = piece.end - start
        if len(received) > size:
            self._begun[source.rendition.id, piece.end] = received[size:]
            del received[size:]
        return Flight(source, number, start, received)

    async def bring(
        self,
        flight: Flight,
        before: Callable[[], Awaitable[bytes | None]],
        progress: Callable[[], None],
    ) -> bytes:
        """The piece with its pre-roll as stored, verified. Raises MediaDamagedError.

        `before` gives the stored bytes of the piece before, or None; used only with `follows`.
        """
        piece, rendition_id = flight.piece, flight.source.rendition.id
        kept = await self._store.get(rendition_id, piece.start, piece.end)
        if kept is not None:
            if digest(kept) == piece.digest:
                return kept
            self._store.drop(rendition_id, piece.start, piece.end)
        flight.from_network = True
        for _attempt in range(ATTEMPTS):
            await self._complete(flight, progress)
            sealed = await self._with_preroll(flight, before)
            if sealed is not None and digest(sealed) == piece.digest:
                self._store.put(rendition_id, flight.start, sealed[flight.start - piece.start :])
                return sealed
            flight.start = piece.start
            flight.received.clear()
        raise MediaDamagedError("a piece is not what its index names")

    def keep(self, flight: Flight) -> None:
        """The flight was cut short: its bytes serve the next attempt."""
        if flight.from_network and flight.received and flight.left:
            self._begun[flight.source.rendition.id, flight.start] = flight.received

    def pin(self, rendition_ids: frozenset[str]) -> None:
        """Only these are of use now: keep them, and forget unfinished bytes of others."""
        self._store.pin(rendition_ids)
        self._begun = {k: v for k, v in self._begun.items() if k[0] in rendition_ids}

    async def loaded(self, flight: Flight, manifest: Manifest, sealed: bytes) -> LoadedPiece:
        """The piece in the clear."""
        source, piece = flight.source, flight.piece
        rendition = source.rendition
        key = await self._grants.content_key(source.track_id, rendition.id)
        clear = envelope.apply(key, piece.start, sealed)
        return LoadedPiece(
            track_id=source.track_id,
            piece=flight.number,
            rendition_id=rendition.id,
            codec=rendition.codec,
            kbps=rendition.kbps,
            init=source.init,
            preroll=clear[: piece.preroll],
            preroll_first=piece.preroll_first,
            body=clear[piece.preroll :],
            lead=piece.lead,
            keep=samples_of(manifest, flight.number),
        )

    async def _complete(self, flight: Flight, progress: Callable[[], None]) -> None:
        source = flight.source
        want = Want(source.track_id, source.rendition.id, "data", flight.start, flight.piece.end)
        await self._downloader.fetch(want, flight.received, progress)

    async def _with_preroll(
        self, flight: Flight, before: Callable[[], Awaitable[bytes | None]]
    ) -> bytes | None:
        piece = flight.piece
        if flight.start == piece.start:
            return bytes(flight.received)
        previous = await before()
        if previous is None or len(previous) < piece.preroll:
            return None
        return previous[len(previous) - piece.preroll :] + bytes(flight.received)


def samples_of(manifest: Manifest, number: int) -> int:
    """Samples of a piece that belong to the track."""
    if not manifest.exact:
        return PIECE_SAMPLES
    return max(0, min(PIECE_SAMPLES, manifest.duration_samples - number * PIECE_SAMPLES))


def _verified_index(rendition: Rendition, raw: bytes) -> RenditionIndex | None:
    """The index, None if it is another one. Raises MediaDamagedError if nobody can read it."""
    if hashlib.sha256(raw).hexdigest() != rendition.index_sha256:
        return None
    try:
        index = decode_index(raw)
    except IndexDamagedError as error:
        raise MediaDamagedError(f"its index cannot be read: {error}") from error
    return index if index.init_bytes == rendition.init_bytes else None


def _index_name(rendition: Rendition) -> str:
    return f"index-{rendition.id}"
