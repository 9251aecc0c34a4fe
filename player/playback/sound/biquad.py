"""Second-order filter sections, and a cascade of them run over blocks in matrix form.

Coefficients: Robert Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients".
Block form: the cascade is one linear state-space system; over L samples its output is a lower
triangular Toeplitz matrix times the input plus the free response of the state (C. W. Barnes and
S. Shinnaka, "Block-shift invariance and block implementation of discrete-time filters", IEEE
Trans. Circuits Syst. 27, 1980). That makes a recursion cheap in numpy, to rounding of float64.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from player.playback.decode import CHANNELS, Pcm

Kind = Literal["peak", "low_shelf", "high_shelf", "low_pass", "high_pass", "notch"]

_STRIDE = 64
_HIGHEST = 0.49
"""Of the sample rate: a corner above is moved here, where it does the same as far as one hears."""


class Section(NamedTuple):
    """y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


class Band(NamedTuple):
    """One filter: corner or centre in Hz, gain in dB (where the kind has one), quality factor."""

    kind: Kind
    hz: float
    gain_db: float = 0.0
    q: float = math.sqrt(0.5)


def section_of(band: Band, rate: int) -> Section:
    """The cookbook's section at a sample rate."""
    w0 = 2 * math.pi * min(band.hz / rate, _HIGHEST)
    cos, alpha = math.cos(w0), math.sin(w0) / (2 * band.q)
    a = 10 ** (band.gain_db / 40)
    below = (1 + alpha, -2 * cos, 1 - alpha)
    match band.kind:
        case "peak":
            b = (1 + alpha * a, -2 * cos, 1 - alpha * a)
            return _normalised(b, (1 + alpha / a, -2 * cos, 1 - alpha / a))
        case "low_shelf" | "high_shelf":
            return _shelf(a, cos, alpha, 1 if band.kind == "low_shelf" else -1)
        case "low_pass":
            return _normalised(((1 - cos) / 2, 1 - cos, (1 - cos) / 2), below)
        case "high_pass":
            return _normalised(((1 + cos) / 2, -(1 + cos), (1 + cos) / 2), below)
        case "notch":
            return _normalised((1, -2 * cos, 1), below)


def _shelf(a: float, cos: float, alpha: float, side: int) -> Section:
    """`side` is 1 for a low shelf, -1 for a high one: the same formulae mirrored in frequency."""
    root = 2 * math.sqrt(a) * alpha
    b = (
        a * ((a + 1) - side * (a - 1) * cos + root),
        side * 2 * a * ((a - 1) - side * (a + 1) * cos),
        a * ((a + 1) - side * (a - 1) * cos - root),
    )
    below = (
        (a + 1) + side * (a - 1) * cos + root,
        -side * 2 * ((a - 1) + side * (a + 1) * cos),
        (a + 1) + side * (a - 1) * cos - root,
    )
    return _normalised(b, below)


def _normalised(b: Sequence[float], a: Sequence[float]) -> Section:
    return Section(b[0] / a[0], b[1] / a[0], b[2] / a[0], a[1] / a[0], a[2] / a[0])


def response_db(
    sections: Sequence[Section], rate: int, hz: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Gain of a cascade at some frequencies."""
    z = np.exp(-2j * np.pi * np.asarray(hz, np.float64) / rate)
    gain = np.ones_like(z)
    for s in sections:
        gain = gain * (s.b0 + s.b1 * z + s.b2 * z**2) / (1 + s.a1 * z + s.a2 * z**2)
    return np.asarray(20 * np.log10(np.abs(gain)))


class Cascade:
    """Sections one after the other over blocks whose length is a multiple of 64 frames."""

    def __init__(self, sections: Sequence[Section], gain: float = 1.0) -> None:
        """`gain` is applied as well."""
        a, b, c, d = _system(sections, gain)
        powers = [np.eye(len(a))]
        for _step in range(_STRIDE):
            powers.append(a @ powers[-1])
        impulse = np.array([d] + [float(c @ powers[k] @ b) for k in range(_STRIDE - 1)])
        lag = np.subtract.outer(np.arange(_STRIDE), np.arange(_STRIDE))
        self._direct = np.where(lag >= 0, impulse[np.maximum(lag, 0)], 0.0).T
        self._free = np.stack([c @ powers[k] for k in range(_STRIDE)], 1)
        self._gather = np.stack([powers[_STRIDE - 1 - k] @ b for k in range(_STRIDE)])
        self._advance = powers[_STRIDE].T
        self._state = np.zeros((CHANNELS, len(a)))

    def process(self, pcm: Pcm) -> Pcm:
        """The next frames."""
        rows = pcm.astype(np.float64).reshape(-1, _STRIDE, CHANNELS).transpose(2, 0, 1)
        pushed = rows @ self._gather
        states = np.empty_like(pushed)
        state = self._state
        for row in range(states.shape[1]):
            states[:, row] = state
            state = state @ self._advance + pushed[:, row]
        self._state = state
        out = rows @ self._direct + states @ self._free
        return out.transpose(1, 2, 0).reshape(-1, CHANNELS).astype(np.float32)


_Matrix = npt.NDArray[np.float64]


def _system(sections: Sequence[Section], gain: float) -> tuple[_Matrix, _Matrix, _Matrix, float]:
    """State-space form of the cascade, each section in transposed direct form II."""
    size = 2 * len(sections)
    a, b = np.zeros((size, size)), np.zeros(size)
    through, direct = np.zeros(size), gain
    for number, s in enumerate(sections):
        own = slice(2 * number, 2 * number + 2)
        taps = np.array([s.b1 - s.a1 * s.b0, s.b2 - s.a2 * s.b0])
        a[own] = np.outer(taps, through)
        a[own, own] = [[-s.a1, 1.0], [-s.a2, 0.0]]
        b[own] = taps * direct
        through = s.b0 * through
        through[2 * number] += 1.0
        direct = s.b0 * direct
    return a, b, through, direct
