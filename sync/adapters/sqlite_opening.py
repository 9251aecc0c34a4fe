"""Opening a SQLite file of one known version, or making it."""

import sqlite3
from pathlib import Path


def opened(path: Path, schema: str, version: int) -> sqlite3.Connection:
    """A connection in WAL mode with full synchronisation, usable from any thread.

    Its folder is made if need be. Raises sqlite3.DatabaseError for a file that cannot be
    read or is of another version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;"
        )
        known = connection.execute("PRAGMA user_version").fetchone()[0]
        if known == 0:
            connection.executescript(
                f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {version}; COMMIT;"
            )
        elif known != version:
            raise sqlite3.DatabaseError(f"version {known} is not known here")
    except BaseException:
        connection.close()
        raise
    return connection
