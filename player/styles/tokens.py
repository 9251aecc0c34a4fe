"""Colour roles in each theme. A widget names a role; only this table knows colours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Depth = Literal["true", "sixteen", "none"]


@dataclass(frozen=True)
class Theme:
    """A set of colours for the roles, for terminals of one colour depth."""

    name: str
    title: str
    dark: bool
    depth: Depth
    colours: Mapping[str, str]


_ROLES = [
    "bg",
    "rail",
    "surface",
    "raised",
    "select",
    "line",
    "lineh",
    "text",
    "muted",
    "faint",
    "accent",
    "accent2",
    "on_accent",
    "ok",
    "warn",
    "err",
    "info",
    "heart",
    "buf",
    "unbuf",
]


def _colours(*values: str) -> dict[str, str]:
    return dict(zip(_ROLES, values, strict=True))


AFTERGLOW = Theme(
    "afterglow",
    "Afterglow",
    True,
    "true",
    _colours(
        *("#14121b", "#0f0d15", "#1d1a27", "#2a2638", "#3a3354", "#443e58", "#8d84ab"),
        *("#f4f1f9", "#c0b9d1", "#a89fbd", "#ffb48c", "#bda9ff", "#1b1420"),
        *("#7fdec9", "#ffd47f", "#ff8c99", "#8fcbff", "#ff93b4", "#7b7296", "#3f3953"),
    ),
)
DAYBREAK = Theme(
    "daybreak",
    "Daybreak",
    False,
    "true",
    _colours(
        *("#fbf7f1", "#f1eae0", "#f4eee5", "#e8dfd2", "#e3d3f0", "#cfc1b0", "#85756a"),
        *("#211a2b", "#4e4459", "#635870", "#9c3a12", "#5a3dc0", "#ffffff"),
        *("#0a5e50", "#6e4800", "#a81c36", "#194f91", "#a3174f", "#8b79a6", "#d9cdbf"),
    ),
)
# Palette numbers, so that the user's own terminal colours hold.
TERMINAL = Theme(
    "terminal",
    "Terminal colours",
    True,
    "sixteen",
    _colours(
        *("default", "default", "default", "default", "6", "8", "7"),
        *("15", "7", "7", "11", "13", "0"),
        *("14", "11", "9", "14", "13", "7", "8"),
    ),
)
MONOCHROME = Theme("monochrome", "No colour", True, "none", _colours(*(["default"] * len(_ROLES))))

THEMES: Mapping[str, Theme] = {
    theme.name: theme for theme in (AFTERGLOW, DAYBREAK, TERMINAL, MONOCHROME)
}
