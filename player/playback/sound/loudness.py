"""How loud a track or an album is, and the gain that brings it to the level one wants.

Loudness is EBU R128 / ITU-R BS.1770 in LUFS. ReplayGain 2.0 tags are gains towards -18 LUFS.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

REPLAYGAIN_LUFS = -18.0
MOST_GAIN_DB = 15.0
"""Nothing is raised further: what is that quiet is meant to be, or is noise."""


class Measured(NamedTuple):
    """One track."""

    lufs: float
    seconds: float
    """How long it is, its weight in an album."""


def album_lufs(tracks: Iterable[Measured]) -> float | None:
    """Loudness of tracks one after the other: the mean of their power over time."""
    known = [track for track in tracks if track.seconds > 0 and math.isfinite(track.lufs)]
    if not known:
        return None
    seconds = sum(track.seconds for track in known)
    power = sum(10 ** (track.lufs / 10) * track.seconds for track in known)
    return 10 * math.log10(power / seconds)


def tagged_lufs(gain_db: float | None) -> float | None:
    """The loudness behind a ReplayGain tag."""
    return None if gain_db is None else REPLAYGAIN_LUFS - gain_db


def gain_db(lufs: float | None, target_lufs: float, preamp_db: float) -> float:
    """What to add; a loudness that is not known is left as it is, but for the preamp."""
    if lufs is None or not math.isfinite(lufs):
        return preamp_db
    return min(target_lufs - lufs, MOST_GAIN_DB) + preamp_db
