"""A true-peak limiter with lookahead: nothing above the ceiling, between the samples either.

Peaks are estimated at four times the rate, as ITU-R BS.1770-4, Annex 2 has it, though with a
longer filter, which is truer to high frequencies. The gain falls ahead of a peak along a raised
cosine, waits, and comes back at a constant number of dB a second. Where nothing is above the
ceiling the samples pass unchanged, bit for bit.
"""

import numpy as np
import numpy.typing as npt

from player.playback.decode import CHANNELS, Pcm
from player.playback.sound.processor import db_to_gain

CEILING_DBTP = -1.0
_LOOKAHEAD_S = 0.0045
_RELEASE_DB_S = 24.0
_MARGIN_DB = 0.1
"""Between the peaks at four times the rate there are still higher ones."""

_LENGTH = 24
_CENTRE = _LENGTH // 2
_BETA = 5.0


def _interpolation() -> npt.NDArray[np.float32]:
    """Kaiser-windowed sines by tap and phase: a quarter, a half and three quarters of a sample
    before the frame at _CENTRE."""
    phases = np.array([0.25, 0.5, 0.75])
    place = np.subtract.outer(np.arange(_LENGTH) - (_CENTRE - 1.0), phases)
    window = np.i0(_BETA * np.sqrt(1 - (place / _CENTRE) ** 2)) / np.i0(_BETA)
    return np.asarray(np.sinc(place) * window, np.float32)


_TAPS = _interpolation()
_LARGEST_RISE = float(np.abs(_TAPS).sum(axis=0).max())
"""How much higher than the samples a peak between them can be estimated."""

_Levels = npt.NDArray[np.float64]


def true_peaks(pcm: Pcm) -> npt.NDArray[np.float32]:
    """The highest level at each frame and between it and the one before, over both channels.

    `pcm` has _LENGTH - 1 frames more than the result; the first result stands for frame _CENTRE.
    """
    count = len(pcm) - _LENGTH + 1
    highest = np.abs(pcm[_CENTRE : _CENTRE + count]).max(axis=1)
    for channel in range(CHANNELS):
        windows = np.lib.stride_tricks.sliding_window_view(pcm[:, channel], _LENGTH)
        highest = np.maximum(highest, np.abs(windows @ _TAPS).max(axis=1))
    return np.asarray(highest, np.float32)


class Limiter:
    """Holds peaks at a ceiling."""

    def __init__(self, rate: int, ceiling_dbtp: float = CEILING_DBTP) -> None:
        self._ceiling_db = ceiling_dbtp - _MARGIN_DB
        self._ceiling = db_to_gain(self._ceiling_db)
        self._window = max(8, round(_LOOKAHEAD_S * rate))
        # One less than the window: a peak lies between two frames, and both are to be low enough.
        self._fall = np.hanning(self._window + 1)[1:-1]
        self._fall /= self._fall.sum()
        self._slope = _RELEASE_DB_S / rate
        self._last = np.zeros((self.latency, CHANNELS), np.float32)
        """Frames to be given out."""
        self._wanted: _Levels = np.zeros(self._window - 1)
        """Reduction in dB (0 or less) that each of the newest peaks wants."""
        self._risen: _Levels = np.zeros(len(self._fall) - 1)
        """Reduction before it is smoothed, of the frames given out last."""

    @property
    def latency(self) -> int:
        """Frames looked ahead."""
        return self._window + _LENGTH - _CENTRE - 2

    def process(self, pcm: Pcm) -> Pcm:
        """QUANTUM frames."""
        frames = np.concatenate([self._last, pcm])
        wanted = np.concatenate([self._wanted, self._reduction(frames, len(pcm))])
        self._last, self._wanted = frames[-self.latency :], wanted[-(self._window - 1) :]
        out = frames[: len(pcm)]
        if not wanted.any() and not self._risen.any():
            return out
        return out * self._gains(wanted)[:, None]

    def _reduction(self, frames: Pcm, count: int) -> _Levels:
        """What the peaks of the newest frames want, in dB."""
        newest = frames[-(count + _LENGTH - 1) :]
        if float(np.abs(newest).max()) * _LARGEST_RISE <= self._ceiling:
            return np.zeros(count)
        peaks = np.maximum(true_peaks(newest), np.float32(1e-9)).astype(np.float64)
        return np.minimum(0.0, self._ceiling_db - 20 * np.log10(peaks))

    def _gains(self, wanted: _Levels) -> npt.NDArray[np.float32]:
        """Gain of the frames that are given out: low ahead of a peak, then rising, smoothed."""
        held = _lowest_of(wanted, self._window)
        climb = self._slope * np.arange(1, len(held) + 1)
        before = float(self._risen[-1])
        risen = np.minimum(np.minimum(np.minimum.accumulate(held - climb), before) + climb, 0.0)
        whole = np.concatenate([self._risen, risen])
        self._risen = whole[-(len(self._fall) - 1) :]
        return np.asarray(10 ** (np.convolve(whole, self._fall, "valid") / 20), np.float32)


def _lowest_of(levels: _Levels, window: int) -> _Levels:
    """The minimum over each run of `window` values (doubling: log2 passes)."""
    lowest, width = levels, 1
    while width < window:
        step = min(width, window - width)
        lowest = np.minimum(lowest[: len(lowest) - step], lowest[step:])
        width += step
    return lowest
