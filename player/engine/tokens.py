"""Bearer tokens of one server: kept in the vault, renewed by one request however many ask."""

import asyncio
import time
from collections.abc import Callable

import msgspec

from player.engine.ports import Door, Secrets
from player.errors import SignedOutError
from sync.wire.sessions import Tokens

_EARLY_S = 30.0
"""Renew this long before the access token ends."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What the vault holds. A script's token has no refresh token and is used until refused."""

    access: str = ""
    refresh: str | None = None


class TokenKeeper:
    """Gives out access tokens. `on_end` is called once the server has ended the session."""

    def __init__(
        self,
        url: str,
        door: Door,
        vault: Secrets,
        on_end: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = f"session {url}"
        self._door = door
        self._vault = vault
        self._on_end = on_end
        self._clock = clock
        self._kept: _Kept | None = None
        self._access = ""
        self._good_until = 0.0
        self._renewing: asyncio.Task[str] | None = None

    async def load(self) -> bool:
        """Read what the vault holds; whether there is a session."""
        blob = await asyncio.to_thread(self._vault.secret, self._name)
        if blob is None:
            return False
        self._kept = msgspec.json.decode(blob, type=_Kept)
        if self._kept.refresh is None:
            self._access, self._good_until = self._kept.access, float("inf")
        return True

    async def accept(self, tokens: Tokens) -> None:
        """Use new tokens; the refresh token is safe in the vault before this returns."""
        self.hold(tokens)
        await self.save()

    async def save(self) -> None:
        """Keep the present tokens in the vault."""
        blob = msgspec.json.encode(self._kept)
        await asyncio.to_thread(self._vault.keep, self._name, blob)

    def hold(self, tokens: Tokens) -> None:
        """Use new tokens without keeping them yet."""
        self._kept = _Kept(refresh=tokens.refresh_token)
        if tokens.refresh_token is None:
            self._kept = _Kept(access=tokens.access_token)
        self._access = tokens.access_token
        lasts = tokens.expires_in - _EARLY_S if tokens.refresh_token else float("inf")
        self._good_until = self._clock() + lasts

    async def access(self) -> str:
        """A token to send. Raises SignedOutError, OfflineError."""
        if self._kept is None:
            raise SignedOutError("nobody is signed in")
        if self._access and self._clock() < self._good_until:
            return self._access
        return await self.renew(self._access)

    async def renew(self, refused: str) -> str:
        """Another token than the refused one. Raises SignedOutError, OfflineError."""
        if self._kept is None or self._kept.refresh is None:
            self.end()
            raise SignedOutError("the server does not accept the token any more")
        if self._access != refused and self._clock() < self._good_until:
            return self._access
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew(self._kept.refresh))
            self._renewing.add_done_callback(self._renewed)
        # A used refresh token cannot be used again: whoever gives up waiting must not stop it.
        return await asyncio.shield(self._renewing)

    def end(self) -> None:
        """The session is over on the server's side."""
        self._access, self._good_until = "", 0.0
        self._kept = None
        self._on_end()

    async def forget(self) -> None:
        """Sign out: end the session here and, if it can be reached, on the server."""
        kept, self._kept, self._access = self._kept, None, ""
        await asyncio.to_thread(self._vault.forget, self._name)
        if kept is not None and kept.refresh is not None:
            await self._door.revoke(kept.refresh)

    async def close(self) -> None:
        """Let a renewal finish, then hang up."""
        if self._renewing is not None:
            await asyncio.wait([self._renewing])
        await self._door.close()

    async def _renew(self, refresh: str) -> str:
        try:
            tokens = await self._door.refresh(refresh)
        except SignedOutError:
            self.end()
            raise
        await self.accept(tokens)
        return tokens.access_token

    def _renewed(self, task: asyncio.Task[str]) -> None:
        self._renewing = None
        if not task.cancelled():
            task.exception()  # seen here as well, should everyone have stopped waiting
