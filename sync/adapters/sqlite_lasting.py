"""SQLite files that hold what nobody else has: committed means on the disk, unreadable means kept.

WAL with full synchronisation. A file that cannot be read is set aside under another name.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.adapters.sqlite_opening import opened
from sync.errors import OutboxFullError


def open_lasting(path: Path, schema: str, version: int) -> sqlite3.Connection:
    """Open a file, making it with its schema if need be. Raises OutboxFullError if it cannot be."""
    try:
        return opened(path, schema, version)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise OutboxFullError(f"{path} cannot be opened: {error}") from error
        path.rename(_free_name(path))
        return opened(path, schema, version)


@contextmanager
def lasting(connection: sqlite3.Connection) -> Iterator[sqlite3.Cursor]:
    """One transaction; on the disk when it ends. Raises OutboxFullError, with nothing done."""
    cursor = connection.cursor()
    try:
        cursor.execute("BEGIN IMMEDIATE")
        yield cursor
        cursor.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:  # a full disk may have ended it already
            cursor.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError):
            raise OutboxFullError(f"this could not be written down: {error}") from error
        raise


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable-{number}")).exists():
        number += 1
    return aside
