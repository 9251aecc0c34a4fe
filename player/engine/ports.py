"""What the engine asks of servers and key stores to keep a session, in its own words."""

from dataclasses import dataclass
from typing import Protocol

from sync.wire.sessions import Device, DeviceRegistration, Me, Tokens


@dataclass(frozen=True, slots=True)
class Code:
    """A device flow under way: what the person types, where, and how long it holds."""

    device_code: str
    user_code: str
    address: str
    whole_address: str
    expires_in_s: int
    interval_s: int


@dataclass(frozen=True, slots=True)
class Pending:
    """The person has not approved yet; `slower` asks for longer pauses."""

    slower: bool


@dataclass(frozen=True, slots=True)
class Seal:
    """How to know a server: its pinned authority, or (None) by the system's own trust."""

    authority: bytes | None
    fingerprint: str


class Door(Protocol):
    """The way into a session. Raises OfflineError, NotAllowedError, SignedOutError."""

    async def begin(self, device_name: str) -> Code:
        """Start a device flow."""
        ...

    async def exchange(self, device_code: str) -> Tokens | Pending:
        """Tokens, once the person approved."""
        ...

    async def refresh(self, refresh_token: str) -> Tokens:
        """The next tokens; the old refresh token is used up."""
        ...

    async def revoke(self, token: str) -> None:
        """End a session on the server."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


class Account(Protocol):
    """The signed-in side of a server that the session itself needs."""

    async def me(self) -> Me:
        """Who is signed in."""
        ...

    async def register_device(self, registration: DeviceRegistration) -> Device:
        """Make this device known and use it from now on."""
        ...

    async def devices(self) -> tuple[Device, ...]:
        """Every device of the account."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


class Secrets(Protocol):
    """A place for tokens. May block."""

    def secret(self, name: str) -> bytes | None:
        """A secret kept earlier."""
        ...

    def keep(self, name: str, secret: bytes) -> None:
        """Keep a secret."""
        ...

    def forget(self, name: str) -> None:
        """Forget a secret."""
        ...
