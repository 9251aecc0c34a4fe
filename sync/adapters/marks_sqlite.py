"""Confirmed marks in one SQLite file. They can be had again from the server."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sync.adapters.sqlite_opening import opened
from sync.wire.collection import Mark

_VERSION = 1
_SCHEMA = """
CREATE TABLE mark (kind TEXT, target TEXT, value INTEGER, at_ms INTEGER,
                   PRIMARY KEY (kind, target)) WITHOUT ROWID;
CREATE TABLE place (cursor INTEGER NOT NULL);
INSERT INTO place VALUES (0);
"""


class SqliteMarkStore:
    """A file that cannot be read is made again."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = opened(path, _SCHEMA, _VERSION)
        except sqlite3.DatabaseError:
            for leftover in path.parent.glob(f"{path.name}*"):
                leftover.unlink()
            self._connection = opened(path, _SCHEMA, _VERSION)
        self._cursor = int(self._connection.execute("SELECT cursor FROM place").fetchone()[0])

    @property
    def cursor(self) -> int:
        """Where the next changes begin."""
        return self._cursor

    def apply(self, marks: Sequence[Mark], cursor: int) -> None:
        """Take marks on and move the cursor, both or neither."""
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            transaction.executemany(
                "INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)",
                [(m.kind, m.target, m.value, m.at_ms) for m in marks],
            )
            transaction.execute("DELETE FROM mark WHERE value = 0")
            transaction.execute("UPDATE place SET cursor = ?", (cursor,))
        self._cursor = cursor

    def clear(self) -> None:
        """Forget everything and begin at 0."""
        with self._connection as transaction:
            transaction.execute("BEGIN IMMEDIATE")
            transaction.execute("DELETE FROM mark")
            transaction.execute("UPDATE place SET cursor = 0")
        self._cursor = 0

    def all(self) -> list[Mark]:
        """Every standing mark."""
        rows = self._connection.execute("SELECT kind, target, value, at_ms FROM mark")
        return [Mark(kind=k, target=t, value=v, at_ms=at) for k, t, v, at in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
