"""What licensing needs kept. Times are Unix seconds; every method is one transaction.

Events that a method is given are appended in that transaction, if it changed what they tell.
"""

from collections.abc import Sequence
from typing import Protocol

from server_stub.kernel.events.envelope import Event
from server_stub.licensing.model import RegisteredDevice


class Devices(Protocol):
    """The devices of all users."""

    async def register(
        self, device: RegisteredDevice, limit: int, events: Sequence[Event] = ()
    ) -> RegisteredDevice | None:
        """Add a device, or find the user's unrevoked one with the same key.

        A found one takes over the new name and session, which is no event. None, and nothing has
        changed, if the user has `limit` unrevoked devices already.
        """
        ...

    async def of_user(self, user_id: str) -> tuple[RegisteredDevice, ...]:
        """The user's unrevoked devices, oldest first."""
        ...

    async def by_id(self, device_id: str) -> RegisteredDevice | None:
        """The device of that id, revoked or not."""
        ...

    async def revoke(self, device_id: str, now: int, events: Sequence[Event] = ()) -> None:
        """Take the device's rights away; nothing happens if they are, or it never was."""
        ...

    async def forget(self, user_id: str) -> None:
        """Erase a user's devices."""
        ...
