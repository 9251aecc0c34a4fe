"""The chunk store as playback uses it: nothing here waits for a disk longer than it is worth.

Files are read and written aside from the event loop, one after the other, so that what was put is
there when it is asked for. Bytes that do not come soon are fetched from the server instead; a disk
that keeps hanging is left alone for a while.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Any, Protocol, TypeVar

from cache.ports import ChunkFiles
from cache.store import DEFAULT_BUDGET_BYTES, ChunkStore

T = TypeVar("T")

PATIENCE_S = 0.5
SLOW_IN_A_ROW = 3
REST_S = 60.0
"""How long a disk that hangs is left alone."""
WAITING_MOST = 64
"""More is not kept: a cache may forget, memory is not for what the disk cannot take."""
CLOSE_WITHIN_S = 2.0
HANGS = "The disk of the cache hangs: playing goes on without it"
HANGS_REMEDY = "look after the disk; the cache is tried again every minute"


class Aside(Protocol):
    """Where blocking work is done, one thing after the other."""

    @property
    def waiting(self) -> int:
        """Things that are not done yet."""
        ...

    async def run(self, act: Callable[..., T], *args: Any) -> T:
        """Do it and wait for the result. Who stops waiting does not stop it."""
        ...

    async def close(self, within_s: float) -> None:
        """Finish what was begun, unless that takes too long."""
        ...


class StoreFront:
    """`get` and `read` wait, `put`, `drop`, `pin` and `write` do not; `has` knows or says no."""

    def __init__(
        self,
        chunks: ChunkFiles,
        papers: ChunkFiles,
        aside: Aside,
        *,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        notice: Callable[[str, str], None] = lambda _text, _remedy: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Lists the folders, which blocks. `notice(text, remedy)` is for people."""
        self._aside = aside
        self._notice = notice
        self._clock = clock
        self._said: list[tuple[str, str]] = []
        self._store = ChunkStore(
            chunks,
            papers,
            budget_bytes=budget_bytes,
            notice=lambda text, remedy: self._said.append((text, remedy)),
            clock=clock,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._slow = 0
        self._rests_until = 0.0

    @property
    def used_bytes(self) -> int:
        """What the store occupies."""
        return self._store.used_bytes

    @property
    def budget_bytes(self) -> int:
        """What it may occupy."""
        return self._store.budget_bytes

    @property
    def hits(self) -> int:
        """How often bytes were here."""
        return self._store.hits

    @property
    def misses(self) -> int:
        """How often they were not."""
        return self._store.misses

    @property
    def trouble(self) -> str | None:
        """Why nothing is stored at the moment, None if all is well."""
        return "the disk hangs" if self._rests() else self._store.trouble

    async def get(self, rendition_id: str, start: int, end: int) -> bytes | None:
        """Stored bytes [start, end), or None if not all of them are here, or not soon."""
        return await self._soon(self._store.get, rendition_id, start, end)

    def has(self, rendition_id: str, start: int, end: int) -> bool:
        """Whether `get` would answer, as far as is known without reading."""
        return not self._rests() and self._store.knows(rendition_id, start, end)

    def put(self, rendition_id: str, start: int, data: bytes) -> None:
        """Keep bytes that were verified, some time."""
        self._later(self._store.put, rendition_id, start, data)

    def drop(self, rendition_id: str, start: int, end: int) -> None:
        """These bytes are damaged."""
        self._later(self._store.drop, rendition_id, start, end)

    def pin(self, rendition_ids: Collection[str]) -> None:
        """From now on never evict these, only these."""
        self._store.pin(rendition_ids)

    async def read(self, name: str) -> bytes | None:
        """A document, or None."""
        return await self._soon(self._store.read, name)

    def write(self, name: str, data: bytes) -> None:
        """Keep a document, some time."""
        self._later(self._store.write, name, data)

    async def clear(self) -> int:
        """Forget everything; how many bytes that were. A store that had given up tries again."""
        before = self.used_bytes
        self._slow, self._rests_until = 0, 0.0
        await self._aside.run(self._store.clear)
        self._tell()
        return before - self.used_bytes

    async def close(self) -> None:
        """Finish what was begun."""
        await self._aside.close(CLOSE_WITHIN_S)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------------ inside

    def _rests(self) -> bool:
        return self._clock() < self._rests_until

    async def _soon(self, act: Callable[..., bytes | None], *args: Any) -> bytes | None:
        """What there is, unless it takes too long."""
        if self._rests():
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self._aside.run(act, *args)
        except TimeoutError:
            self._hung()
            return None
        self._slow = 0
        self._tell()
        return found

    def _later(self, act: Callable[..., None], *args: Any) -> None:
        if self._rests() or self._aside.waiting >= WAITING_MOST:
            return
        task = asyncio.create_task(self._done(act, *args))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _done(self, act: Callable[..., None], *args: Any) -> None:
        await self._aside.run(act, *args)
        self._tell()

    def _hung(self) -> None:
        self._slow += 1
        if self._slow >= SLOW_IN_A_ROW:
            self._rests_until = self._clock() + REST_S
            if self._slow == SLOW_IN_A_ROW:
                self._notice(HANGS, HANGS_REMEDY)

    def _tell(self) -> None:
        """News of the store are told here, in the event loop."""
        said = self._said[:]
        del self._said[: len(said)]
        for text, remedy in said:
            self._notice(text, remedy)
