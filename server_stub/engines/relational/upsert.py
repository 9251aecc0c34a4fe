"""Writing many rows at once, and insert-or-update, which each dialect spells as its own statement.

A statement is compiled once and then handed to the driver as text: SQLAlchemy's own work for each
row of a batch (0.05 ms for the rows of one track) costs more than SQLite's.
"""

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]


def insert_all(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns; columns with defaults must be among them."""
    if rows:
        _execute(connection, _statement(connection.dialect, table, tuple(rows[0]), None, ()), rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows as `insert_all` does, and leave alone what is there already."""
    if rows:
        _execute(connection, _statement(connection.dialect, table, tuple(rows[0]), (), ()), rows)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    keys: tuple[str, ...],
    keep: tuple[str, ...] = (),
) -> None:
    """Insert rows; where `keys` exist already, replace all other columns but those to `keep`."""
    if rows:
        names = tuple(rows[0])
        _execute(connection, _statement(connection.dialect, table, names, keys, keep), rows)


def _execute(
    connection: Connection, prepared: tuple[str, tuple[str, ...]], rows: Sequence[Row]
) -> None:
    text, order = prepared
    if order:
        connection.exec_driver_sql(text, list(map(itemgetter(*order), rows)))
    else:
        connection.exec_driver_sql(text, list(rows))


@lru_cache(64)
def _statement(
    dialect: Dialect,
    table: Table,
    names: tuple[str, ...],
    keys: tuple[str, ...] | None,
    keep: tuple[str, ...],
) -> tuple[str, tuple[str, ...]]:
    """The driver's text, and the order of its values if they go by position."""
    make = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    if keys == ():
        statement = statement.on_conflict_do_nothing()
    elif keys is not None:
        kept = {*keys, *keep}
        fresh = {name: statement.excluded[name] for name in names if name not in kept}
        statement = statement.on_conflict_do_update(index_elements=list(keys), set_=fresh)
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    return str(compiled), tuple(compiled.positiontup or ())
