"""Marks in two layers: what the server confirmed, and over it what was just wished here.

A wish lies over its thing from the moment it is in the outbox until a reading of the server's feed
that began after the server applied it, so nothing flickers in between. A refused wish lies there
until the listener drops it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from sync.collection.ports import MarkFeed, MarkStore
from sync.outbox.service import Outbox
from sync.wire.collection import MARK_INTENT, Mark, MarkKind, MarkWish
from sync.wire.intents import Intent

Thing = tuple[MarkKind, str]
"""A kind of mark and the id it is put on."""


@dataclass(slots=True)
class _Wish:
    intent_id: str
    value: int
    at_ms: int
    applied: bool = False


class Collection:
    """The marks of one account. `open` before anything else; calls come from one event loop."""

    def __init__(
        self,
        store: MarkStore,
        outbox: Outbox,
        *,
        now_ms: Callable[[], int],
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._now_ms = now_ms
        self._on_change = on_change
        self._confirmed: dict[Thing, Mark] = {}
        self._wishes: dict[Thing, _Wish] = {}
        self._refreshing = asyncio.Lock()

    async def open(self) -> None:
        """Read what was here at the end of the last run."""
        marks = await asyncio.to_thread(self._store.all)
        self._confirmed = {(mark.kind, mark.target): mark for mark in marks}
        await self.reread()

    async def reread(self) -> None:
        """Wishes are what the outbox holds now: call it after a refused one was dropped."""
        wishes: dict[Thing, _Wish] = {}
        for intent in await self._outbox.waiting(MARK_INTENT):
            wish = msgspec.convert(intent.body, MarkWish)
            wishes[wish.kind, wish.target] = _Wish(intent.id, wish.value, intent.at_ms)
        self._wishes = wishes
        self._on_change()

    def value(self, kind: MarkKind, target: str) -> int:
        """How a thing is marked now; 0: not at all."""
        wish = self._wishes.get((kind, target))
        if wish is not None:
            return wish.value
        mark = self._confirmed.get((kind, target))
        return mark.value if mark else 0

    def targets(self, kind: MarkKind) -> list[str]:
        """Everything with a mark of a kind, the newest mark first."""
        times = {target: mark.at_ms for (of, target), mark in self._confirmed.items() if of == kind}
        for (of, target), wish in self._wishes.items():
            if of == kind:
                times.pop(target, None)
                if wish.value:
                    times[target] = wish.at_ms
        return sorted(times, key=lambda target: (-times[target], target))

    async def put(self, kind: MarkKind, target: str, value: int = 1) -> None:
        """Mark a thing, or with 0 take the mark away; it holds here when this returns.

        Raises OutboxFullError.
        """
        wish = MarkWish(kind=kind, target=target, value=value)
        intent = Intent(
            kind=MARK_INTENT,
            key=f"{kind}:{target}",
            at_ms=self._now_ms(),
            body=msgspec.to_builtins(wish),
        )
        await self._outbox.put(intent)
        self._wishes[kind, target] = _Wish(intent.id, value, intent.at_ms)
        self._on_change()

    def applied(self, intent_ids: frozenset[str]) -> bool:
        """The server has done these; whether a mark is among them, so that a refresh is due."""
        mine = [wish for wish in self._wishes.values() if wish.intent_id in intent_ids]
        for wish in mine:
            wish.applied = True
        return bool(mine)

    async def refresh(self, feed: MarkFeed) -> int:
        """Follow the server's marks to their end; how many changed."""
        async with self._refreshing:
            over = {wish.intent_id for wish in self._wishes.values() if wish.applied}
            changes = await self._follow(feed)
            kept = {t: wish for t, wish in self._wishes.items() if wish.intent_id not in over}
            if changes or len(kept) != len(self._wishes):
                self._wishes = kept
                self._on_change()
            return changes

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    async def _follow(self, feed: MarkFeed) -> int:
        changes = 0
        while True:
            cursor = self._store.cursor
            page = await feed.mark_changes(cursor)
            if page.next < cursor:  # the server began anew
                await asyncio.to_thread(self._store.clear)
                self._confirmed.clear()
                continue
            if page.items or page.next != cursor:
                await asyncio.to_thread(self._store.apply, page.items, page.next)
                self._confirm(page.items)
                changes += len(page.items)
            if not page.more:
                return changes

    def _confirm(self, marks: tuple[Mark, ...]) -> None:
        for mark in marks:
            if mark.value:
                self._confirmed[mark.kind, mark.target] = mark
            else:
                self._confirmed.pop((mark.kind, mark.target), None)
