"""The outbox in one SQLite file: what was acknowledged to the listener survives a power cut."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from sync.adapters.sqlite_lasting import lasting, open_lasting
from sync.outbox.model import Pending, Refusal
from sync.wire.intents import Intent, Verdicts

_VERSION = 1
_SCHEMA = """
CREATE TABLE intent (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    refused TEXT
);
CREATE INDEX intent_refused ON intent (key, place) WHERE refused IS NOT NULL;
"""
_DUE = """
SELECT kind, key, at_ms, body, id FROM intent AS mine
WHERE refused IS NULL AND NOT EXISTS (
    SELECT 1 FROM intent AS earlier
    WHERE earlier.key = mine.key AND earlier.place < mine.place AND earlier.refused IS NOT NULL
) ORDER BY place LIMIT ?
"""


class SqliteOutboxStore:
    """One row an intent."""

    def __init__(self, path: Path) -> None:
        self._connection = open_lasting(path, _SCHEMA, _VERSION)

    def add(self, intents: Sequence[Intent]) -> None:
        """Keep intents, all or none."""
        with lasting(self._connection) as cursor:
            cursor.executemany(
                "INSERT OR IGNORE INTO intent (id, kind, key, at_ms, body) VALUES (?, ?, ?, ?, ?)",
                [(i.id, i.kind, i.key, i.at_ms, msgspec.json.encode(i.body)) for i in intents],
            )

    def due(self, limit: int) -> list[Intent]:
        """The oldest that may be sent."""
        return [_intent(row) for row in self._connection.execute(_DUE, (limit,))]

    def of_kind(self, kind: str) -> list[Intent]:
        """Everything of a kind."""
        rows = self._connection.execute(
            "SELECT kind, key, at_ms, body, id FROM intent WHERE kind = ? ORDER BY place", (kind,)
        )
        return [_intent(row) for row in rows]

    def settle(self, verdicts: Verdicts) -> None:
        """Forget what was applied, set aside what was refused, both or neither."""
        with lasting(self._connection) as cursor:
            cursor.executemany("DELETE FROM intent WHERE id = ?", [(i,) for i in verdicts.applied])
            cursor.executemany(
                "UPDATE intent SET refused = ? WHERE id = ?",
                [(reason, i) for i, reason in verdicts.refused.items()],
            )

    def refusals(self) -> list[Refusal]:
        """What was set aside, oldest first."""
        rows = self._connection.execute(
            "SELECT kind, key, at_ms, body, id, refused FROM intent"
            " WHERE refused IS NOT NULL ORDER BY place"
        )
        return [Refusal(_intent(row[:5]), row[5]) for row in rows]

    def retry(self, intent_id: str) -> bool:
        """Let a refused one go again, in its old place."""
        return self._change("UPDATE intent SET refused = NULL", intent_id)

    def drop(self, intent_id: str) -> bool:
        """Forget a refused one."""
        return self._change("DELETE FROM intent", intent_id)

    def pending(self) -> Pending:
        """How much there is."""
        total, refused = self._connection.execute(
            "SELECT count(*), count(refused) FROM intent"
        ).fetchone()
        return Pending(total - refused, refused)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _change(self, statement: str, intent_id: str) -> bool:
        with lasting(self._connection) as cursor:
            cursor.execute(f"{statement} WHERE id = ? AND refused IS NOT NULL", (intent_id,))
            return cursor.rowcount > 0


def _intent(row: tuple[str, str, int, bytes, str]) -> Intent:
    kind, key, at_ms, body, intent_id = row
    return Intent(kind=kind, key=key, at_ms=at_ms, body=msgspec.json.decode(body), id=intent_id)
