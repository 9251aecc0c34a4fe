"""Cover pictures, drawn from arithmetic: one design an album."""

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image

SIZE = 640
_Field = npt.NDArray[np.float64]


def cover(album: str) -> bytes:
    """The cover of a demo album as JPEG bytes, 640 x 640. Raises KeyError if it has no design."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    pixels = np.clip(_DESIGNS[album](x, y), 0, 1)
    rng = np.random.default_rng(5)
    grain = rng.normal(0, 0.012, (SIZE, SIZE, 1))
    image = Image.fromarray((np.clip(pixels + grain, 0, 1) * 255).astype(np.uint8))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _colour(code: str) -> _Field:
    return np.array([int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)])


def _mix(first: str, second: str, share: _Field) -> _Field:
    share = np.clip(share, 0, 1)[..., None]
    blend: _Field = _colour(first) * (1 - share) + _colour(second) * share
    return blend


def _over(below: _Field, code: str, mask: _Field) -> _Field:
    mask = np.clip(mask, 0, 1)[..., None]
    blend: _Field = below * (1 - mask) + _colour(code) * mask
    return blend


def _disc(x: _Field, y: _Field, cx: float, cy: float, radius: float) -> _Field:
    """One inside a circle, with a soft edge of three pixels."""
    return (radius - np.hypot(x - cx, y - cy)) * SIZE / 3 + 0.5


def _rain(x: _Field, y: _Field) -> _Field:
    """A lamp behind wet glass."""
    page = _mix("10223f", "2f6f8f", y**1.4)
    page = _over(page, "ffd9a0", np.exp(-(((x - 0.36) ** 2 + (y - 0.42) ** 2) / 0.02)) * 0.85)
    rng = np.random.default_rng(11)
    for cx, top, length, width in rng.uniform((0, -0.2, 0.1, 2), (1, 0.9, 0.5, 7), (70, 4)):
        drop = (y > top) & (y < top + length)
        wobble = cx + 0.006 * np.sin(y * 60 + cx * 20)
        streak = np.exp(-(((x - wobble) * SIZE / width) ** 2)) * drop * (y - top) / length
        page = _over(page, "cfe9f2", streak * 0.55)
    return page


def _paper(x: _Field, y: _Field) -> _Field:
    """Folded boats on ruled water."""
    page = _mix("f6ead2", "e9c9a2", y)
    waves = np.sin(x * 26 + 5 * np.sin(y * 9)) * 0.012 + y
    for level, code in ((0.62, "c9694b"), (0.72, "a84a3a"), (0.82, "7a3330"), (0.92, "4f2428")):
        page = _over(page, code, (waves - level) * SIZE / 3)
    for cx, base, scale in ((0.32, 0.64, 0.15), (0.68, 0.74, 0.11)):
        u, v = (x - cx) / scale, (base - y) / scale
        hull = np.minimum(np.minimum(v + 0.05, 0.55 - v), 1.05 + 0.5 * v - np.abs(u))
        sail = np.minimum(v - 0.3, 1.35 - v - np.abs(u) * 1.55)
        page = _over(page, "fffaf0", sail * scale * SIZE / 2)
        page = _over(page, "ffffff", hull * scale * SIZE / 2)
        fold = np.minimum(hull, -(u - 0.1 + v * 0.2))
        page = _over(page, "e3d6c2", fold * scale * SIZE / 2 * 0.9)
    return page


def _engine(x: _Field, y: _Field) -> _Field:
    """A wheel of sparks."""
    u, v = x - 0.5, y - 0.5
    angle, radius = np.arctan2(v, u), np.hypot(u, v)
    page = _mix("2a0d2e", "7d1d4f", radius * 1.5)
    blades = np.cos(angle * 12 + radius * 9)
    page = _over(page, "ff5f7a", blades * 6 * (radius > 0.14) * (radius < 0.44))
    page = _over(
        page, "ffb48c", (np.cos(angle * 12 + radius * 9 + 0.7) - 0.86) * 30 * (radius > 0.1)
    )
    page = _over(page, "ffe3c4", _disc(x, y, 0.5, 0.5, 0.12))
    return _over(page, "2a0d2e", _disc(x, y, 0.5, 0.5, 0.045))


def _longwave(x: _Field, y: _Field) -> _Field:
    """A sun made of lines over a dark tide."""
    page = _mix("1c1733", "8a4566", y * 1.5)
    lines = np.where(np.sin(y * 150 * (0.6 + y)) > -0.35 - (0.62 - y) * 3, 1.0, 0.0)
    page = _over(page, "ffd694", _disc(x, y, 0.5, 0.46, 0.25) * lines)
    sea = (y - 0.66) * SIZE / 3
    page = _over(page, "17122b", sea)
    glint = np.sin(y * 210) * np.exp(-((x - 0.5) ** 2) / (0.004 + (y - 0.6) ** 2 * 0.3))
    return _over(page, "e58f7a", glint * (y > 0.67) * 0.8)


_DESIGNS: dict[str, Callable[[_Field, _Field], _Field]] = {
    "Glasswork for Rain": _rain,
    "Paper Weather": _paper,
    "Small Engines": _engine,
    "Longwave": _longwave,
}
