"""What the library asks of the world: the server's feed of changes and a place for the mirror."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sync.wire.catalog import Album, Artist, ChangePage, EntityKind, Track

Entity = Track | Album | Artist
Sort = Literal["default", "title", "artist", "album", "added", "year", "duration"]
"""`default`: tracks by artist, album and place on it; albums by artist and year; artists by name.
`added` has the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A part of a list. `album` and `artist` are ids; `words` must all occur (folded)."""

    kind: EntityKind
    offset: int = 0
    limit: int = 100
    sort: Sort = "default"
    album: str = ""
    artist: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    tracks: int = 0
    albums: int = 0
    artists: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be what a search wants: `fields` are its plain texts, title first."""

    row: int
    fields: tuple[str, ...]


class CatalogFeed(Protocol):
    """The server's catalog as changes after a cursor (0: from the beginning)."""

    async def changes(self, after: int) -> ChangePage:
        """The next changes, in order."""
        ...


class Mirror(Protocol):
    """The local copy. Calls are short but block; they may come from any thread."""

    def bind(self, origin: str) -> None:
        """Mirror this server; what another one said is dropped."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def apply(self, page: ChangePage) -> None:
        """Take changes on and move the cursor, both or neither."""
        ...

    @property
    def cursor(self) -> int:
        """Where the next changes begin."""
        ...

    def counts(self) -> Counts:
        """How much there is."""
        ...

    def page(self, query: ListQuery) -> tuple[int, list[bytes]]:
        """(rows in all, this part of them as JSON)."""
        ...

    def get(self, kind: EntityKind, identifier: str) -> bytes | None:
        """One entity as JSON."""
        ...

    def ids(self, query: ListQuery) -> list[str]:
        """Ids only, for queues of a whole album, artist or library; `limit` 0 means all."""
        ...

    def containing(self, kind: EntityKind, words: Sequence[str], limit: int) -> list[Candidate]:
        """Entities whose text contains every word, those that begin so first."""
        ...

    def resembling(self, kind: EntityKind, words: Sequence[str], limit: int) -> list[Candidate]:
        """Entities that share the most letter triples with the words."""
        ...

    def bodies(self, kind: EntityKind, rows: Sequence[int]) -> list[bytes]:
        """Entities as JSON, in the order of `rows`."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
