"""The session with a server: signing in, who we are there, and whether it can be reached."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import msgspec

from player.engine.ports import Account, Code, Door, Pending, Seal, Secrets
from player.engine.profiles import ServerBook, ServerProfile
from player.engine.tokens import TokenKeeper
from player.errors import NotAllowedError, PlayerError, SignedOutError
from sync.wire.sessions import Device, DeviceRegistration, Me, Tokens

ConnectionState = Literal["online", "offline", "connecting", "signed_out"]


@dataclass(frozen=True, slots=True)
class Connection:
    """What the views show of the server."""

    state: ConnectionState
    server: str = ""
    user: str = ""
    detail: str = ""


class Gate(Protocol):
    """How a session gets at servers (bootstrap gives the real one)."""

    def address(self, text: str) -> str:
        """The base address of a server as typed. Raises UsageError."""
        ...

    async def inspect(self, url: str) -> Seal:
        """How an unknown server can be trusted. Raises OfflineError."""
        ...

    def seal(self, authority: bytes) -> Seal:
        """A certificate the person gave. Raises BadAnswerError."""
        ...

    def door(self, profile: ServerProfile) -> Door:
        """The way in."""
        ...

    def account(
        self,
        profile: ServerProfile,
        tokens: TokenKeeper,
        on_contact: Callable[[bool, str], None],
    ) -> Account:
        """The signed-in side."""
        ...


class Session:
    """At most one server at a time. Listeners hear of every change of `connection`.

    `on_open` is called with each account that comes into use (and its profile), `on_closed` when
    there is none any more.
    """

    def __init__(
        self,
        gate: Gate,
        book: ServerBook,
        vault: Secrets,
        device: Callable[[], DeviceRegistration],
    ) -> None:
        self._gate = gate
        self._book = book
        self._vault = vault
        self._device = device
        self._tokens: TokenKeeper | None = None
        self._account: Account | None = None
        self.connection = Connection("signed_out")
        self.on_change: Callable[[], None] = lambda: None
        self.on_open: Callable[[Account, ServerProfile], None] = lambda account, profile: None
        self.on_closed: Callable[[], None] = lambda: None

    @property
    def profile(self) -> ServerProfile | None:
        """The server in use."""
        return self._book.current if self._account is not None else None

    def require_account(self) -> Account:
        """The signed-in side. Raises SignedOutError."""
        if self._account is None:
            raise SignedOutError("nobody is signed in")
        return self._account

    async def resume(self) -> None:
        """Go on with the session of the last run, if there is one; makes no request."""
        profile = self._book.current
        if profile is None:
            return
        tokens = TokenKeeper(profile.url, self._gate.door(profile), self._vault, self._ended)
        if not await tokens.load():
            await tokens.close()
            self._show("signed_out", "the session has ended")
            return
        self._open(profile, tokens)

    async def login(
        self,
        server: str,
        *,
        token: str = "",
        authority: bytes = b"",
        tell: Callable[[dict[str, Any]], None] = lambda news: None,
    ) -> ServerProfile:
        """Sign in; `tell` hears of the fingerprint, then of the code to type."""
        url = self._gate.address(server)
        seal = await self._trust(url, authority)
        if seal.fingerprint:
            tell({"step": "authority", "server": url, "sha256": seal.fingerprint})
        pem = seal.authority.decode("ascii") if seal.authority else None
        known = self._book.known(url) or ServerProfile(url=url)
        profile = msgspec.structs.replace(known, authority=pem)
        door = self._gate.door(profile)
        try:
            tokens = (
                Tokens(access_token=token, expires_in=0)
                if token
                else await self._by_code(door, tell)
            )
        except BaseException:
            await door.close()
            raise
        return await self._enter(profile, door, tokens)

    async def logout(self) -> None:
        """End the session here, and on the server if it can be reached."""
        tokens = self._tokens
        await self._close()
        self._book.leave()
        self._show("signed_out", "")
        if tokens is not None:
            with contextlib.suppress(PlayerError):
                await tokens.forget()
            await tokens.close()

    async def devices(self) -> tuple[Device, ...]:
        """Every device of the account."""
        return await self.require_account().devices()

    async def close(self) -> None:
        """Hang up; the session goes on at the next start."""
        tokens = self._tokens
        await self._close()
        if tokens is not None:
            await tokens.close()

    async def _trust(self, url: str, authority: bytes) -> Seal:
        if authority:
            return self._gate.seal(authority)
        known = self._book.known(url)
        if known is not None and known.authority:
            return self._gate.seal(known.authority.encode())
        return await self._gate.inspect(url)

    async def _by_code(self, door: Door, tell: Callable[[dict[str, Any]], None]) -> Tokens:
        code = await door.begin(self._device().name)
        tell(_shown(code))
        pause_s = float(code.interval_s)
        try:
            async with asyncio.timeout(code.expires_in_s):
                while True:
                    await asyncio.sleep(pause_s)
                    said = await door.exchange(code.device_code)
                    if not isinstance(said, Pending):
                        return said
                    pause_s += 5.0 if said.slower else 0.0  # RFC 8628 §3.5
        except TimeoutError:
            remedy = "segue login again for a new code"
            raise NotAllowedError("the code has expired", remedy=remedy) from None

    async def _enter(self, profile: ServerProfile, door: Door, tokens: Tokens) -> ServerProfile:
        """Check the tokens by asking who we are, make the device known, then change over."""
        keeper = TokenKeeper(profile.url, door, self._vault, self._ended)
        before = self._tokens
        keeper.hold(tokens)
        account = self._gate.account(profile, keeper, self._contact)
        try:
            me = await account.me()
            device_id = await self._register(account, profile, me)
        except BaseException:
            await account.close()
            await keeper.close()
            raise
        await account.close()
        await keeper.save()
        profile = _known_as(profile, me, device_id)
        await self._close()
        if before is not None:
            await before.close()
        self._book.use(profile)
        self._open(profile, keeper)
        self._show("online", "")
        return profile

    async def _register(self, account: Account, profile: ServerProfile, me: Me) -> str:
        """This device's id at the account; registering the same key again gives the same id."""
        registration = await asyncio.to_thread(self._device)
        if profile.device_id and profile.user_id == me.user_id:
            known = await account.devices()
            if any(device.id == profile.device_id for device in known):
                return profile.device_id
        return (await account.register_device(registration)).id

    def _open(self, profile: ServerProfile, tokens: TokenKeeper) -> None:
        self._tokens = tokens
        self._account = self._gate.account(profile, tokens, self._contact)
        self.connection = Connection("connecting", profile.url, profile.user)
        self.on_open(self._account, profile)
        self.on_change()

    async def _close(self) -> None:
        account, self._account, self._tokens = self._account, None, None
        if account is not None:
            self.on_closed()
            await account.close()

    def _ended(self) -> None:
        self._show("signed_out", "the session has ended")

    def _contact(self, ok: bool, detail: str) -> None:
        if self.connection.state == "signed_out":
            return
        self._show("online" if ok else "offline", detail)

    def _show(self, state: ConnectionState, detail: str) -> None:
        profile = self._book.current
        server, user = (profile.url, profile.user) if profile else ("", "")
        now = replace(self.connection, state=state, server=server, user=user, detail=detail)
        if now != self.connection:
            self.connection = now
            self.on_change()


def _shown(code: Code) -> dict[str, Any]:
    return {
        "step": "code",
        "code": code.user_code,
        "url": code.address,
        "whole_url": code.whole_address,
        "expires_in_s": code.expires_in_s,
    }


def _known_as(profile: ServerProfile, me: Me, device_id: str) -> ServerProfile:
    return msgspec.structs.replace(
        profile,
        user_id=me.user_id,
        user=me.name,
        tier=me.tier,
        region=me.region,
        licence_key=me.licence_key,
        device_id=device_id,
    )
