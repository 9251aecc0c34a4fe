"""Reading equaliser curves as AutoEq and Equalizer APO write them (`ParametricEQ.txt`).

    Preamp: -6.2 dB
    Filter 1: ON PK Fc 105 Hz Gain -3.1 dB Q 0.70
    Filter 2: ON LSC Fc 105 Hz Gain 5.5 dB Q 0.71

The same words without the beginning (`PK 1000 -3 1.4; LSC 105 4`) are what a person types.
"""

import math
import re

from player.playback.errors import CurveUnreadableError
from player.playback.sound.biquad import Band, Kind
from player.playback.sound.equaliser import MOST_BANDS, Curve

_KINDS: dict[str, Kind] = {
    "PK": "peak",
    "PEQ": "peak",
    "LS": "low_shelf",
    "LSC": "low_shelf",
    "LSQ": "low_shelf",
    "HS": "high_shelf",
    "HSC": "high_shelf",
    "HSQ": "high_shelf",
    "LP": "low_pass",
    "LPQ": "low_pass",
    "HP": "high_pass",
    "HPQ": "high_pass",
    "NO": "notch",
}
_NUMBER = r"([-+]?[\d.]+)"
_PREAMP = re.compile(rf"^Preamp:\s*{_NUMBER}\s*dB$", re.IGNORECASE)
_FILTER = re.compile(
    rf"^Filter(?:\s+\d+)?:\s*(ON|OFF)\s+([A-Z]+)(?:\s+Fc\s+{_NUMBER}\s*Hz)?"
    rf"(?:\s+Gain\s+{_NUMBER}\s*dB)?(?:\s+Q\s+{_NUMBER})?$",
    re.IGNORECASE,
)
_TYPED = re.compile(rf"^([A-Z]+)\s+{_NUMBER}(?:\s+{_NUMBER})?(?:\s+{_NUMBER})?$", re.IGNORECASE)
_LOWEST_HZ, _HIGHEST_HZ = 5.0, 40_000.0
_MOST_DB = 30.0
_Q_RANGE = (0.05, 50.0)


def read_curve(text: str) -> Curve:
    """The curve of a `ParametricEQ.txt`. Raises CurveUnreadableError, naming the line."""
    preamp_db = 0.0
    bands: list[Band] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        bare = line.split("#", 1)[0].strip()
        if not bare:
            continue
        preamp, found = _PREAMP.match(bare), _FILTER.match(bare)
        if preamp is not None:
            preamp_db = _within(float(preamp[1]), -60.0, _MOST_DB, f"line {number}: preamp")
        elif found is not None:
            if found[1].upper() == "ON" and found[2].upper() != "NONE":
                bands.append(_band(found[2], (found[3], found[4], found[5]), f"line {number}"))
        else:
            raise CurveUnreadableError(f"line {number} is no filter: {bare[:60]}")
    return _checked(Curve(tuple(bands), preamp_db))


def typed_curve(text: str) -> Curve:
    """Bands as typed: kind, Hz, dB, quality, with semicolons between. Makes room for boosts.

    Raises CurveUnreadableError.
    """
    bands = []
    for part in text.split(";"):
        found = _TYPED.match(part.strip())
        if found is None:
            raise CurveUnreadableError(f"this is no band: {part.strip()[:60]}")
        bands.append(_band(found[1], (found[2], found[3], found[4]), part.strip()))
    bare = _checked(Curve(tuple(bands)))
    return Curve(bare.bands, -bare.peak_db())


def written_curve(curve: Curve) -> str:
    """The text that `read_curve` reads."""
    names = {kind: name for name, kind in reversed(_KINDS.items())}
    lines = [f"Preamp: {curve.preamp_db:.2f} dB"]
    lines += [
        f"Filter {number}: ON {names[band.kind]} Fc {band.hz:g} Hz "
        f"Gain {band.gain_db:g} dB Q {band.q:.4g}"
        for number, band in enumerate(curve.bands, start=1)
    ]
    return "\n".join(lines) + "\n"


def _band(kind: str, numbers: tuple[str | None, str | None, str | None], where: str) -> Band:
    known = _KINDS.get(kind.upper())
    if known is None:
        raise CurveUnreadableError(f"{where}: there is no filter {kind}")
    try:
        hz, gain_db, q = (None if text is None else float(text) for text in numbers)
    except ValueError:
        raise CurveUnreadableError(f"{where}: a number cannot be read") from None
    if hz is None:
        raise CurveUnreadableError(f"{where}: the frequency is missing")
    return Band(
        known,
        _within(hz, _LOWEST_HZ, _HIGHEST_HZ, f"{where}: frequency"),
        _within(gain_db or 0.0, -_MOST_DB, _MOST_DB, f"{where}: gain"),
        _within(math.sqrt(0.5) if q is None else q, *_Q_RANGE, f"{where}: Q"),
    )


def _within(value: float, low: float, high: float, what: str) -> float:
    if not low <= value <= high:
        raise CurveUnreadableError(f"{what} {value:g} is not between {low:g} and {high:g}")
    return value


def _checked(curve: Curve) -> Curve:
    if not curve.bands:
        raise CurveUnreadableError("there is no filter in it")
    if len(curve.bands) > MOST_BANDS:
        raise CurveUnreadableError(f"{len(curve.bands)} filters are more than {MOST_BANDS}")
    return curve
