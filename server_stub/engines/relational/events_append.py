"""Appending events inside a transaction that changes state: both are committed, or neither."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from server_stub.engines.relational.database import APPENDED
from server_stub.engines.relational.events_tables import event_keys, event_snapshots, events
from server_stub.engines.relational.upsert import insert_all, insert_new
from server_stub.kernel.clock import Clock, SystemClock
from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.erasure import is_erasure
from server_stub.kernel.events.sealing import new_key, sealed_for


def append(connection: Connection, batch: Sequence[Event], clock: Clock | None = None) -> None:
    """Append events; ones that are there already are left alone. Personal ones are sealed, an event
    that somebody is erased destroys their key."""
    if not batch:
        return
    stored_ms = round((clock or SystemClock()).now() * 1000)
    personal = {event.subject for event in batch if event.personal and not event.sealed}
    keys = obtain_keys(connection, personal) if personal else {}
    rows = [_row(event, stored_ms) for event in sealed_for(batch, keys)]
    insert_new(connection, events, rows)
    for event in batch:
        if is_erasure(event):
            shred_key(connection, event.subject)
    connection.info[APPENDED] = True


def obtain_keys(connection: Connection, subjects: Collection[str]) -> dict[str, bytes]:
    """Keys of subjects, made where there is none; none for those that were shredded."""
    known = {row.subject: row.key for row in _keys(connection, subjects)}
    fresh = {subject: new_key() for subject in sorted(set(subjects) - set(known))}
    rows = [{"subject": subject, "key": key} for subject, key in fresh.items()]
    insert_all(connection, event_keys, rows)
    found = {**known, **fresh}
    return {subject: bytes(key) for subject, key in found.items() if key is not None}


def find_keys(connection: Connection, subjects: Collection[str]) -> dict[str, bytes]:
    """Keys of subjects, as far as there are any."""
    return {
        row.subject: bytes(row.key) for row in _keys(connection, subjects) if row.key is not None
    }


def shred_key(connection: Connection, subject: str) -> None:
    """Destroy a key, and keep that it was."""
    if not _keys(connection, [subject]):
        connection.execute(event_keys.insert().values(subject=subject))
    if connection.dialect.name == "sqlite":
        # Else the bytes stay on their page until something needs the place. Some builds of SQLite
        # have this on anyway; it stays on for this connection.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    connection.execute(update(event_keys).where(event_keys.c.subject == subject).values(key=None))
    connection.execute(delete(event_snapshots).where(event_snapshots.c.subject == subject))


def newest(connection: Connection) -> int:
    """The number of the last event; 0 when there is none."""
    number: int = connection.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one()
    return number


# One statement whatever the number of subjects, and in the driver's own words: this is the part of
# an append that SQLAlchemy would make several times dearer.
_KEYS_SQLITE = (
    "SELECT subject, key FROM event_keys WHERE subject IN (SELECT value FROM json_each(?))"
)
_KEYS_POSTGRES = "SELECT subject, key FROM event_keys WHERE subject = ANY(%(subjects)s)"


def _keys(connection: Connection, subjects: Collection[str]) -> list[Any]:
    if connection.dialect.name == "sqlite":
        wanted = msgspec.json.encode(list(subjects)).decode()
        return list(connection.exec_driver_sql(_KEYS_SQLITE, (wanted,)))
    return list(connection.exec_driver_sql(_KEYS_POSTGRES, {"subjects": list(subjects)}))


def _row(event: Event, stored_ms: int) -> dict[str, Any]:
    return {
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time_ms": event.time_ms,
        "stored_ms": stored_ms,
        "sealed": event.sealed,
        "data": event.data,
    }
