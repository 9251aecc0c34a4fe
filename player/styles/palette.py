"""Roles into styles: one object that knows theme, colour depth and ASCII mode."""

from functools import lru_cache

from rich.color import Color
from rich.style import Style

from player.styles.text import to_ascii
from player.styles.tokens import AFTERGLOW, Theme

Rgb = tuple[int, int, int]


def _colour(value: str) -> Color:
    if value == "default":
        return Color.default()
    return Color.parse(value) if value.startswith("#") else Color.from_ansi(int(value))


def mix(first: Rgb, second: Rgb, fraction: float) -> Rgb:
    """A colour between two."""
    red, green, blue = (round(a + (b - a) * fraction) for a, b in zip(first, second, strict=True))
    return red, green, blue


class Palette:
    """What widgets draw with. Immutable; a change of theme makes a new one."""

    def __init__(self, theme: Theme = AFTERGLOW, *, plain: bool = False) -> None:
        self.theme = theme
        self.plain = plain
        self.colourful = theme.depth == "true"
        self.fills = theme.depth == "true"
        """Whether quiet fills (surface, raised) can be seen."""
        self._colours = {role: _colour(value) for role, value in theme.colours.items()}
        self.style = lru_cache(maxsize=4096)(self._style)
        self.blend = lru_cache(maxsize=4096)(self._blend)

    def say(self, text: str) -> str:
        """The text in the characters this terminal should get."""
        return to_ascii(text) if self.plain else text

    def rgb(self, role: str) -> Rgb:
        """The colour of a role; only for themes of true colour."""
        triplet = self._colours[role].get_truecolor()
        return triplet.red, triplet.green, triplet.blue

    def _style(
        self,
        role: str = "text",
        fill: str = "bg",
        *,
        bold: bool = False,
        underline: bool = False,
        italic: bool = False,
    ) -> Style:
        depth = self.theme.depth
        if depth == "none":
            strong = bold or role in ("accent", "err", "warn", "on_accent")
            return Style(bold=strong, underline=underline, italic=italic, reverse=fill == "select")
        if depth == "sixteen" and fill == "select":
            role = "on_accent"
        return Style(
            color=self._colours[role],
            bgcolor=self._colours[fill],
            bold=bold,
            underline=underline,
            italic=italic,
        )

    def _blend(
        self, fraction: float, fill: str = "bg", *, bold: bool = False, underline: bool = False
    ) -> Style:
        if not self.colourful:
            role = "accent" if fraction < 0.5 else "accent2"
            return self.style(role, fill, bold=bold, underline=underline)
        triplet = mix(self.rgb("accent"), self.rgb("accent2"), min(1.0, max(0.0, fraction)))
        return Style(
            color=Color.from_rgb(*triplet),
            bgcolor=self._colours[fill],
            bold=bold,
            underline=underline,
        )
