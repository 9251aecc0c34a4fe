"""What accounts needs kept. Times are Unix seconds; every method is one transaction.

Events that a method is given are appended in that transaction, if it changed anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server_stub.accounts.model import (
    Backoff,
    DeviceFlow,
    FlowState,
    RefreshRecord,
    Session,
    User,
)
from server_stub.kernel.events.envelope import Event


class Users(Protocol):
    """The accounts. A key is `model.name_key` of a name."""

    async def add(
        self, user: User, key: str, password_hash: str, events: Sequence[Event] = ()
    ) -> bool:
        """Add a user; False if the key is taken."""
        ...

    async def by_key(self, key: str) -> tuple[User, str] | None:
        """The user of that key and the password hash."""
        ...

    async def by_id(self, user_id: str) -> User | None:
        """The user of that id."""
        ...

    async def set_password_hash(self, user_id: str, password_hash: str) -> None:
        """Replace the password hash."""
        ...

    async def erase(self, user_id: str, events: Sequence[Event] = ()) -> None:
        """Forget a user with all sessions and sign-ins."""
        ...


class Sessions(Protocol):
    """Sign-ins and script tokens. Tokens are known by their hashes only."""

    async def open(self, session: Session, token_hash: bytes, events: Sequence[Event] = ()) -> None:
        """Add a session with its first token (the refresh token, or the script's token)."""
        ...

    async def holder(self, session_id: str) -> tuple[Session, User] | None:
        """A session and its user, revoked or not."""
        ...

    async def script_holder(self, token_hash: bytes) -> tuple[Session, User] | None:
        """The script session of that token and its user, revoked or not."""
        ...

    async def refresh_record(self, token_hash: bytes) -> RefreshRecord | None:
        """What is known about a refresh token of a login session."""
        ...

    async def rotate(self, token_hash: bytes, successor_hash: bytes, now: int) -> bool:
        """Mark the token used and add its successor.

        False, and nothing has changed, if it was used before or its session is revoked.
        """
        ...

    async def revoke(self, session_id: str, now: int, events: Sequence[Event] = ()) -> None:
        """End a session; nothing happens if it has ended or never was."""
        ...

    async def of_user(self, user_id: str) -> tuple[Session, ...]:
        """The user's sessions that have not ended, oldest first."""
        ...

    async def forget(self, before: int) -> None:
        """Drop sessions that ended, or were last seen (script tokens never), before that time."""
        ...


class DeviceFlows(Protocol):
    """Sign-ins under way."""

    async def add(self, flow: DeviceFlow, limit: int) -> bool:
        """Add a flow; False if its user code is in use or `limit` flows wait already.

        Flows past their end at `flow.created_at` are dropped first.
        """
        ...

    async def by_code(self, code_hash: bytes) -> DeviceFlow | None:
        """The flow of that device code."""
        ...

    async def by_user_code(self, user_code: str) -> DeviceFlow | None:
        """The flow of that user code."""
        ...

    async def polled(self, code_hash: bytes, now: float, interval_s: int) -> None:
        """Keep when the device asked, and how long it must wait from now on."""
        ...

    async def advance(
        self, code_hash: bytes, old: FlowState, new: FlowState, user_id: str | None
    ) -> bool:
        """Move a flow on and set its user; False, and nothing changes, if it is not at `old`."""
        ...


class Attempts(Protocol):
    """Counts of failed attempts by key."""

    async def take(self, key: str, rule: Backoff, now: float) -> float:
        """Count one attempt as failed and return 0, or return the seconds to wait.

        Counting comes before checking, so that attempts at the same time cannot slip through.
        Counts that the rule has forgotten are dropped.
        """
        ...

    async def clear(self, key: str) -> None:
        """An attempt succeeded: forget the failures."""
        ...


@dataclass(frozen=True, slots=True)
class AccountStores:
    """Everything accounts keeps."""

    users: Users
    sessions: Sessions
    flows: DeviceFlows
    attempts: Attempts
