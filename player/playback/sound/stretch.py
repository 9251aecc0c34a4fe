"""Speed without a change of pitch: waveform-similarity overlap-add (WSOLA).

W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for
high quality time-scale modification of speech", ICASSP 1993. Overlapping frames are taken from
where the input should be by now, moved by at most TOLERANCE_S to where they continue the last frame
best, so the place in the track is never further off than that.
"""

import numpy as np
import numpy.typing as npt

from player.playback.decode import CHANNELS, Pcm
from player.playback.sound.processor import NOTHING

SLOWEST, FASTEST = 0.5, 3.0
TOLERANCE_S = 0.010
_HOP_S = 0.0125
_COARSE = 4
"""The search is made on every fourth sample first, then around the best place on all."""


class Wsola:
    """One speed at one rate, over one unbroken run."""

    def __init__(self, speed: float, rate: int) -> None:
        self._speed = speed
        self._hop = round(_HOP_S * rate)
        self._reach = round(TOLERANCE_S * rate)
        ramp = (np.arange(self._hop) + 0.5) / self._hop
        self._rise = (0.5 - 0.5 * np.cos(np.pi * ramp)).astype(np.float32)[:, None]
        self._fall = 1 - self._rise
        self._input = np.zeros((0, CHANNELS), np.float32)
        self._first = 0
        """Which input frame `_input` begins with."""
        self._taken = self._given = 0
        self._frame = 0
        self._tail = NOTHING
        """What followed the last frame in the input: the next one should continue it."""

    @property
    def speed(self) -> float:
        """Input frames per output frame."""
        return self._speed

    def push(self, pcm: Pcm) -> Pcm:
        """Any number of frames in; whole hops out."""
        self._taken += len(pcm)
        self._input = np.concatenate([self._input, pcm])
        return self._work(self._taken)

    def finish(self) -> Pcm:
        """The rest, to the exact length."""
        owed = round(self._taken / self._speed) - self._given
        padding = int((3 * self._speed + 3) * self._hop) + self._reach
        self._input = np.concatenate([self._input, np.zeros((padding, CHANNELS), np.float32)])
        return self._work(self._taken + padding)[:owed]

    def _work(self, available: int) -> Pcm:
        out: list[Pcm] = []
        while self._nominal() + self._reach + 2 * self._hop <= available:
            out.append(self._next_hop())
        if not out:
            return NOTHING
        ready = np.concatenate(out)
        self._given += len(ready)
        self._forget()
        return ready

    def _nominal(self) -> int:
        """Where the next frame begins if nothing fits better: then its middle is in its place."""
        if not self._frame:
            return 0
        return max(0, round((self._frame + 1) * self._hop * self._speed) - self._hop)

    def _next_hop(self) -> Pcm:
        nominal = self._nominal()
        if not len(self._tail):
            begin = nominal - self._first
            piece = self._input[begin : begin + self._hop]
        else:
            begin = self._best(nominal) - self._first
            piece = self._tail * self._fall + self._input[begin : begin + self._hop] * self._rise
        self._tail = self._input[begin + self._hop : begin + 2 * self._hop]
        self._frame += 1
        return piece

    def _best(self, nominal: int) -> int:
        """Where the input is most like what followed the last frame."""
        low = max(self._first, nominal - self._reach)
        high = nominal + self._reach
        window = self._input[low - self._first : high - self._first + self._hop].sum(axis=1)
        target = self._tail.sum(axis=1)
        coarse = _likeness(_thinned(window), _thinned(target))
        near = int(np.argmax(coarse)) * _COARSE
        begin = max(0, near - _COARSE)
        end = min(len(window) - len(target), near + _COARSE)
        fine = _likeness(window[begin : end + len(target)], target)
        return low + begin + int(np.argmax(fine))

    def _forget(self) -> None:
        keep_from = max(0, self._nominal() - self._reach)
        drop = min(len(self._input), keep_from - self._first)
        if drop > 0:
            self._input = self._input[drop:]
            self._first += drop


def _thinned(wave: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    whole = len(wave) - len(wave) % _COARSE
    return np.asarray(wave[:whole].reshape(-1, _COARSE).sum(axis=1))


def _likeness(
    window: npt.NDArray[np.float32], target: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Correlation at every place, divided by the level there."""
    products = np.correlate(window, target, "valid").astype(np.float64)
    squares = np.concatenate([[0.0], np.cumsum(window.astype(np.float64) ** 2)])
    energy = squares[len(target) :] - squares[: -len(target)]
    return np.asarray(products / np.sqrt(np.maximum(energy, 1e-9)))
