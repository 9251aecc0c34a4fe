"""The library on this machine: a mirror of the catalog that lists, finds and follows the server."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from sync.matching import score, words_of
from sync.ports import Candidate, CatalogFeed, Counts, Entity, ListQuery, Mirror
from sync.wire.catalog import Album, Artist, EntityKind, Track

T = TypeVar("T")

_TYPES: dict[EntityKind, type[Track] | type[Album] | type[Artist]] = {
    "track": Track,
    "album": Album,
    "artist": Artist,
}
_KINDS: tuple[EntityKind, ...] = ("track", "album", "artist")
_CANDIDATES = 400
_TOLERATED = 150
_NEWS_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class LibraryNews:
    """What the library holds now."""

    revision: int
    counts: Counts
    syncing: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of a search as JSON, best first."""

    tracks: list[bytes]
    albums: list[bytes]
    artists: list[bytes]


class Library:
    """Reads run in one thread, changes in another, so that a long sync never holds up a list.

    `on_news` is called (in the event loop) when what is here has changed.
    """

    def __init__(
        self,
        mirror: Mirror,
        on_news: Callable[[LibraryNews], None] = lambda news: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._mirror = mirror
        self._on_news = on_news
        self._clock = clock
        self._reads = ThreadPoolExecutor(1, "library-read")
        self._writes = ThreadPoolExecutor(1, "library-write")
        self._refreshing: asyncio.Task[int] | None = None
        self._syncing = False

    def news(self) -> LibraryNews:
        """What is here now."""
        return LibraryNews(self._mirror.cursor, self._mirror.counts(), self._syncing)

    async def page(self, query: ListQuery) -> tuple[int, list[bytes]]:
        """(rows in all, a part of them as JSON)."""
        return await self._read(lambda: self._mirror.page(query))

    async def ids(self, query: ListQuery) -> list[str]:
        """Ids of a list."""
        return await self._read(lambda: self._mirror.ids(query))

    async def body(self, kind: EntityKind, identifier: str) -> bytes | None:
        """One entity as JSON."""
        return await self._read(lambda: self._mirror.get(kind, identifier))

    def track(self, track_id: str) -> Track | None:
        """A track, at once."""
        found = self._entity("track", track_id)
        return found if isinstance(found, Track) else None

    async def search(self, text: str, limit: int) -> Found:
        """Tracks, albums and artists that are meant by a text."""
        return await self._read(lambda: self._search(words_of(text), limit))

    async def refresh(self, feed: CatalogFeed, origin: str) -> int:
        """Follow the server's changes to their end; how many there were. One at a time."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._follow(feed, origin))
            self._refreshing.add_done_callback(self._followed)
        return await asyncio.shield(self._refreshing)

    async def close(self) -> None:
        """Stop following and let go of the mirror."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait([self._refreshing])
        await asyncio.to_thread(self._writes.shutdown)
        await asyncio.to_thread(self._reads.shutdown)
        self._mirror.close()

    async def _read(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reads, work)

    async def _write(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writes, work)

    async def _follow(self, feed: CatalogFeed, origin: str) -> int:
        await self._write(lambda: self._mirror.bind(origin))
        changes, told = 0, float("-inf")
        self._syncing = True
        try:
            while True:
                cursor = self._mirror.cursor
                page = await feed.changes(cursor)
                if page.next < cursor:  # the server began anew
                    await self._write(self._mirror.clear)
                    continue
                if page.items or page.next != cursor:
                    await self._write(lambda page=page: self._mirror.apply(page))  # type: ignore[misc]
                    changes += len(page.items)
                if not page.more:
                    return changes
                if self._clock() - told >= _NEWS_EVERY_S:
                    told = self._clock()
                    self._on_news(self.news())
        finally:
            self._syncing = False
            if changes:
                self._on_news(self.news())

    def _followed(self, task: asyncio.Task[int]) -> None:
        self._refreshing = None
        if not task.cancelled():
            task.exception()  # whoever waited for it has it too

    def _entity(self, kind: EntityKind, identifier: str) -> Entity | None:
        body = self._mirror.get(kind, identifier)
        return None if body is None else msgspec.json.decode(body, type=_TYPES[kind])

    def _search(self, words: tuple[str, ...], limit: int) -> Found:
        """As written; typing errors are looked for only if that finds nothing."""
        if not words:
            return Found([], [], [])
        found = {kind: self._mirror.containing(kind, words, _CANDIDATES) for kind in _KINDS}
        if not any(found.values()):
            found = {kind: self._mirror.resembling(kind, words, _TOLERATED) for kind in _KINDS}
        ranked = {kind: self._ranked(kind, words, found[kind], limit) for kind in _KINDS}
        return Found(ranked["track"], ranked["album"], ranked["artist"])

    def _ranked(
        self, kind: EntityKind, words: tuple[str, ...], candidates: list[Candidate], limit: int
    ) -> list[bytes]:
        ranked = sorted(
            ((score(words, candidate.fields), -candidate.row) for candidate in candidates),
            reverse=True,
        )
        rows = [-row for value, row in ranked[:limit] if value > 0]
        return self._mirror.bodies(kind, rows)
