"""The parametric equaliser: a curve of bands with a preamp, and the curves that come with Segue."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from player.playback.decode import Pcm
from player.playback.sound.biquad import Band, Cascade, response_db, section_of
from player.playback.sound.processor import db_to_gain

MOST_BANDS = 32
_HEARD_HZ = np.geomspace(20, 20_000, 200)


class Curve(NamedTuple):
    """Bands in the order they are applied, and a gain before them that makes room for boosts."""

    bands: tuple[Band, ...] = ()
    preamp_db: float = 0.0

    @property
    def flat(self) -> bool:
        """Nothing is changed."""
        gains = all(
            band.kind in ("peak", "low_shelf", "high_shelf") and not band.gain_db
            for band in self.bands
        )
        return gains and not self.preamp_db

    def peak_db(self, rate: int = 48_000) -> float:
        """The highest gain of the bands alone: minus this is a preamp that cannot clip a tone."""
        sections = [section_of(band, rate) for band in self.bands]
        return float(np.max(response_db(sections, rate, _HEARD_HZ), initial=0.0))


def _curve(*bands: Band) -> Curve:
    """With the preamp that its boosts need."""
    bare = Curve(bands)
    return Curve(bands, -round(bare.peak_db(), 1) or 0.0)


PRESETS: Mapping[str, Curve] = {
    "bass": _curve(Band("low_shelf", 105, 6.0)),
    "bass-less": _curve(Band("low_shelf", 105, -6.0)),
    "treble": _curve(Band("high_shelf", 8_000, 5.0)),
    "treble-less": _curve(Band("high_shelf", 8_000, -5.0)),
    "loudness": _curve(Band("low_shelf", 90, 5.0), Band("high_shelf", 9_000, 4.0)),
    "voice": _curve(
        Band("high_pass", 90), Band("peak", 250, -2.5, 0.9), Band("peak", 2_800, 4.0, 0.8)
    ),
    "warm": _curve(Band("low_shelf", 200, 3.0), Band("high_shelf", 6_000, -3.0)),
    "bright": _curve(Band("peak", 4_000, 2.0, 0.7), Band("high_shelf", 10_000, 4.0)),
    "small-speakers": _curve(
        Band("high_pass", 70), Band("peak", 140, 4.0, 0.8), Band("peak", 3_000, 2.0, 0.7)
    ),
    "night": _curve(Band("low_shelf", 120, -8.0), Band("peak", 2_500, 2.0, 0.7)),
}


class Equaliser:
    """A curve at one sample rate."""

    latency = 0

    def __init__(self, curve: Curve, rate: int) -> None:
        sections = [section_of(band, rate) for band in curve.bands]
        self._cascade = Cascade(sections, db_to_gain(curve.preamp_db))

    def process(self, pcm: Pcm) -> Pcm:
        """QUANTUM frames."""
        return self._cascade.process(pcm)
