"""What belongs to the account in use: its outbox and its marks, open while somebody is signed in.

Each account has a folder of its own, so that what one did is never sent in the name of another.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from player.engine.profiles import ServerProfile
from player.errors import OfflineError, PlayerError, SignedOutError
from player.playback.ear import Play
from sync.collection.ports import MarkFeed
from sync.collection.service import Collection
from sync.outbox.service import Outbox
from sync.playlists.errors import PlaylistAwayError
from sync.playlists.service import Playlists
from sync.wire.intents import Intent

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Own:
    """One account's things."""

    profile: ServerProfile
    outbox: Outbox
    collection: Collection
    playlists: Playlists


def same(one: ServerProfile, other: ServerProfile) -> bool:
    """Whether two profiles are one account."""
    return (one.url, one.user_id) == (other.url, other.user_id)


def intent_of(play: Play) -> Intent:
    """What the server is told of a play: `played` or `skipped`, as `sync.wire.events` has them."""
    told: dict[str, Any] = {
        "track_id": play.track_id,
        "heard_ms": play.heard_ms,
        "duration_ms": play.duration_ms,
    }
    if not play.finished:
        told["position_ms"] = play.position_ms
    return Intent(
        id=play.id,
        kind="played" if play.finished else "skipped",
        key=f"play:{play.id}",
        at_ms=play.began_at_ms,
        body=told,
    )


class Belongings:
    """Opens and closes with the session; delivers and follows by itself while open."""

    def __init__(
        self,
        opened: Callable[[ServerProfile, "Belongings"], Awaitable[Own]],
        feed: Callable[[], MarkFeed],
        on_change: Callable[[], None],
    ) -> None:
        """`opened` makes an account's things; `feed` is the server or raises SignedOutError."""
        self._opened = opened
        self._feed = feed
        self._on_change = on_change
        self._own: Own | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._switching: asyncio.Task[None] | None = None
        self._due = asyncio.Event()
        self._closed = False
        self._notes: set[asyncio.Task[None]] = set()

    def use(self, profile: ServerProfile | None) -> None:
        """Somebody signed in, or (None) nobody is any more."""
        if self._closed:
            return
        before = self._switching
        self._switching = asyncio.create_task(self._switch(profile, before))

    @property
    def own(self) -> Own:
        """The things of who is signed in. Raises SignedOutError."""
        if self._own is None:
            raise SignedOutError("nobody is signed in")
        return self._own

    @property
    def shown(self) -> Own | None:
        """The same for views: None if nobody is."""
        return self._own

    async def ready(self) -> None:
        """After a change of account: its things are open (or those of the last one closed)."""
        if self._switching is not None:
            await asyncio.shield(self._switching)

    def played(self, play: Play) -> None:
        """A play is over: the server of who is signed in is to know of it. Nobody: nobody is."""
        own = self._own
        if own is not None:
            task = asyncio.create_task(own.outbox.put(intent_of(play)))
            self._notes.add(task)
            task.add_done_callback(self._noted)

    def hurry(self) -> None:
        """The server is back: deliver and follow at once."""
        if self._own is not None:
            self._own.outbox.hurry()
            self._own.playlists.hurry()
            self._due.set()

    def applied(self, intent_ids: frozenset[str]) -> None:
        """The server has done these."""
        if self._own is not None and self._own.collection.applied(intent_ids):
            self._due.set()

    def changed(self) -> None:
        """Something about them is different."""
        self._on_change()

    async def refresh(self) -> int:
        """Follow the server's marks and playlists now; how many changed. Raises PlayerError."""
        own = self.own
        changed = await own.collection.refresh(self._feed())
        try:
            return changed + await own.playlists.refresh()
        except PlaylistAwayError as error:
            raise OfflineError(str(error)) from error

    async def close(self) -> None:
        """Let go of everything; what waits is delivered by the next run."""
        self._closed = True
        await self.ready()
        if self._notes:
            await asyncio.wait(self._notes)
        await self._shut()

    async def _switch(
        self, profile: ServerProfile | None, before: asyncio.Task[None] | None
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        if profile is not None and self._own is not None and same(profile, self._own.profile):
            self.hurry()
            return
        await self._shut()
        if profile is not None:
            own = await self._opened(profile, self)
            self._own = own
            self._due.set()
            self._tasks = [
                asyncio.create_task(own.outbox.run()),
                asyncio.create_task(own.playlists.run()),
                asyncio.create_task(self._follow()),
            ]
        self._on_change()

    def _noted(self, task: asyncio.Task[None]) -> None:
        self._notes.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("a play was not written down", reason=str(task.exception()))

    async def _shut(self) -> None:
        own, self._own = self._own, None
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if own is not None:
            await own.outbox.close()
            own.collection.close()
            await own.playlists.close()

    async def _follow(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            with contextlib.suppress(PlayerError):
                await self.refresh()
