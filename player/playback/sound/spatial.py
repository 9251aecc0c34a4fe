"""Binaural rendering: loudspeakers around a head, heard through earphones.

Stereo, 5.1 and first-order ambisonics are each a set of filters from their channels to the ears, so
one convolver serves all. Ambisonics are AmbiX (channels W Y Z X, SN3D) decoded to a cube of
speakers in two bands, with max-rE weights in the upper: J. Daniel, "Représentation de champs
acoustiques", thesis, Paris 6, 2000.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from player.playback.decode import Pcm
from player.playback.sound.convolve import Channels, Convolver, Filters
from player.playback.sound.head import Direction, Head

Layout = Literal["stereo", "5.1", "ambix"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
CHANNELS_OF: Mapping[Layout, int] = {"stereo": 2, "5.1": 6, "ambix": 4}

FRONT_DEGREES = 30.0
_SURROUND_DEGREES = 110.0
_STEREO = (Direction(FRONT_DEGREES), Direction(-FRONT_DEGREES))
_FIVE = (*_STEREO, Direction(0.0), Direction(_SURROUND_DEGREES), Direction(-_SURROUND_DEGREES))
"""Left, right, centre and the surrounds as ITU-R BS.775 places them."""
_LFE_GAIN = 10 ** (4 / 20)
"""Played 10 dB louder than a main channel, split between two ears."""
_CUBE = tuple(
    Direction(azimuth, elevation)
    for elevation in (-35.26, 35.26)
    for azimuth in (45, 135, 225, 315)
)
_SPEAKERS: Mapping[Layout, tuple[Direction, ...]] = {
    "stereo": _STEREO,
    "5.1": _FIVE,
    "ambix": _CUBE,
}
_MAX_RE = 3**-0.5
"""Weight of the first order that concentrates energy towards the source."""
_BANDS_MEET_HZ = 700.0
"""Below, pressure at the head's place is to be right; above, where energy comes from."""

_GRID = tuple(
    Direction(float(azimuth), float(elevation))
    for elevation, step in ((-30, 45), (0, 30), (30, 45), (60, 90))
    for azimuth in range(0, 360, step)
)
_MOST_EQUALISED_DB = 15.0
_FFT = 4_096
_ONSET = 0.05


@lru_cache(maxsize=8)
def binaural_filters(head: Head, layout: Layout, rate: int) -> Filters:
    """From the channels of a layout to two ears; as loud as the channels are, in all.

    Raises HeadUnreadableError.
    """
    speakers = _SPEAKERS[layout]
    # One question for all directions: a file is opened once.
    ears = head.responses((*_STEREO, *speakers, *_GRID), rate)
    front, filters, around = np.split(ears, (len(_STEREO), len(_STEREO) + len(speakers)))
    if layout == "5.1":
        filters = _five_one(filters)
    elif layout == "ambix":
        filters = _ambisonic(filters, rate)
    equaliser = _diffuse_field_equaliser(around)
    return _trimmed(_convolved(filters, equaliser), _convolved(front, equaliser))


def _five_one(ears: Filters) -> Filters:
    """Channels L R C LFE Ls Rs; low frequencies have no direction."""
    low = np.zeros((1, *ears.shape[1:]))
    low[0, int(np.argmax(np.abs(ears[2, :, 0])))] = _LFE_GAIN / 2
    return np.concatenate([ears[:3], low, ears[3:]])


def _ambisonic(ears: Filters, rate: int) -> Filters:
    """Every channel reaches every speaker with its gain: sum the speakers' responses."""
    count = len(_CUBE)
    low = _decoder(3.0) / count
    high = _decoder(3.0 * _MAX_RE) / np.sqrt(2 * count)
    size = 2 * ears.shape[1]
    spectra = np.fft.rfft(ears, size, axis=1)
    turn = 1j * np.fft.rfftfreq(size, 1 / rate) / _BANDS_MEET_HZ
    split = turn**2 + np.sqrt(2) * turn + 1
    below, above = 1 / split**2, turn**4 / split**2  # Linkwitz-Riley, fourth order
    bands = low[..., None] * below + high[..., None] * above
    return np.asarray(np.fft.irfft(np.einsum("scf,sfe->cfe", bands, spectra), size, axis=1))


def _decoder(first_order: float) -> npt.NDArray[np.float64]:
    """Gain of each channel (W Y Z X, SN3D) at each speaker of the cube."""
    rows = [
        (1.0, first_order * left, first_order * up, first_order * ahead)
        for ahead, left, up in (speaker.vector for speaker in _CUBE)
    ]
    return np.array(rows)


def _diffuse_field_equaliser(ears: Filters) -> npt.NDArray[np.float64]:
    """A minimum-phase filter that makes the head's average over all directions flat.

    Earphones are made to sound right with the ear's own resonances, so a head's must not come on
    top. Phase by the real cepstrum (A. V. Oppenheim and R. W. Schafer).
    """
    power = np.mean(np.abs(np.fft.rfft(ears, _FFT, axis=1)) ** 2, axis=(0, 2))
    width = np.hanning(17)[1:-1]
    power = np.convolve(np.pad(power, 7, "edge"), width / width.sum(), "valid")
    level = np.log(np.maximum(power, power.max() * 1e-6)) / 2
    level -= np.mean(level[_FFT // 200 : _FFT // 4])
    most = _MOST_EQUALISED_DB / 20 * np.log(10)
    cepstrum = np.fft.irfft(-np.clip(level, -most, most))
    cepstrum[1 : _FFT // 2] *= 2
    cepstrum[_FFT // 2 + 1 :] = 0
    response = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[: _FFT // 4]
    end = len(response) // 4
    response[-end:] *= np.cos(np.linspace(0, np.pi / 2, end)) ** 2
    return np.asarray(response)


def _convolved(filters: Filters, response: npt.NDArray[np.float64]) -> Filters:
    size = filters.shape[1] + len(response)
    spectrum = np.fft.rfft(filters, size, axis=1) * np.fft.rfft(response, size)[None, :, None]
    return np.asarray(np.fft.irfft(spectrum, size, axis=1))


def _trimmed(filters: Filters, front: Filters) -> Filters:
    """Without the way from speaker to head, and with two speakers as loud as two channels."""
    loudest = np.abs(front).max(axis=(0, 2))
    onset = max(0, int(np.argmax(loudest > _ONSET * loudest.max())) - 8)
    scale = np.sqrt(2 / np.sum(front**2))
    return np.asarray(filters[:, onset:] * scale)


class Spatial:
    """Two channels as two speakers in front of a head."""

    latency = 0

    def __init__(self, head: Head, rate: int) -> None:
        self._convolver = Convolver(binaural_filters(head, "stereo", rate))

    def process(self, pcm: Pcm) -> Pcm:
        """QUANTUM frames."""
        return self._convolver.process(pcm)


class Surround:
    """More channels to two ears: for sources that have them."""

    def __init__(self, head: Head, layout: Layout, rate: int) -> None:
        self._convolver = Convolver(binaural_filters(head, layout, rate))

    def process(self, channels: Channels) -> Pcm:
        """QUANTUM frames of the layout's channels."""
        return self._convolver.process(channels)
