"""From pieces in playing order to one endless run of PCM blocks, over all track borders."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from player.playback.decode import Pcm
from player.playback.demux import setup_of
from player.playback.errors import PieceDamagedError
from player.playback.pcm_convert import RateConverter
from player.playback.pieces import LoadedPiece
from player.playback.splice import TrackDecoder
from sync.wire.playback import PIECE_SAMPLES


@dataclass(frozen=True, slots=True)
class TrackBegins:
    """The blocks that follow belong to this track, from this sample on."""

    track_id: str
    sample: int
    rate: int
    """Of the blocks that follow."""
    step: float
    """Track samples per frame of the blocks."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of frames."""

    pcm: Pcm = field(repr=False)


@dataclass(frozen=True, slots=True)
class PieceFailed:
    """A piece could not be decoded; silence of its length takes its place."""

    track_id: str
    piece: int
    rendition_id: str
    reason: str


FeedItem = TrackBegins | Block | PieceFailed


class _FinalPiece:
    """Stands in the queue of pieces where nothing follows."""


_FINAL = _FinalPiece()


class Feed:
    """Decodes lazily: `next_item` does the work for one block.

    `submit` and `finish` may be called from any thread, `next_item` from one.
    """

    def __init__(self, track_id: str, sample: int, rate_for: Callable[[int], int]) -> None:
        """`rate_for` is asked once, with the first track's rate, which rate the output has."""
        self._rate_for = rate_for
        self._start: tuple[str, int] | None = (track_id, sample)
        self._waiting: deque[LoadedPiece | _FinalPiece] = deque()
        self._rate = 0
        self._items = self._run()
        self.exhausted = False
        """Everything up to `finish` was given out."""

    def submit(self, piece: LoadedPiece) -> None:
        """Append a piece: the next one of the track, or piece 0 of the track that follows."""
        self._waiting.append(piece)

    def finish(self) -> None:
        """Nothing follows what was submitted."""
        self._waiting.append(_FINAL)

    def next_item(self) -> FeedItem | None:
        """Decode a little further. None: a piece is missing, or all is done."""
        return next(self._items)

    @property
    def waiting_samples(self) -> int:
        """Audio in pieces that were not begun yet, in samples of their own rate."""
        return sum(item.keep for item in tuple(self._waiting) if isinstance(item, LoadedPiece))

    def _run(self) -> Iterator[FeedItem | None]:
        track: _TrackFeed | None = None
        while True:
            if not self._waiting:
                yield None
                continue
            item = self._waiting.popleft()
            following = item if isinstance(item, LoadedPiece) else None
            if track is not None and (following is None or not track.continues_with(following)):
                yield from track.finish()
                track = None
            if following is None:
                self.exhausted = True
                continue
            self.exhausted = False
            try:
                track = track or self._begin(following)
            except PieceDamagedError as error:
                yield _failure(following, error)
                continue
            yield from track.decode(following)

    def _begin(self, piece: LoadedPiece) -> "_TrackFeed":
        start, self._start = self._start, None
        sample = piece.piece * PIECE_SAMPLES
        if start is not None and start[0] == piece.track_id:
            sample = max(sample, min(start[1], sample + piece.keep))
        rate = setup_of(piece.codec, piece.init).rate
        self._rate = self._rate or self._rate_for(rate)
        return _TrackFeed(piece.track_id, sample, rate, self._rate)


class _TrackFeed:
    """One track in one go: its decoder and its rate converter."""

    def __init__(self, track_id: str, sample: int, rate: int, output_rate: int) -> None:
        self._track_id = track_id
        self._next_piece = sample // PIECE_SAMPLES
        self._decoder = TrackDecoder(sample)
        self._converter = RateConverter(rate, output_rate)
        self._begins: TrackBegins | None = TrackBegins(
            track_id, sample, output_rate, self._converter.step
        )

    def continues_with(self, piece: LoadedPiece) -> bool:
        return piece.track_id == self._track_id and piece.piece == self._next_piece

    def decode(self, piece: LoadedPiece) -> Iterator[FeedItem]:
        if self._begins is not None:
            yield self._begins
            self._begins = None
        self._next_piece = piece.piece + 1
        try:
            for pcm in self._decoder.decode(piece):
                yield from self._blocks(pcm)
        except PieceDamagedError as error:
            yield _failure(piece, error)
            yield from self._blocks(self._decoder.conceal(piece))

    def finish(self) -> Iterator[FeedItem]:
        yield from self._blocks(self._decoder.finish())
        yield from _nonempty(self._converter.finish())

    def _blocks(self, pcm: Pcm) -> Iterator[Block]:
        if not np.isfinite(pcm).all():
            pcm = np.nan_to_num(pcm, nan=0.0, posinf=0.0, neginf=0.0)
        yield from _nonempty(self._converter.convert(pcm))


def _nonempty(pcm: Pcm) -> Iterator[Block]:
    if len(pcm):
        yield Block(pcm)


def _failure(piece: LoadedPiece, error: PieceDamagedError) -> PieceFailed:
    return PieceFailed(piece.track_id, piece.piece, piece.rendition_id, error.message)
