"""Search over names: a trigram index finds candidates, the catalog's rules order them."""

from collections.abc import Iterable
from functools import lru_cache
from heapq import nsmallest
from typing import Any

from sqlalchemy import Connection, select

from server_stub.catalog.model.search import (
    Candidate,
    Terms,
    matches,
    rank,
    search_joined,
    search_name,
)
from server_stub.engines.relational.catalog_rows import albums_by_id, artists_by_id, tracks_by_id
from server_stub.engines.relational.catalog_tables import search_entries
from server_stub.engines.relational.catalog_trigrams import Pattern, matching
from sync.wire.catalog import SearchHits

CANDIDATES = 400
"""Candidates of one kind that are looked at; names that begin with the text come first."""

# A word is stored after two spaces, so that even one letter at its beginning makes a trigram.
_GAP = "  "


def entry_row(kind: str, identifier: str, name: str, context: Iterable[str]) -> dict[str, Any]:
    """What the index keeps of one thing."""
    return {
        "kind": kind,
        "id": identifier,
        "name": _stored(search_name(name)),
        "joined": search_joined(name),
        "context": _context(tuple(context)),
    }


@lru_cache(1024)
def _context(names: tuple[str, ...]) -> str:
    """All tracks of an album have the same names around them."""
    return _stored(" ".join(map(search_name, names)))


def search(connection: Connection, terms: Terms, limit: int) -> SearchHits:
    """The best `limit` of each kind; nothing for a text without words."""
    if not terms.words:
        return SearchHits()
    found = {kind: _best(connection, kind, terms, limit) for kind in ("track", "album", "artist")}
    tracks = tracks_by_id(connection, found["track"])
    albums = albums_by_id(connection, found["album"])
    artists = artists_by_id(connection, found["artist"])
    return SearchHits(
        tuple(tracks[key] for key in found["track"] if key in tracks),
        tuple(albums[key] for key in found["album"] if key in albums),
        tuple(artists[key] for key in found["artist"] if key in artists),
    )


def _best(connection: Connection, kind: str, terms: Terms, limit: int) -> list[str]:
    candidates = {row.id: row for row in _beginning(connection, kind, terms, limit)}
    for pattern in _patterns(terms):
        if len(candidates) >= CANDIDATES:
            break
        for row in matching(connection, kind, pattern, CANDIDATES):
            candidates.setdefault(row.id, _candidate(row))
    fitting = [row for row in candidates.values() if matches(row, terms)]
    return [row.id for row in nsmallest(limit, fitting, key=lambda row: rank(row, terms))]


def _beginning(connection: Connection, kind: str, terms: Terms, limit: int) -> list[Candidate]:
    """Names that begin with the text, by a walk along the index of names."""
    start = _stored(terms.phrase)[:-1]
    query = (
        select(search_entries.c.id, search_entries.c.name, search_entries.c.context)
        .where(search_entries.c.kind == kind)
        .where(search_entries.c.name >= start)
        .where(search_entries.c.name < start + "\U0010ffff")
        .order_by(search_entries.c.name)
        .limit(limit)
    )
    return [_candidate(row) for row in connection.execute(query)]


def _patterns(terms: Terms) -> list[Pattern]:
    """What to look for, from strict to loose: in the name, then anywhere."""
    beginnings = tuple(f"{_GAP}{word}" for word in terms.words)
    inside = tuple(word if len(word) > 2 else f"{_GAP}{word}" for word in terms.words)
    found = [Pattern(beginnings, ("name",)), Pattern(inside, ("name",))]
    if len(terms.joined) > 2:
        found.append(Pattern((terms.joined,), ("name", "joined")))
    return [*found, Pattern(inside)]


def _stored(name: str) -> str:
    """Folded words as the index keeps them."""
    return "".join(f"{_GAP}{word}" for word in name.split()) + " " if name else ""


def _candidate(row: Any) -> Candidate:
    return Candidate(row.id, " ".join(row.name.split()), " ".join(row.context.split()))
