"""Contrast and depth of the themes."""

import msgspec
import pytest

from player.commands import THEMES as THEME_NAMES
from player.settings import DisplaySettings
from player.styles.palette import Palette
from player.styles.terminal import choose_palette
from player.styles.tokens import AFTERGLOW, DAYBREAK, MONOCHROME, TERMINAL, THEMES

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
    ("environment", "theme", "plain"),
    [
        ({"NO_COLOR": "1"}, "monochrome", False),
        ({"NO_COLOR": ""}, "afterglow", False),
        ({"TERM": "linux"}, "terminal", True),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "afterglow", False),
        ({"TERM": "xterm-256color", "LANG": "de_DE.UTF-8"}, "afterglow", False),
        ({"TERM": "xterm-256color", "LANG": "ja_JP.UTF-8"}, "afterglow", True),
        ({"TERM": "xterm-256color", "LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "afterglow", False),
        ({"TERM": "xterm-256color", "LC_ALL": "de_DE.ISO-8859-1"}, "afterglow", True),
    ],
)
def test_the_look_follows_the_terminal(environment, theme, plain):
    palette = choose_palette("auto", "auto", environment=environment)
    assert (palette.theme.name, palette.plain) == (theme, plain)


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "linux"}])
def test_what_was_chosen_counts_more(environment):
    assert choose_palette("daybreak", environment=environment).theme is DAYBREAK
    assert choose_palette("auto", "on", environment=environment).plain
    assert not choose_palette("auto", "off", environment=environment).plain


def test_settings_commands_and_themes_know_the_same_names():
    for name in THEME_NAMES:
        assert msgspec.convert({"theme": name}, DisplaySettings).theme == name
    assert set(THEME_NAMES) == {"auto", *THEMES}
