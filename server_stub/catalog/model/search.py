"""How a search text is understood, and how what it found is ordered."""

from dataclasses import dataclass

from server_stub.catalog.model.text import words

TEXT_LIMIT = 100
WORD_LIMIT = 8


@dataclass(frozen=True, slots=True)
class Terms:
    """A search text in folded words."""

    words: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """The words with single spaces, as names are stored for search."""
        return " ".join(self.words)

    @property
    def joined(self) -> str:
        """The words without spaces: `sugar cane` also means Sugarcane."""
        return "".join(self.words)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a search may mean: folded name, and what else is known of it (artists, album)."""

    id: str
    name: str
    context: str = ""


def terms_of(text: str) -> Terms:
    """Understand what somebody typed."""
    return Terms(words(text[:TEXT_LIMIT])[:WORD_LIMIT])


def search_name(text: str) -> str:
    """A name as search stores it."""
    return " ".join(words(text))


def search_joined(text: str) -> str:
    """A name without spaces, when it has any: AC/DC is also found as acdc."""
    parts = words(text)
    return "".join(parts) if len(parts) > 1 else ""


def matches(candidate: Candidate, terms: Terms) -> bool:
    """Whether every word begins a word of it or occurs inside it (from three letters on)."""
    if len(terms.joined) > 2 and terms.joined in candidate.name.replace(" ", ""):
        return True
    return all(
        _begins(word, candidate.name)
        or _begins(word, candidate.context)
        or (len(word) > 2 and (word in candidate.name or word in candidate.context))
        for word in terms.words
    )


def rank(candidate: Candidate, terms: Terms) -> tuple[int, int, str, str]:
    """Sort key, best first: exact name, beginning of the name, beginnings of its words, inside the
    name, names of others around it; among equals the shorter name."""
    return _tier(candidate, terms), len(candidate.name), candidate.name, candidate.id


def _tier(candidate: Candidate, terms: Terms) -> int:
    name = candidate.name
    tests = (
        name == terms.phrase or name.replace(" ", "") == terms.joined,
        name.startswith(terms.phrase),
        all(_begins(word, name) for word in terms.words),
        terms.joined in name.replace(" ", ""),
        any(_begins(word, name) for word in terms.words),
    )
    return next((tier for tier, met in enumerate(tests) if met), len(tests))


def _begins(word: str, text: str) -> bool:
    return text.startswith(word) or f" {word}" in text
