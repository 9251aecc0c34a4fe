"""Finding what a person meant: folding of letters, and a score that forgives small typos.

Pure. A word of four to seven letters may have one mistake, a longer one two; a mistake is a letter
too many, missing, wrong, or two neighbours swapped.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_PLAIN = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "\u2019": "'",
    }
)
_ONE_MISTAKE_FROM = 4
_TWO_MISTAKES_FROM = 8
_FIELD_WEIGHTS = (1.0, 0.8, 0.6)
_EXACT, _PREFIX, _INSIDE = 1.0, 0.9, 0.6
_PER_MISTAKE = 0.25


def fold(text: str) -> str:
    """Letters without case and marks, other signs as they are: `Björk` and `bjork` are equal."""
    lowered = text.casefold()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text: folded, signs dropped, `don't` one word."""
    folded = fold(text).replace("'", "")
    return tuple("".join(c if c.isalnum() else " " for c in folded).split())


def plain(text: str) -> str:
    """A text as it is searched: its words with single spaces between."""
    return " ".join(words_of(text))


def sort_key(text: str) -> str:
    """Folded and without a leading article, for lists in alphabetical order."""
    folded = fold(text).strip()
    return folded.removeprefix("the ").lstrip("\"'([.") or folded


def triples(word: str) -> tuple[str, ...]:
    """Runs of three signs of a word with the spaces around it: its ends count too."""
    padded = f" {word} "
    return tuple(padded[i : i + 3] for i in range(len(word)))


def likely_triples(word: str) -> set[str]:
    """Triples of a word and, if it is too short to share some with what was meant, of the words
    that swapping two neighbours makes of it."""
    found = set(triples(word))
    if _ONE_MISTAKE_FROM <= len(word) < _TWO_MISTAKES_FROM:
        for i in range(len(word) - 1):
            found.update(triples(word[:i] + word[i + 1] + word[i] + word[i + 2 :]))
    return found


def mistakes_allowed(word: str) -> int:
    """How many mistakes a word may have."""
    if len(word) < _ONE_MISTAKE_FROM:
        return 0
    return 1 if len(word) < _TWO_MISTAKES_FROM else 2


def distance(a: str, b: str, limit: int) -> int:
    """Mistakes between two words (optimal string alignment), or `limit` + 1 if there are more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)


def score(query: Sequence[str], fields: Sequence[str]) -> float:
    """How well plain fields answer the words: 0 if a word is nowhere, best about the title."""
    if not query:
        return 0.0
    total = 0.0
    split = [field.split() for field in fields]
    for word in query:
        best = max(
            (
                weight * _in_field(word, field, words)
                for weight, field, words in zip(_FIELD_WEIGHTS, fields, split, strict=False)
            ),
            default=0.0,
        )
        if best == 0.0:
            return 0.0
        total += best
    return total / len(query) + _shape(query, split)


def _in_field(word: str, field: str, words: Sequence[str]) -> float:
    if word in field:
        found = [_PREFIX for other in words if other.startswith(word)]
        if not found:
            return _INSIDE
        return _EXACT if word in words else _PREFIX
    allowed = mistakes_allowed(word)
    if allowed == 0:
        return 0.0
    least = min((_mistakes(word, other, allowed) for other in words), default=allowed + 1)
    return 0.0 if least > allowed else _PREFIX - _PER_MISTAKE * least


@lru_cache(16_384)
def _mistakes(word: str, other: str, allowed: int) -> int:
    """Mistakes against the whole word or, for a word still being typed, against its beginning."""
    if len(other) < len(word) - allowed or len(set(word) - set(other)) > allowed:
        return allowed + 1
    if len(other) <= len(word) + allowed:
        return distance(word, other, allowed)
    return distance(word, other[: len(word)], allowed)


def _shape(query: Sequence[str], fields: Sequence[Sequence[str]]) -> float:
    """A little more for a title that is just the query, begins with it, or is short."""
    title = list(fields[0]) if fields else []
    if title == list(query):
        return 0.5
    if title[: len(query)] == list(query):
        return 0.2
    return 0.1 / (1 + len(title))
