"""The store of licensing, in memory: for tests and throw-away servers."""

from collections.abc import Sequence
from dataclasses import replace

from server_stub.engines.memory.events import MemoryEvents
from server_stub.kernel.events.envelope import Event
from server_stub.licensing.model import RegisteredDevice


class MemoryDevices:
    """The devices of all users; what happens to them is appended to the log."""

    def __init__(self, log: MemoryEvents | None = None) -> None:
        self._log = log or MemoryEvents()
        self._devices: dict[str, RegisteredDevice] = {}

    async def register(
        self, device: RegisteredDevice, limit: int, events: Sequence[Event] = ()
    ) -> RegisteredDevice | None:
        """Add a device, or find the user's unrevoked one with the same key."""
        own = await self.of_user(device.user_id)
        same = next((d for d in own if d.public_key == device.public_key), None)
        if same is not None:
            device = replace(same, name=device.name, session_id=device.session_id)
        elif len(own) >= limit:
            return None
        else:
            self._log.add(events)
        self._devices[device.id] = device
        return device

    async def of_user(self, user_id: str) -> tuple[RegisteredDevice, ...]:
        """The user's unrevoked devices, oldest first."""
        own = (d for d in self._devices.values() if d.user_id == user_id)
        kept = (d for d in own if d.revoked_at is None)
        return tuple(sorted(kept, key=lambda d: (d.created_at, d.id)))

    async def by_id(self, device_id: str) -> RegisteredDevice | None:
        """The device of that id, revoked or not."""
        return self._devices.get(device_id)

    async def revoke(self, device_id: str, now: int, events: Sequence[Event] = ()) -> None:
        """Take the device's rights away."""
        device = self._devices.get(device_id)
        if device is not None and device.revoked_at is None:
            self._devices[device_id] = replace(device, revoked_at=now)
            self._log.add(events)

    async def forget(self, user_id: str) -> None:
        """Erase a user's devices."""
        self._devices = {i: d for i, d in self._devices.items() if d.user_id != user_id}
