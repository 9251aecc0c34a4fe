"""Cost of appending events, with group commit, beside plain inserts of the same rows by sqlite3."""

import asyncio
import resource
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_append import append
from server_stub.engines.relational.events_log import RelationalEvents
from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.types import EventType, Occasion
from server_stub.listening.events import TRACK_PLAYED, TrackPlayed
from sync.wire.ids import new_id

Put = Callable[[list[Event]], Awaitable[None]]
EVENTS = 20_000
USERS = [new_id() for _ in range(100)]
OPEN = EventType("tests.track-played", TrackPlayed, personal=False)
COLUMNS = "id, source, type, subject, time_ms, stored_ms, sealed, data"
INSERT = f"INSERT INTO events ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?)"


def made(kind: EventType, count: int = EVENTS) -> list[Event]:
    """So many plays by a hundred listeners."""
    payload = TrackPlayed(track_id=new_id(), heard_ms=200_000, duration_ms=240_000)
    return [
        kind.event(Occasion(USERS[n % 100], 1_700_000_000_000 + n), payload) for n in range(count)
    ]


def plain(folder: Path, group: int) -> float:
    """CPU seconds of sqlite3 alone: one table as the log has it, so many rows a transaction."""
    path = folder / f"plain-{group}.db"
    made_by_us = Database.at(path)
    made_by_us.migrate()
    made_by_us.close()
    rows = [
        (e.id, e.source, e.type, e.subject, e.time_ms, e.time_ms, e.sealed, e.data)
        for e in made(OPEN)
    ]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")
    before = _cpu()
    for start in range(0, len(rows), group):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INSERT, rows[start : start + group])
        connection.execute("COMMIT")
    used = _cpu() - before
    connection.close()
    return used


async def produced(
    events: list[Event],
    producers: int,
    put: Callable[[list[Event]], Awaitable[None]],
    size: int = 1,
) -> tuple[float, float, float]:
    """CPU and wall seconds of so many producers that each wait for their append, and the slowest
    hundredth of the waits."""
    waits: list[float] = []
    queue = iter([events[start : start + size] for start in range(0, len(events), size)])

    async def produce() -> None:
        for batch in queue:
            begin = time.perf_counter()
            await put(batch)
            waits.append(time.perf_counter() - begin)

    cpu, wall = _cpu(), time.perf_counter()
    await asyncio.gather(*(produce() for _ in range(producers)))
    used = _cpu() - cpu, time.perf_counter() - wall
    return *used, sorted(waits)[len(waits) * 99 // 100]


async def measure(folder: Path, base: float) -> None:
    """Print one line for each way to append."""
    database = Database.at(folder / "log.db")
    database.migrate()
    log = RelationalEvents(database)

    async def with_state(batch: list[Event]) -> None:
        await database.write(lambda connection: append(connection, batch))

    ways = (
        ("one event, 64 producers", OPEN, 64, log.append, 1),
        ("the same, sealed for its listener", TRACK_PLAYED, 64, log.append, 1),
        ("one sealed event, 4 producers", TRACK_PLAYED, 4, log.append, 1),
        ("batches of 100 sealed events, 4 producers", TRACK_PLAYED, 4, log.append, 100),
        ("one sealed event in a write of its own, 64 producers", TRACK_PLAYED, 64, with_state, 1),
    )
    for name, kind, producers, put, size in ways:
        cpu, wall, slow = await produced(made(kind), producers, put, size)
        print(
            f"{name:54} {cpu / EVENTS * 1e6:6.1f} us CPU an event, {EVENTS / wall:7.0f}/s,"
            f" p99 {slow * 1000:6.2f} ms, {cpu / base:5.2f} x the plain insert"
        )
    database.close()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        used = {group: plain(folder, group) for group in (1, 64, 1000)}
        for group, cpu in used.items():
            print(f"sqlite3, {group:4} rows a transaction {cpu / EVENTS * 1e6:39.1f} us CPU a row")
        asyncio.run(measure(folder, used[1]))
