"""Appending events inside a transaction that changes state: both are committed, or neither."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.database import APPENDED
from server_stub.engines.relational.events_tables import event_keys, event_snapshots, events
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
    if rows:
        connection.execute(_INSERT[connection.dialect.name], rows)
    for event in batch:
        if is_erasure(event):
            shred_key(connection, event.subject)
    connection.info[APPENDED] = True


def obtain_keys(connection: Connection, subjects: Collection[str]) -> dict[str, bytes]:
    """Keys of subjects, made where there is none; none for those that were shredded."""
    known = {row.subject: row.key for row in _keys(connection, subjects)}
    fresh = {subject: new_key() for subject in sorted(set(subjects) - set(known))}
    if fresh:
        rows = [{"subject": subject, "key": key} for subject, key in fresh.items()]
        connection.execute(event_keys.insert(), rows)
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
    connection.execute(update(event_keys).where(event_keys.c.subject == subject).values(key=None))
    connection.execute(delete(event_snapshots).where(event_snapshots.c.subject == subject))


def newest(connection: Connection) -> int:
    """The number of the last event; 0 when there is none."""
    number: int = connection.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one()
    return number


def _keys(connection: Connection, subjects: Collection[str]) -> list[Any]:
    return rows_in(connection, select(event_keys), event_keys.c.subject, sorted(subjects))


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


_INSERT = {
    "sqlite": sqlite.insert(events).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(events).on_conflict_do_nothing(),
}
