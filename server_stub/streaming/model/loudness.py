"""How loud tracks are together."""

import math
from collections.abc import Iterable


def album_lufs(parts: Iterable[tuple[bool, float | None, int]]) -> float | None:
    """Of (measured, LUFS or None for silence, length): the mean of the power over time.

    None as long as one of them was not measured, or if all of it is silence.
    """
    power = length = 0.0
    for measured, lufs, duration in parts:
        if not measured:
            return None
        if lufs is not None and duration > 0:
            power += 10 ** (lufs / 10) * duration
            length += duration
    return round(10 * math.log10(power / length), 2) if power else None
