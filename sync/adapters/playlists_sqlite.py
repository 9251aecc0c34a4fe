"""Playlists of this machine in one SQLite file: what is shown as done survives a power cut."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from sync.adapters.sqlite_lasting import lasting, open_lasting
from sync.playlists.ports import Local

_SCHEMA = "CREATE TABLE playlist (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;"
_VERSION = 1


class SqlitePlaylistStore:
    """One row a playlist. A file that cannot be read is set aside, never thrown away."""

    def __init__(self, path: Path) -> None:
        self._connection = open_lasting(path, _SCHEMA, _VERSION)

    def all(self) -> list[Local]:
        """Every playlist there is."""
        rows = self._connection.execute("SELECT body FROM playlist")
        return [msgspec.json.decode(body, type=Local) for (body,) in rows]

    def put(self, *playlists: Local) -> None:
        """Keep playlists; they are on disk when this returns."""
        rows = [(one.id, msgspec.json.encode(one)) for one in playlists]
        with lasting(self._connection) as cursor:
            cursor.executemany("INSERT OR REPLACE INTO playlist VALUES (?, ?)", rows)

    def remove(self, playlist_ids: Sequence[str]) -> None:
        """Forget playlists."""
        with lasting(self._connection) as cursor:
            cursor.executemany("DELETE FROM playlist WHERE id = ?", [(i,) for i in playlist_ids])

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
