"""Substrings of names, found by trigrams: FTS5 on SQLite, pg_trgm on PostgreSQL.

Both answer the same question (which entries hold these letters), each in its own words, and only
for candidates: the catalog's rules decide what fits and in which order it is shown.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, text

from server_stub.engines.relational.catalog_tables import search_entries

_EVERYWHERE = ("name", "joined", "context")

# The sign before `entry.kind` keeps SQLite from walking all entries of a kind and asking the
# full-text index about each of them.
_MATCHING = text(
    "SELECT entry.id, entry.name, entry.context FROM search_text"
    " JOIN search_entries AS entry ON entry.entry = search_text.rowid"
    " WHERE search_text MATCH :match AND +entry.kind = :kind LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Entries where every one of `parts` occurs in at least one of `columns`."""

    parts: tuple[str, ...]
    columns: tuple[str, ...] = _EVERYWHERE


def matching(connection: Connection, kind: str, pattern: Pattern, limit: int) -> list[Any]:
    """Some entries of a kind that fit, in no order."""
    if connection.dialect.name == "sqlite":
        values = {"match": _expression(pattern), "kind": kind, "limit": limit}
        return list(connection.execute(_MATCHING, values))
    query = (
        select(search_entries.c.id, search_entries.c.name, search_entries.c.context)
        .where(search_entries.c.kind == kind, _condition(pattern))
        .limit(limit)
    )
    return list(connection.execute(query))


def _expression(pattern: Pattern) -> str:
    """FTS5. Parts hold folded letters and spaces only, so there is nothing to escape."""
    if pattern.columns == _EVERYWHERE:
        return " AND ".join(f'"{part}"' for part in pattern.parts)
    columns = " ".join(pattern.columns)
    return " AND ".join(f'{{{columns}}} : "{part}"' for part in pattern.parts)


def _condition(pattern: Pattern) -> ColumnElement[bool]:
    columns = [search_entries.c[name] for name in pattern.columns]
    return and_(
        *(
            or_(*(column.contains(part, autoescape=True) for column in columns))
            for part in pattern.parts
        )
    )
