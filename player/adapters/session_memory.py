"""A server to sign in to that lives in memory: one account, one pending device flow."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from player.engine.ports import Code, Pending, Seal
from player.engine.profiles import ServerProfile
from player.engine.tokens import TokenKeeper
from player.errors import OfflineError, SignedOutError, UsageError
from sync.wire.sessions import Device, DeviceRegistration, Me, Tokens

AUTHORITY = b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"


@dataclass
class MemoryServer:
    """What the server knows. `refreshes` counts renewals; a used refresh token ends the session."""

    script_token: str = "script"
    user: str = "ann"
    online: bool = True
    approved: bool = False
    polls: int = 0
    refreshes: int = 0
    valid_access: set[str] = field(default_factory=set)
    valid_refresh: set[str] = field(default_factory=set)
    devices: list[Device] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    access_lasts_s: int = 600

    def reach(self) -> None:
        """Raises OfflineError while the server is away."""
        if not self.online:
            raise OfflineError("the server cannot be reached")

    def issue(self) -> Tokens:
        """The next pair of tokens."""
        self.refreshes += 1
        access, refresh = f"access-{self.refreshes}", f"refresh-{self.refreshes}"
        self.valid_access = {access}
        self.valid_refresh = {refresh}
        return Tokens(access_token=access, expires_in=self.access_lasts_s, refresh_token=refresh)


class MemoryDoor:
    """The way in."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server
        self.closed = False

    async def begin(self, device_name: str) -> Code:
        """Start a device flow."""
        self._server.reach()
        return Code("device-code", "ABCD-EFGH", "https://h/device", "https://h/device?c=1", 60, 0)

    async def exchange(self, device_code: str) -> Tokens | Pending:
        """Tokens, once approved."""
        self._server.reach()
        self._server.polls += 1
        return self._server.issue() if self._server.approved else Pending(slower=False)

    async def refresh(self, refresh_token: str) -> Tokens:
        """The next tokens."""
        await asyncio.sleep(0)
        self._server.reach()
        if refresh_token not in self._server.valid_refresh:
            self._server.valid_refresh.clear()
            raise SignedOutError("the refresh token was used before")
        return self._server.issue()

    async def revoke(self, token: str) -> None:
        """End a session."""
        self._server.reach()
        self._server.revoked.append(token)

    async def close(self) -> None:
        """Hang up."""
        self.closed = True


class MemoryAccount:
    """The signed-in side."""

    def __init__(
        self, server: MemoryServer, tokens: TokenKeeper, on_contact: Callable[[bool, str], None]
    ) -> None:
        self._server = server
        self._tokens = tokens
        self._on_contact = on_contact

    async def me(self) -> Me:
        """Who is signed in."""
        await self._authorised()
        return Me(
            user_id="u1", name=self._server.user, tier="premium", region="DE", licence_key=b"k" * 32
        )

    async def register_device(self, registration: DeviceRegistration) -> Device:
        """Make a device known."""
        await self._authorised()
        device = Device(id=f"d{len(self._server.devices)}", name=registration.name, created_at=1)
        self._server.devices.append(device)
        return device

    async def devices(self) -> tuple[Device, ...]:
        """Every device."""
        await self._authorised()
        return tuple(self._server.devices)

    async def close(self) -> None:
        """Nothing to hang up."""

    async def _authorised(self) -> None:
        token = await self._tokens.access()
        try:
            self._server.reach()
        except OfflineError as error:
            self._on_contact(False, error.message)
            raise
        self._on_contact(True, "")
        if token == self._server.script_token or token in self._server.valid_access:
            return
        token = await self._tokens.renew(token)
        if token not in self._server.valid_access:
            self._tokens.end()
            raise SignedOutError("refused")


class MemoryGate:
    """Knows one server, whatever its address."""

    def __init__(self, server: MemoryServer) -> None:
        self.server = server
        self.inspected: list[str] = []

    def address(self, text: str) -> str:
        """The address as given."""
        if " " in text:
            raise UsageError(f"{text} is not the address of a server")
        return text

    async def inspect(self, url: str) -> Seal:
        """Its own authority."""
        self.server.reach()
        self.inspected.append(url)
        return self.seal(AUTHORITY)

    def seal(self, authority: bytes) -> Seal:
        """Any certificate will do."""
        return Seal(authority, "f" * 64)

    def door(self, profile: ServerProfile) -> MemoryDoor:
        """The way in."""
        return MemoryDoor(self.server)

    def account(
        self,
        profile: ServerProfile,
        tokens: TokenKeeper,
        on_contact: Callable[[bool, str], None],
    ) -> MemoryAccount:
        """The signed-in side."""
        return MemoryAccount(self.server, tokens, on_contact)
