"""The event log in a table: the embedded log, and the outbox of any other."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, func, select

from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_append import (
    append,
    find_keys,
    newest,
    obtain_keys,
    shred_key,
)
from server_stub.engines.relational.events_tables import event_places, events
from server_stub.engines.relational.upsert import upsert
from server_stub.kernel.clock import Clock, SystemClock
from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.ports import Position, Stored

POLL_S = 1.0
"""Appends of this process wake its followers; those of others are noticed this much later."""
PARTITION = 0
_COLUMNS = tuple(
    events.c[name]
    for name in ("seq", "id", "source", "type", "subject", "time_ms", "data", "sealed")
)


class RelationalEvents:
    """The log, its archive and its keys in one database."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._waiting: list[tuple[Sequence[Event], asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def append(self, events: Sequence[Event]) -> None:
        """Keep events. Appends that wait at the same time are one statement and one commit."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((events, done))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        await done

    @asynccontextmanager
    async def subscribe(self, place: str) -> "AsyncIterator[_Subscription]":
        """Read on from where this place was committed."""
        bell = asyncio.Event()
        with self._database.on_append(bell):
            yield _Subscription(self._database, place, await self._number(place), bell)

    async def committed(self, place: str) -> Position:
        """Where a place stands."""
        number = await self._number(place)
        return {PARTITION: number} if number else {}

    async def lag(self, place: str) -> int:
        """At most how many events it has still to read: some numbers were never used."""

        def read(connection: Connection) -> int:
            return max(0, newest(connection) - _number(connection, place))

        return await self._database.read(read)

    async def forget(self, place: str) -> None:
        """Drop a place."""
        statement = delete(event_places).where(event_places.c.place == place)
        await self._database.write(lambda c: c.execute(statement).rowcount)

    async def trim(self, position: Position) -> None:
        """Drop the events up to that position, but none that a place has still to read."""
        places = select(func.min(event_places.c.seq))

        def write(connection: Connection) -> None:
            slowest = connection.execute(places).scalar()
            limit = position.get(PARTITION, 0)
            safe = limit if slowest is None else min(limit, slowest)
            connection.execute(delete(events).where(events.c.seq <= safe))

        await self._database.write(write)

    async def of_subject(self, subject: str, after: int, limit: int) -> Sequence[Stored]:
        """Events of one subject, in order."""
        query = (
            select(*_COLUMNS)
            .where(events.c.subject == subject, events.c.seq > after)
            .order_by(events.c.seq)
            .limit(limit)
        )
        return await self._database.read(lambda c: [_stored(row) for row in c.execute(query)])

    async def stored_before(self, time_ms: int) -> Position:
        """The newest event that was kept before that time."""
        first = select(func.min(events.c.seq)).where(events.c.stored_ms >= time_ms)

        def read(connection: Connection) -> int:
            number = connection.execute(first).scalar()
            return newest(connection) if number is None else number - 1

        number = await self._database.read(read)
        return {PARTITION: number} if number else {}

    async def obtain(self, subjects: Collection[str]) -> Mapping[str, bytes]:
        """Keys, made where there is none yet."""
        return await self._database.write(lambda c: obtain_keys(c, subjects))

    async def find(self, subjects: Collection[str]) -> Mapping[str, bytes]:
        """Keys as far as there are any."""
        return await self._database.read(lambda c: find_keys(c, subjects))

    async def shred(self, subject: str) -> None:
        """Destroy a key for good."""
        await self._database.write(lambda c: shred_key(c, subject))

    async def _number(self, place: str) -> int:
        return await self._database.read(lambda c: _number(c, place))

    async def _flush(self) -> None:
        """Write what waits, until nothing does."""
        while self._waiting:
            group, self._waiting = self._waiting, []
            batch = [event for events, _done in group for event in events]
            try:
                await self._database.write(partial(append, batch=batch, clock=self._clock))
            except Exception as error:  # noqa: BLE001 - handed to everybody who appended
                for _events, done in group:
                    with suppress(asyncio.InvalidStateError):
                        done.set_exception(error)
                continue
            for _events, done in group:
                with suppress(asyncio.InvalidStateError):
                    done.set_result(None)
        self._flushing = None


class _Subscription:
    """A place in the table."""

    def __init__(self, database: Database, place: str, number: int, bell: asyncio.Event) -> None:
        self._database = database
        self._place = place
        self._number = number
        self._bell = bell

    async def fetch(self, limit: int, wait_s: float) -> Sequence[Stored]:
        """The next events; waits so long for the first one."""
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        while True:
            self._bell.clear()
            found = await self._next(limit)
            left_s = until - loop.time()
            if found or left_s <= 0:
                return found
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, POLL_S)):
                    await self._bell.wait()

    async def commit(self) -> None:
        """All that was fetched is done."""
        row = {"place": self._place, "seq": self._number}
        await self._database.write(lambda c: upsert(c, event_places, [row], ("place",)))

    async def seek(self, position: Position) -> None:
        """Go on behind that position."""
        self._number = position.get(PARTITION, 0)

    def position(self) -> Position:
        """Behind the last fetched event."""
        return {PARTITION: self._number}

    async def _next(self, limit: int) -> Sequence[Stored]:
        query = select(*_COLUMNS).where(events.c.seq > self._number)
        query = query.order_by(events.c.seq).limit(limit)
        found = await self._database.read(lambda c: [_stored(row) for row in c.execute(query)])
        if found:
            self._number = found[-1].number
        return found


def _number(connection: Connection, place: str) -> int:
    query = select(event_places.c.seq).where(event_places.c.place == place)
    return connection.execute(query).scalar() or 0


def _stored(row: Any) -> Stored:
    seq, identifier, source, kind, subject, time_ms, data, sealed = row
    event = Event(
        id=identifier,
        source=source,
        type=kind,
        subject=subject,
        time_ms=time_ms,
        data=bytes(data),
        personal=sealed,
        sealed=sealed,
    )
    return Stored(PARTITION, seq, event)
