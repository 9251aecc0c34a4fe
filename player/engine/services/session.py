"""Signing in and out, the devices of the account, and following the catalog."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import structlog

from player.engine.belongings import Belongings
from player.engine.services.desk import Entry, Nothing, Table
from player.engine.session import Session
from player.errors import OfflineError, PlayerError, UsageError
from sync.errors import CarrierAwayError, SyncError
from sync.library import Library
from sync.ports import CatalogFeed

log = structlog.get_logger(__name__)

_PEM = "-----BEGIN CERTIFICATE-----"
_FRESH_S = 5.0
_FIRST_RETRY_S = 2.0
_LAST_RETRY_S = 60.0


class LoginArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """login"""

    server: str
    token: str = ""
    authority: str = ""
    """The certificate in PEM form, or a file that holds it."""


class Follower:
    """Keeps the library up to date: at once when told, then now and then while a view is open."""

    def __init__(
        self,
        library: Library,
        feed: Callable[[], tuple[CatalogFeed, str]],
        audience: Callable[[], int],
        every_s: float,
    ) -> None:
        self._library = library
        self._feed = feed
        self._audience = audience
        self._every_s = every_s
        self._wake = asyncio.Event()
        self._fresh_s = min(_FRESH_S, every_s)
        self._looked_at = float("-inf")
        """When all changes were here, on the loop's clock."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._follow())

    def hurry(self) -> None:
        """Somebody came, or the server is back: look now, unless that was just done."""
        if asyncio.get_running_loop().time() - self._looked_at >= self._fresh_s:
            self._wake.set()

    async def refresh(self) -> int:
        """Follow to the end; how many changes there were. Raises OfflineError, SignedOutError."""
        feed, origin = self._feed()
        return await self._library.refresh(feed, origin)

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.refresh()
                self._wake.clear()  # whoever came meanwhile has what there is
                self._looked_at = asyncio.get_running_loop().time()
                pause_s, retry_s = self._every_s, _FIRST_RETRY_S
            except (PlayerError, SyncError) as error:
                log.info("library not refreshed", reason=str(error))
                pause_s, retry_s = retry_s, min(retry_s * 2, _LAST_RETRY_S)
            await self._rest(pause_s)

    async def _rest(self, pause_s: float) -> None:
        """Sleep until the next look; without an audience nobody waits for one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._wake.wait()
        if self._audience():
            self._wake.set()


class Followed(NamedTuple):
    """What is kept in step with the server."""

    follower: Follower
    library: Library
    belongings: Belongings


class SessionService:
    """The session's commands; `tell` pushes `login` events."""

    def __init__(self, session: Session, followed: Followed, tell: Callable[[Any], None]) -> None:
        self._session = session
        self._followed = followed
        self._tell = tell

    def commands(self) -> Table:
        """By name."""
        return {
            "login": Entry(LoginArgs, self.login, ends_with_client=True),
            "logout": Entry(Nothing, self.logout),
            "devices": Entry(Nothing, self.devices),
            "sync": Entry(Nothing, self.sync, ends_with_client=True),
        }

    async def login(self, args: LoginArgs) -> dict[str, Any]:
        """Sign in; the library follows at once."""
        profile = await self._session.login(
            args.server,
            token=args.token,
            authority=await asyncio.to_thread(_authority, args.authority),
            tell=self._tell,
        )
        self._followed.follower.hurry()
        done = {"server": profile.url, "user": profile.user, "tier": profile.tier}
        self._tell({"step": "done", **done})
        return done

    async def logout(self, _: Nothing) -> dict[str, Any]:
        """Sign out."""
        await self._session.logout()
        return {}

    async def devices(self, _: Nothing) -> dict[str, Any]:
        """Every device of the account."""
        profile = self._session.profile
        found = await self._session.devices()
        here = profile.device_id if profile else ""
        rows = [{**msgspec.to_builtins(d), "this": d.id == here} for d in found]
        return {"devices": rows}

    async def sync(self, _: Nothing) -> dict[str, Any]:
        """Tell the server what it has not heard, then follow its changes; what moved."""
        followed = self._followed
        await followed.belongings.ready()
        outbox = followed.belongings.own.outbox
        waited = outbox.pending.waiting
        try:
            while await outbox.deliver():
                pass
        except CarrierAwayError as error:
            raise OfflineError(f"{waited} actions wait: {error}") from error
        changes = await followed.follower.refresh()
        marks = await followed.belongings.refresh()
        counts = followed.library.news().counts
        return {
            "changes": changes,
            "tracks": counts.tracks,
            "albums": counts.albums,
            "marks": marks,
            "sent": max(0, waited - outbox.pending.waiting - outbox.pending.refused),
            "waiting": outbox.pending.waiting,
            "refused": outbox.pending.refused,
        }


def _authority(given: str) -> bytes:
    if not given or _PEM in given:
        return given.encode()
    try:
        return Path(given).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"{given} cannot be read: {error.strerror}") from error
