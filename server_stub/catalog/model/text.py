"""Text from tags: made safe to show, folded to compare, split into words to search."""

import re
import unicodedata
from functools import lru_cache

NAME_LIMIT = 500
"""Longest name kept, in characters; real ones are far below, hostile ones are not."""

# Terminal escapes with their bodies go first, so that no half of a sequence is left behind.
_ESCAPES = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    "|\x9b[0-?]*[ -/]*[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c|$)"  # OSC, DCS
    "|\x1b[ -/]*[0-~]?"
)
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_BREAKS = frozenset("\t\n\v\f\r\x85\u2028\u2029")

_LETTERS = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "\u0131": "i",  # dotless i
        "ŋ": "n",
        "ŧ": "t",
        "ĸ": "k",
        "\u017f": "s",  # long s
        "ə": "e",
    }
)
_DROPPED = re.compile(r"['\u2019\u2018\u02bc`\u00b4.]")
_LEADING = re.compile(r"^[\W_]+")
_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W_]+")
_CJK = re.compile(r"([\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """One line that is safe in a terminal: no escapes, controls or bidirectional overrides."""
    if _UNSAFE.search(text):
        text = _ESCAPES.sub("", text)
        text = _UNSAFE.sub(_replacement, text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text[:limit].split())


def _replacement(match: re.Match[str]) -> str:
    return " " if match.group() in _BREAKS else ""


@lru_cache(8192)
def identity(name: str) -> str:
    """What two spellings of one name share: case and spacing do not count, accents do."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@lru_cache(8192)
def fold(text: str) -> str:
    """Text without case, accents and ligatures: Sigur Rós and SIGUR ROS are the same."""
    text = text.casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS)


@lru_cache(8192)
def sort_key(text: str) -> str:
    """Where a name stands in a list: folded, without leading punctuation."""
    folded = " ".join(fold(text).split())
    return _LEADING.sub("", folded) or folded


@lru_cache(8192)
def words(text: str) -> tuple[str, ...]:
    """Folded words. Dots and apostrophes vanish (T.N.T. is tnt); a CJK character is a word."""
    return tuple(_WORD.findall(_CJK.sub(r" \1 ", _DROPPED.sub("", fold(text)))))
