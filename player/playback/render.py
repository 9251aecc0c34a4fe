"""Offline: pieces to a 32-bit float WAV file, as fast as it goes; untouched unless asked for.

Which rendition each piece comes from was decided by whoever brings the pieces. Tracks join sample
by sample.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from player.playback.errors import PieceDamagedError
from player.playback.pcm_feed import Block, Feed, PieceFailed, TrackBegins
from player.playback.pcm_wav import WavWriter
from player.playback.pieces import LoadedPiece
from player.playback.sound.chain import Chain
from player.playback.sound.plan import UNTOUCHED, SoundPlan
from player.playback.sound.shape import PLAIN, TrackShape


@dataclass(frozen=True, slots=True)
class RenderSummary:
    """What was written."""

    frames: int
    rate: int
    tracks: int


class WavRender:
    """Takes pieces one by one (so that an asynchronous source can push them) and writes the file.

    The file has the first track's rate; a later track of another rate is resampled.
    """

    def __init__(self, path: Path, first_track_id: str, plan: SoundPlan = UNTOUCHED) -> None:
        """`plan` is what is done to the sound."""
        self._path = path
        self._plan = plan
        self._chain = Chain()
        self._feed = Feed(first_track_id, 0, lambda rate: rate)
        self._writer: WavWriter | None = None
        self._rate = 0
        self._tracks = 0

    def submit(self, piece: LoadedPiece, shape: TrackShape = PLAIN) -> None:
        """Decode and write one more piece. Raises PieceDamagedError or RecordingTooLongError."""
        self._feed.submit(piece, shape)
        self._write()

    def finish(self) -> RenderSummary:
        """No piece follows: write the rest and complete the file."""
        self._feed.finish()
        self._write()
        if self._writer is not None:
            self._writer.write(self._chain.finish())
        self.close()
        frames = self._writer.frames if self._writer is not None else 0
        return RenderSummary(frames, self._rate, self._tracks)

    def close(self) -> None:
        """Close the file as it is, with a true header."""
        if self._writer is not None:
            self._writer.close()

    def _write(self) -> None:
        while (item := self._feed.next_item()) is not None:
            match item:
                case TrackBegins(rate=rate):
                    self._tracks += 1
                    self._rate = rate
                    if self._writer is None:
                        self._writer = WavWriter(self._path, rate)
                        self._chain = Chain(partial(self._plan.steps, rate))
                case Block(pcm=pcm) if self._writer is not None:
                    self._writer.write(self._chain.push(pcm))
                case PieceFailed() as failed:
                    raise PieceDamagedError(f"piece {failed.piece}: {failed.reason}")


def render(pieces: Iterable[LoadedPiece], path: Path) -> RenderSummary:
    """Render pieces in playing order, track after track, into a file."""
    whole: WavRender | None = None
    try:
        for piece in pieces:
            whole = whole or WavRender(path, piece.track_id)
            whole.submit(piece)
        if whole is None:
            return RenderSummary(0, 0, 0)
        return whole.finish()
    finally:
        if whole is not None:
            whole.close()
