"""Connections and transactions: many readers, one writer that commits in groups.

`read(fn)` runs `fn(connection)` in a pool of threads inside one read transaction, so that all that
`fn` selects belongs to one snapshot. `write(fn)` runs it in the single writer thread; what it did
is committed when the call returns and rolled back when it raises. Writes that wait at the same
time share one commit.

SQLite admits one writer by itself. On PostgreSQL every write transaction takes one advisory lock,
so that a write sees all earlier ones there too, whichever process made them, and what a transaction
numbers becomes visible in the order of the numbers.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from server_stub.engines.relational.migrate import WRITE_LOCK, upgrade

T = TypeVar("T")

READERS = 4
BUSY_TIMEOUT_MS = 15_000
GROUP_LIMIT = 64
"""At most this many waiting writes share one commit."""
APPENDED = "segue.appended"
"""Set in `connection.info` by a write that appended events: who follows the log is woken."""


class Database:
    """One relational database: `sqlite:////data/segue.db` or `postgresql://user@host/name`."""

    def __init__(self, url: str, *, durable: bool = False) -> None:
        """`durable` waits for the disk at every commit (SQLite's synchronous=FULL)."""
        self.url = make_url(url)
        if self.url.get_backend_name() == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
            self._reading, self._writing = _postgres(self.url)
        else:
            self._reading = _sqlite(self.url, READERS, "BEGIN", durable=durable)
            self._writing = _sqlite(self.url, 1, "BEGIN IMMEDIATE", durable=durable)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database-read")
        self._bells = _Bells()
        self._writer = _Writer(self._writing, self._bells)

    @classmethod
    def at(cls, path: Path, *, durable: bool = False) -> "Database":
        """The SQLite database in this file; its folder is made if need be."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{path}", durable=durable)

    def migrate(self) -> None:
        """Bring the schema to its newest version. Quick when it already is."""
        upgrade(self._writing)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a reader thread, in one read transaction."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, fn)

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in the writer thread; it is committed when this returns."""
        return await asyncio.wrap_future(self._writer.submit(fn))

    @contextmanager
    def on_append(self, bell: asyncio.Event) -> Iterator[None]:
        """Set the bell whenever a write of this process has appended events."""
        ring = self._bells.add(asyncio.get_running_loop(), bell)
        try:
            yield
        finally:
            self._bells.remove(ring)

    def close(self) -> None:
        """Finish the waiting writes and close every connection."""
        self._writer.close()
        self._readers.shutdown()
        self._reading.dispose()
        self._writing.dispose()

    def _read(self, fn: Callable[[Connection], T]) -> T:
        with self._reading.connect() as connection:
            return fn(connection)


@dataclass(frozen=True, slots=True)
class _Write(Generic[T]):
    """One waiting write."""

    fn: Callable[[Connection], T]
    done: "Future[T]"

    def run(self, connection: Connection) -> Callable[[], None]:
        """Do it inside a savepoint; return what tells the caller, once the commit has held."""
        try:
            with connection.begin_nested():
                result = self.fn(connection)
        except Exception as error:  # noqa: BLE001 - handed to the caller that awaits this write
            return _failure(self.done, error)
        return lambda: self.done.set_result(result)


def _failure(done: "Future[Any]", error: BaseException) -> Callable[[], None]:
    return lambda: done.set_exception(error)


class _Bells:
    """Who wants to know of appended events, each on its own event loop."""

    def __init__(self) -> None:
        self._rings: tuple[Callable[[], object], ...] = ()

    def add(self, loop: asyncio.AbstractEventLoop, bell: asyncio.Event) -> Callable[[], object]:
        def ring() -> object:
            # A loop that ended meanwhile has nobody left to tell.
            return None if loop.is_closed() else loop.call_soon_threadsafe(bell.set)

        self._rings = (*self._rings, ring)
        return ring

    def remove(self, ring: Callable[[], object]) -> None:
        self._rings = tuple(one for one in self._rings if one is not ring)

    def ring(self) -> None:
        for one in self._rings:
            one()


class _Writer:
    """The thread that owns all writes."""

    def __init__(self, engine: Engine, bells: _Bells) -> None:
        self._engine = engine
        self._bells = bells
        self._waiting: queue.SimpleQueue[_Write[Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, fn: Callable[[Connection], T]) -> "Future[T]":
        done: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the database is closed")
            if self._thread is None:
                # A daemon, so that a program that fails before `close` ends: who waits for a write
                # is told after its commit, so nothing that was promised can be lost.
                self._thread = threading.Thread(
                    target=self._work, name="database-write", daemon=True
                )
                self._thread.start()
            self._waiting.put(_Write(fn, done))
        return done

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._waiting.put(None)
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None:
                return
            group, last = self._group(first)
            self._commit([write for write in group if write.done.set_running_or_notify_cancel()])
            if last:
                return

    def _group(self, first: _Write[Any]) -> tuple[list[_Write[Any]], bool]:
        """`first` and what else waits right now, and whether that was the end of all writes."""
        group = [first]
        while len(group) < GROUP_LIMIT:
            try:
                write = self._waiting.get_nowait()
            except queue.Empty:
                break
            if write is None:
                return group, True
            group.append(write)
        return group, False

    def _commit(self, group: list[_Write[Any]]) -> None:
        appended = False
        try:
            with self._engine.begin() as connection:
                answers = [write.run(connection) for write in group]
                appended = connection.info.pop(APPENDED, False)
        except Exception as error:  # noqa: BLE001 - every caller of the group learns of it
            answers = [_failure(write.done, error) for write in group]
        for answer in answers:
            answer()
        if appended:
            self._bells.ring()


def _postgres(url: URL) -> tuple[Engine, Engine]:
    """For readers and for the writer. Connections that the server dropped are made again."""
    reading = create_engine(
        url,
        pool_size=READERS,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
    )
    # Every statement after the lock must see what was committed while it was waited for.
    writing = create_engine(
        url, pool_size=1, max_overflow=0, pool_pre_ping=True, isolation_level="READ COMMITTED"
    )

    @event.listens_for(writing, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")

    return reading, writing


def _sqlite(url: URL, size: int, begin: str, *, durable: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver's own implicit transactions would end read snapshots at a random statement.
        connection.isolation_level = None
        for pragma in _pragmas(durable=durable):
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _pragmas(*, durable: bool) -> tuple[str, ...]:
    return (
        f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
        "PRAGMA journal_mode = WAL",
        f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}",
        "PRAGMA foreign_keys = ON",
        "PRAGMA cache_size = -16384",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA mmap_size = 268435456",
    )
