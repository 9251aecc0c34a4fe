"""What happens to accounts, as events. Their subject is the user's id."""

from typing import Any

import msgspec

from server_stub.kernel.events.types import EventType


class UserAdded(msgspec.Struct, frozen=True, kw_only=True):
    """There is a new account."""

    name: str
    tier: str
    region: str


class LoggedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A program was signed in, or a script's token made."""

    session_id: str
    kind: str
    """login or script."""
    label: str


class LoggedOut(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in was ended."""

    session_id: str


USER_ADDED = EventType("accounts.user-added", UserAdded)
LOGGED_IN = EventType("accounts.logged-in", LoggedIn)
LOGGED_OUT = EventType("accounts.logged-out", LoggedOut)

TYPES: tuple[EventType[Any], ...] = (USER_ADDED, LOGGED_IN, LOGGED_OUT)
