"""Text made safe and fitted: metadata comes from strangers and goes to a terminal."""

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len

ELLIPSIS = "…"
_LONGEST = 4096
_MARKS_KEPT = 2

# Escape sequences as a whole (CSI, OSC and other strings, two-character ones), so that no
# tail of one is left to be read.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f]).*?(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)
_HIDDEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
_PLAIN = re.compile(r"[ -~]*")


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """One line that cannot move the cursor, change direction or hide characters.

    Emoji joiners, selectors and skin tones go too: terminals disagree on their width.
    """
    if _PLAIN.fullmatch(text) and len(text) <= _LONGEST:
        return text
    text = _ESCAPES.sub("", text[: 4 * _LONGEST])
    text = _HIDDEN.sub("", text)
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp", "Zs"):
            character = " "
        elif category in ("Cs", "Cf", "Cn", "Co"):
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MARKS_KEPT:
            kept.append(character)
    return "".join(kept)[:_LONGEST].strip()


def width(text: str) -> int:
    """Cells the text takes."""
    return cell_len(text)


@lru_cache(maxsize=8192)
def fit(text: str, cells: int) -> str:
    """The text, or as much of it as fits with an ellipsis; never half a wide character."""
    if cells <= 0:
        return ""
    if cell_len(text) <= cells:
        return text
    kept = ""
    used = 0
    for character in text:
        step = cell_len(character)
        if used + step > cells - 1:
            break
        kept += character
        used += step
    return kept.rstrip() + ELLIPSIS if kept.strip() else ELLIPSIS


def wrapped(text: str, cells: int, lines: int) -> list[str]:
    """The text broken between words, at most so many lines."""
    made: list[str] = []
    for word in text.split():
        if made and cell_len(made[-1]) + 1 + cell_len(word) <= cells:
            made[-1] += f" {word}"
        else:
            made.append(word)
    kept = made[:lines]
    if len(made) > lines:
        kept[-1] += f" {made[lines]}"
    return [fit(line, cells) for line in kept]


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """The text fitted into exactly so many cells."""
    text = fit(text, cells)
    space = " " * (cells - cell_len(text))
    return space + text if right else text + space


def clock(milliseconds: float) -> str:
    """A length or place in a track: `4:12`, `1:02:03`."""
    seconds = max(0, int(milliseconds // 1000))
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}:{seconds:02}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def span(milliseconds: float) -> str:
    """A rough length of many tracks: `41 min`, `14 h 02`."""
    minutes = max(0, round(milliseconds / 60_000))
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 track`, `2,317 tracks`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


_ASCII = str.maketrans(
    {
        **dict(zip("━╸─╌│▌▐", "=--.|>#", strict=True)),
        **dict(zip("▁▂▃▄▅▆▇█▓▒░", "_.-=+*%#%+.", strict=True)),
        **dict(zip("●○◐♥↓↑→←▲▼►◄▮■✓×…·", "oo~*v^><^v><|#vx~-", strict=True)),  # noqa: RUF001 -- a sign we draw
        **dict(zip("╭╮╰╯┼╵└‹›▔▀▕", "++++++`<>=#|", strict=True)),  # noqa: RUF001 -- a sign we draw
        **dict(zip("‘’“”", "''\"\"", strict=True)),  # noqa: RUF001 -- a sign we draw
    }
)


def to_ascii(text: str) -> str:
    """Our own signs in ASCII, one character for one."""
    return text.translate(_ASCII)
