"""The look for a terminal: what was asked for, else what it can show."""

import os
import re
from collections.abc import Mapping

from player.styles.palette import Palette
from player.styles.tokens import AFTERGLOW, MONOCHROME, TERMINAL, THEMES, Theme

_SIXTEEN = frozenset({"linux", "xterm", "xterm-16color", "vt100", "ansi"})
_FEW_SIGNS = frozenset({"linux", "vt100", "ansi"})
_WIDE_SIGNS = re.compile(r"(?:zh|ja|ko)(?:_|$)")
"""Languages whose terminals often draw ambiguous signs two cells wide."""
_OTHER_CHARSET = re.compile(r"\.(?!utf-?8)", re.IGNORECASE)


def choose_palette(
    theme: str = "", plain: str = "", *, environment: Mapping[str, str] | None = None
) -> Palette:
    """The palette for a theme's name and `on` or `off` for plain signs; else as the terminal is.

    What was chosen counts more than NO_COLOR, as no-color.org has it.
    """
    env = os.environ if environment is None else environment
    signs = plain == "on" or (plain != "off" and _wants_ascii(env))
    return Palette(THEMES.get(theme) or _shown(env), plain=signs)


def _shown(env: Mapping[str, str]) -> Theme:
    if env.get("NO_COLOR"):
        return MONOCHROME
    true = env.get("COLORTERM", "") in ("truecolor", "24bit")
    return TERMINAL if env.get("TERM", "") in _SIXTEEN and not true else AFTERGLOW


def _wants_ascii(env: Mapping[str, str]) -> bool:
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    if env.get("TERM", "") in _FEW_SIGNS or _WIDE_SIGNS.match(locale):
        return True
    return bool(_OTHER_CHARSET.search(locale))
