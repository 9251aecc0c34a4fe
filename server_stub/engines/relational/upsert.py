"""Insert-or-update, which each dialect spells as its own statement."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    keys: tuple[str, ...],
    keep: tuple[str, ...] = (),
) -> None:
    """Insert rows; where `keys` exist already, replace all other columns but those to `keep`."""
    if rows:
        names = tuple(rows[0])
        connection.execute(_statement(connection.dialect.name, table, names, keys, keep), rows)


@lru_cache(64)
def _statement(
    dialect: str,
    table: Table,
    names: tuple[str, ...],
    keys: tuple[str, ...],
    keep: tuple[str, ...],
) -> Any:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table)
    fresh = {
        name: statement.excluded[name] for name in names if name not in keys and name not in keep
    }
    return statement.on_conflict_do_update(index_elements=list(keys), set_=fresh)
