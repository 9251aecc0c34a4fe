"""Goes from one track over into the next: equal power, so that it is as loud all the way.

The end of a track is held back until the next one comes; then the two are mixed along a quarter of
a sine. Where nothing comes, or comes late, what is held plays as it is and nothing is lost.
"""

from collections import deque

import numpy as np

from player.playback.decode import Pcm
from player.playback.sound.processor import NOTHING
from player.playback.sound.shape import TrackShape

LONGEST_S = 12.0
_RELEASED = 8_192


class Crossfader:
    """Stands behind the decoder and sees track after track at one rate. Frames are output frames.

    Per track: `begin`, then `push` for each block, then `end`. What each of them returns is to be
    played in that order. With shapes that want no fade every array passes as it is.
    """

    def __init__(self) -> None:
        self._held: deque[Pcm] = deque()
        self._held_frames = 0
        self._hold_from: int | None = None
        self._place = 0
        self._fading: Pcm = NOTHING
        """What is left of the track before, while it goes over."""
        self._fade_frames = self._fade_place = 0

    @property
    def held_frames(self) -> int:
        """Frames that wait for the next track."""
        return self._held_frames

    def begin(self, shape: TrackShape, rate: int, frames: int | None, *, at_start: bool) -> Pcm:
        """A track follows: what is still to be played of the one before.

        `frames` is how many this track has, None if that is not known; `at_start` whether it
        begins at its first one (only then it is faded in).
        """
        wanted = min(shape.fade_in_s, LONGEST_S) * rate if at_start else 0.0
        if frames is not None:
            wanted = min(wanted, frames / 2)
        length = min(int(wanted), self._held_frames)
        late, before = self._remainder(), self._take_held()
        self._fading = before[len(before) - length :] if length else NOTHING
        self._fade_frames, self._fade_place = length, 0
        self._place = 0
        self.hold(shape, rate, frames)
        return np.concatenate([late, before[: len(before) - length]])

    def hold(self, shape: TrackShape, rate: int, frames: int | None) -> None:
        """How the track goes on is known better: from where its end is held back."""
        length = int(min(shape.fade_out_s, LONGEST_S) * rate)
        if frames is None or length <= 0:
            self._hold_from = None
        else:
            self._hold_from = max(frames - length, frames // 2)

    def push(self, pcm: Pcm) -> Pcm:
        """The next frames of the track: mixed with the end of the one before, or held back."""
        begin = self._place
        self._place += len(pcm)
        if len(self._fading):
            pcm = self._mixed(pcm)
        if self._hold_from is None or self._place <= self._hold_from:
            return self.release(self._held_frames, pcm) if self._held else pcm
        passed = max(0, self._hold_from - begin)
        self._held.append(pcm[passed:])
        self._held_frames += len(pcm) - passed
        return pcm[:passed]

    def release(self, frames: int = _RELEASED, after: Pcm = NOTHING) -> Pcm:
        """Give up holding back some frames, because nothing else is there to play."""
        taken = self._take_held()
        rest = taken[frames:]
        if len(rest):
            self._held.append(rest)
            self._held_frames = len(rest)
        return np.concatenate([taken[:frames], after])

    def abandon(self) -> Pcm:
        """Nothing follows: all that is left, and begin anew."""
        rest = np.concatenate([self._take_held(), self._remainder()])
        self._hold_from = None
        return rest

    def _remainder(self) -> Pcm:
        """The end of the track before, if this one is over sooner than it."""
        rest, self._fading = self._fading, NOTHING
        if not len(rest):
            return NOTHING
        fall, _ = self._curves(len(rest))
        return rest * fall

    def _mixed(self, pcm: Pcm) -> Pcm:
        count = min(len(pcm), len(self._fading))
        fall, rise = self._curves(count)
        mixed = self._fading[:count] * fall + pcm[:count] * rise
        self._fading = self._fading[count:]
        self._fade_place += count
        return np.concatenate([mixed, pcm[count:]]) if count < len(pcm) else mixed

    def _curves(self, count: int) -> tuple[Pcm, Pcm]:
        place = np.arange(self._fade_place, self._fade_place + count) + 0.5
        angle = place * (np.pi / 2 / self._fade_frames)
        fall, rise = np.cos(angle), np.sin(angle)
        return fall.astype(np.float32)[:, None], rise.astype(np.float32)[:, None]

    def _take_held(self) -> Pcm:
        taken = np.concatenate([NOTHING, *self._held]) if self._held else NOTHING
        self._held.clear()
        self._held_frames = 0
        return taken
