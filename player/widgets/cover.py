"""Cover pictures as cells: half blocks, colours of a terminal's palette, or an ASCII ramp."""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.style import Style

from player.styles.palette import Palette, Rgb
from player.widgets.row import Row

RAMP = " .:-=+*#%@"


@dataclass(frozen=True)
class Picture:
    """A cover at the resolution it is shown in: two pixels a cell, one above the other."""

    columns: int
    lines: int
    pixels: Sequence[Rgb]
    """Row by row, `columns` wide and twice `lines` high."""

    def cell(self, x: int, y: int) -> tuple[Rgb, Rgb]:
        """The upper and the lower pixel of a cell."""
        upper = 2 * y * self.columns + x
        return self.pixels[upper], self.pixels[upper + self.columns]


@lru_cache(maxsize=16_384)
def _half_block(upper: Rgb, lower: Rgb) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))


@lru_cache(maxsize=4096)
def _number(pixel: Rgb) -> int:
    """The palette number whose hue is nearest; dithering would only make noise."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in pixel))
    if saturation < 0.25 or value < 0.16:
        return (0, 8, 7, 15)[min(3, int(value * 4))]
    dark = (1, 3, 2, 6, 4, 5)[round(hue * 6) % 6]
    return dark + 8 if value > 0.6 else dark


@lru_cache(maxsize=256)
def _numbered(upper: int, lower: int) -> Style:
    return Style(color=Color.from_ansi(upper), bgcolor=Color.from_ansi(lower))


def luminance(pixel: Rgb) -> float:
    """Seen brightness, 0 to 1."""
    red, green, blue = pixel
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def grey(pixel: Rgb) -> Rgb:
    """The pixel without its colour."""
    level = round(luminance(pixel) * 200)
    return level, level, level


def draw_picture(row: Row, x: int, picture: Picture, y: int) -> None:
    """Draw line `y` of a picture at column x, equal neighbours as one run."""
    if not 0 <= y < picture.lines:
        return
    if row.palette.plain or row.palette.theme.depth == "none":
        row.put(x, ramp_line(picture, y), "muted")
        return
    run, style = 0, Style.null()
    for column in range(picture.columns):
        cell = _cell_style(row.palette, *picture.cell(column, y))
        if cell is not style and cell != style:
            x = row.draw(x, "▀" * run, style)
            run, style = 0, cell
        run += 1
    row.draw(x, "▀" * run, style)


def _cell_style(palette: Palette, upper: Rgb, lower: Rgb) -> Style:
    if palette.colourful:
        return _half_block(upper, lower)
    return _numbered(_number(upper), _number(lower))


def ramp_line(picture: Picture, y: int) -> str:
    """A line of the picture in ten characters of rising weight."""
    cells = (picture.cell(x, y) for x in range(picture.columns))
    levels = ((luminance(upper) + luminance(lower)) / 2 for upper, lower in cells)
    return "".join(RAMP[min(9, int(level * 10))] for level in levels)
