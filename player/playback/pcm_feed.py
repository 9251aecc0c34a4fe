"""From pieces in playing order to one endless run of PCM blocks, over all track borders."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from player.playback.decode import Pcm
from player.playback.demux import setup_of
from player.playback.errors import PieceDamagedError
from player.playback.pcm_convert import RateConverter
from player.playback.pieces import LoadedPiece
from player.playback.sound.crossfade import Crossfader
from player.playback.sound.shape import PLAIN, TrackShape
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
    """Decodes lazily: `next_item` does the work for one block. Tracks have their gain here, and
    go over into one another if their shapes say so.

    `submit` and `finish` may be called from any thread, `next_item` from one.
    """

    def __init__(self, track_id: str, sample: int, rate_for: Callable[[int], int]) -> None:
        """`rate_for` is asked once, with the first track's rate, which rate the output has."""
        self._rate_for = rate_for
        self._start: tuple[str, int] | None = (track_id, sample)
        self._waiting: deque[tuple[LoadedPiece, TrackShape] | _FinalPiece] = deque()
        self._crossfader = Crossfader()
        self._rate = 0
        self._items = self._run()
        self.exhausted = False
        """Everything up to `finish` was given out."""

    def submit(self, piece: LoadedPiece, shape: TrackShape = PLAIN) -> None:
        """Append a piece: the next one of the track, or piece 0 of the track that follows.

        After `finish` too: as long as the end was not reached, it is as if it had not been said.
        """
        with suppress(IndexError):  # the other thread may have taken it just now
            if self._waiting[-1] is _FINAL:
                self._waiting.pop()
        self._waiting.append((piece, shape))

    def finish(self) -> None:
        """Nothing follows what was submitted."""
        self._waiting.append(_FINAL)

    def next_item(self) -> FeedItem | None:
        """Decode a little further. None: a piece is missing, or all is done."""
        return next(self._items)

    @property
    def waiting_samples(self) -> int:
        """Audio in pieces that were not begun yet, in samples of their own rate."""
        waiting = [item for item in tuple(self._waiting) if isinstance(item, tuple)]
        return sum(piece.keep for piece, _ in waiting) + self._crossfader.held_frames

    def released(self) -> Block | None:
        """A little of the end of a track that waits for the next one, which is late."""
        if not self._crossfader.held_frames:
            return None
        return Block(self._crossfader.release())

    def _run(self) -> Iterator[FeedItem | None]:
        track: _TrackFeed | None = None
        while True:
            if not self._waiting:
                yield None
                continue
            item = self._waiting.popleft()
            following = item if isinstance(item, tuple) else None
            if track is not None and (following is None or not track.continues_with(following[0])):
                yield from track.finish()
                track = None
            if following is None:
                yield from _nonempty(self._crossfader.abandon())
                self.exhausted = True
                continue
            self.exhausted = False
            piece, shape = following
            try:
                track = track or self._begin(piece)
            except PieceDamagedError as error:
                yield _failure(piece, error)
                continue
            yield from track.decode(piece, shape)

    def _begin(self, piece: LoadedPiece) -> "_TrackFeed":
        start, self._start = self._start, None
        sample = piece.piece * PIECE_SAMPLES
        if start is not None and start[0] == piece.track_id:
            sample = max(sample, min(start[1], sample + piece.keep))
        rate = setup_of(piece.codec, piece.init).rate
        self._rate = self._rate or self._rate_for(rate)
        return _TrackFeed((piece.track_id, sample), rate, self._rate, self._crossfader)


class _TrackFeed:
    """One track in one go: its decoder and its rate converter."""

    def __init__(
        self, start: tuple[str, int], rate: int, output_rate: int, crossfader: Crossfader
    ) -> None:
        self._track_id, self._sample = start
        self._next_piece = self._sample // PIECE_SAMPLES
        self._decoder = TrackDecoder(self._sample)
        self._converter = RateConverter(rate, output_rate)
        self._output_rate = output_rate
        self._crossfader = crossfader
        self._began = False
        self._shape = PLAIN

    def continues_with(self, piece: LoadedPiece) -> bool:
        return piece.track_id == self._track_id and piece.piece == self._next_piece

    def decode(self, piece: LoadedPiece, shape: TrackShape) -> Iterator[FeedItem]:
        yield from self._shaped(shape)
        self._next_piece = piece.piece + 1
        try:
            for pcm in self._decoder.decode(piece):
                yield from self._blocks(pcm)
        except PieceDamagedError as error:
            yield _failure(piece, error)
            yield from self._blocks(self._decoder.conceal(piece))

    def finish(self) -> Iterator[FeedItem]:
        yield from self._blocks(self._decoder.finish())
        yield from self._joined(self._converter.finish())

    def _shaped(self, shape: TrackShape) -> Iterator[FeedItem]:
        """The track begins, or more is known of it than with the piece before."""
        frames = self._frames_of(shape.total)
        if not self._began:
            at_start = not self._sample
            begin = self._crossfader.begin(shape, self._output_rate, frames, at_start=at_start)
            yield from _nonempty(begin)
            place = (self._track_id, self._sample)
            yield TrackBegins(*place, self._output_rate, self._converter.step)
            self._began = True
        elif shape != self._shape:
            self._crossfader.hold(shape, self._output_rate, frames)
        self._shape = shape

    def _frames_of(self, total: int | None) -> int | None:
        """Frames that the track gives from where it was begun."""
        return None if total is None else self._converter.frames_of(max(0, total - self._sample))

    def _blocks(self, pcm: Pcm) -> Iterator[Block]:
        if not np.isfinite(pcm).all():
            pcm = np.nan_to_num(pcm, nan=0.0, posinf=0.0, neginf=0.0)
        yield from self._joined(self._converter.convert(pcm))

    def _joined(self, pcm: Pcm) -> Iterator[Block]:
        if self._shape.gain != 1.0:
            pcm = pcm * np.float32(self._shape.gain)
        yield from _nonempty(self._crossfader.push(pcm))


def _nonempty(pcm: Pcm) -> Iterator[Block]:
    if len(pcm):
        yield Block(pcm)


def _failure(piece: LoadedPiece, error: PieceDamagedError) -> PieceFailed:
    return PieceFailed(piece.track_id, piece.piece, piece.rendition_id, error.message)
