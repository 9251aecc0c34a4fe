"""How a sound from some direction reaches the two ears: the port, and a synthetic head.

The synthetic head is a rigid sphere: delay after Woodworth, shadow after C. P. Brown and R. O.
Duda, "A structural model for binaural sound synthesis", IEEE Trans. Speech Audio Process. 6, 1998.
It has no pinnae, so it places sound to the sides but not above or behind. A measured head comes
from a SOFA file through an adapter.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from player.playback.sound.convolve import Filters

HEAD_RADIUS_M = 0.0875
SOUND_M_S = 343.0
_LEAST_SHADOW = 0.1
_DEEPEST_DEGREES = 150.0
_TAPS = 256
_BASS_HZ = (120.0, 250.0)
_BASS_SIZE = 4_096


class Direction(NamedTuple):
    """Seen from the listener: 0 azimuth is ahead, 90 is left; elevation counts upwards."""

    azimuth: float
    elevation: float = 0.0

    @property
    def vector(self) -> tuple[float, float, float]:
        """Ahead, left, up; of length 1."""
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        flat = math.cos(elevation)
        return flat * math.cos(azimuth), flat * math.sin(azimuth), math.sin(elevation)


class Head(Protocol):
    """Somebody's ears. Equal heads have equal responses."""

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str:
        """What they are, for people."""
        ...

    def responses(self, directions: Sequence[Direction], rate: int) -> Filters:
        """Impulse responses at a sample rate: shape (directions, taps, ears), left ear first.

        Raises HeadUnreadableError.
        """
        ...


class SphericalHead:
    """Always there."""

    name = "synthetic"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SphericalHead)

    def __hash__(self) -> int:
        return hash(SphericalHead)

    def responses(self, directions: Sequence[Direction], rate: int) -> Filters:
        """Computed in the frequency domain, where a delay need not be whole samples."""
        hz = np.asarray(np.fft.rfftfreq(_TAPS, 1 / rate), np.float64)
        out = np.empty((len(directions), _TAPS, 2))
        for place, direction in enumerate(directions):
            left = direction.vector[1]
            for ear, side in enumerate((left, -left)):
                incidence = math.degrees(math.acos(max(-1.0, min(1.0, side))))
                spectrum = _shadow(hz, incidence) * np.exp(-2j * np.pi * hz * _delay_s(incidence))
                spectrum[-1] = spectrum[-1].real
                out[place, :, ear] = np.fft.irfft(spectrum, _TAPS)
        return out


def _shadow(hz: npt.NDArray[np.float64], incidence: float) -> npt.NDArray[np.complex128]:
    """A shelf: up to twice the level at high frequencies facing the ear, a tenth of it behind."""
    alpha = (1 + _LEAST_SHADOW / 2) + (1 - _LEAST_SHADOW / 2) * math.cos(
        math.radians(incidence / _DEEPEST_DEGREES * 180)
    )
    turn = 1j * 2 * np.pi * hz * HEAD_RADIUS_M / (2 * SOUND_M_S)
    return np.asarray((1 + alpha * turn) / (1 + turn))


def _delay_s(incidence: float) -> float:
    """Way along the tangent and round the sphere, plus what keeps every delay positive."""
    transit = HEAD_RADIUS_M / SOUND_M_S
    angle = math.radians(incidence)
    way = -math.cos(angle) if incidence < 90 else angle - math.pi / 2
    return transit * (1 + way) + 4e-4


def with_bass(responses: Filters, rate: int) -> Filters:
    """Measured responses with the bass that the measuring loudspeaker did not have.

    A head is no obstacle to long waves: below 120 Hz level and delay are those at 250 Hz, between
    the two one goes over into the other.
    """
    low, high = _BASS_HZ
    size = max(_BASS_SIZE, 2 * responses.shape[1])
    hz = np.asarray(np.fft.rfftfreq(size, 1 / rate), np.float64)
    spectra = np.fft.rfft(responses, size, axis=1)
    onset = np.argmax(np.abs(responses), axis=1)[:, None, :]
    delay = np.exp(-2j * np.pi * hz[None, :, None] / rate * onset)
    bare = spectra / delay
    at = int(np.searchsorted(hz, high))
    level, angle = np.abs(bare[:, at]), np.angle(bare[:, at])
    bass = level[:, None] * np.exp(1j * angle[:, None] * hz[None, :, None] / hz[at]) * delay
    share = np.clip((hz - low) / (high - low), 0, 1)
    share = (0.5 - 0.5 * np.cos(np.pi * share))[None, :, None]
    whole = np.fft.irfft(spectra * share + bass * (1 - share), size, axis=1)
    kept = min(size // 2, responses.shape[1] + size // 8)
    end = kept // 4
    whole[:, kept - end : kept] *= np.cos(np.linspace(0, np.pi / 2, end))[None, :, None] ** 2
    return np.asarray(whole[:, :kept])
