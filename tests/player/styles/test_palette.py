"""Contrast and depth of the themes."""

import pytest

from player.app import choose_palette
from player.styles.palette import Palette
from player.styles.tokens import AFTERGLOW, DAYBREAK, MONOCHROME, TERMINAL

TEXT = ("text", "muted", "faint", "accent", "accent2", "ok", "warn", "err", "info", "heart")


def luminance(rgb):
    parts = [c / 255 for c in rgb]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("theme", [AFTERGLOW, DAYBREAK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("fill", ["bg", "rail", "surface", "raised", "select"])
@pytest.mark.parametrize("role", TEXT)
def test_text_is_readable_on_every_fill(theme, fill, role):
    palette = Palette(theme)
    one, two = sorted((luminance(palette.rgb(role)), luminance(palette.rgb(fill))))
    assert (two + 0.05) / (one + 0.05) >= 4.5


def test_monochrome_has_no_colours():
    style = Palette(MONOCHROME).style("accent", "select")
    assert style.color is None
    assert style.reverse
    assert style.bold


def test_terminal_colours_are_palette_numbers():
    style = Palette(TERMINAL).style("accent", "select")
    assert style.color is not None
    assert style.color.number == 0


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({"NO_COLOR": "1"}, "monochrome"),
        ({"TERM": "linux"}, "terminal"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "afterglow"),
        ({"TERM": "xterm-256color"}, "afterglow"),
    ],
)
def test_the_look_follows_the_terminal(environment, theme):
    assert choose_palette(environment=environment).theme.name == theme
    if "NO_COLOR" not in environment:
        assert choose_palette("daybreak", environment=environment).theme.name == "daybreak"
