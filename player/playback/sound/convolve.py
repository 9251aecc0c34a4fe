"""Long filters, many channels in, two ears out: uniformly partitioned overlap-save.

W. G. Gardner, "Efficient convolution without input-output delay", J. Audio Eng. Soc. 43, 1995 (the
uniform case). A partition is as long as a quantum, so there is no latency beyond the block itself.
"""

from collections import deque

import numpy as np
import numpy.typing as npt

from player.playback.decode import CHANNELS, Pcm
from player.playback.sound.processor import QUANTUM

Filters = npt.NDArray[np.float64]
"""Impulse responses: shape (input channels, taps, ears)."""
Channels = npt.NDArray[np.float32]
"""Frames of any number of channels: shape (frames, channels)."""

_SIZE = 2 * QUANTUM


class Convolver:
    """Sums every input channel, each through a filter of its own for each ear."""

    def __init__(self, filters: Filters) -> None:
        inputs, taps, _ears = filters.shape
        count = max(1, -(-taps // QUANTUM))
        padded = np.zeros((inputs, count * QUANTUM, CHANNELS))
        padded[:, :taps] = filters
        parts = padded.reshape(inputs, count, QUANTUM, CHANNELS)
        spectra = np.fft.rfft(parts, _SIZE, axis=2)
        self._spectra = np.ascontiguousarray(spectra.transpose(1, 0, 3, 2), np.complex64)
        """By partition, input, ear and frequency."""
        self._before = np.zeros((inputs, QUANTUM), np.float32)
        silence = np.zeros((inputs, QUANTUM + 1), np.complex64)
        self._line: deque[npt.NDArray[np.complexfloating]] = deque([silence] * count, maxlen=count)

    def process(self, pcm: Channels) -> Pcm:
        """QUANTUM frames of all channels, to as many of two ears."""
        block = np.ascontiguousarray(pcm.T)
        self._line.appendleft(np.fft.rfft(np.concatenate([self._before, block], axis=1), axis=1))
        self._before = block
        ears = np.zeros((CHANNELS, QUANTUM + 1), np.complex64)
        for heard, spectra in zip(self._line, self._spectra, strict=True):
            ears += (heard[:, None, :] * spectra).sum(axis=0)
        out = np.fft.irfft(ears, _SIZE, axis=1)[:, QUANTUM:]
        return np.ascontiguousarray(out.T, np.float32)
