"""The store of licensing, in the relational database."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_append import append
from server_stub.engines.relational.licensing_tables import devices
from server_stub.kernel.events.envelope import Event
from server_stub.licensing.model import RegisteredDevice

_DEVICE = tuple(devices.c[name] for name in RegisteredDevice.__slots__)
_BY_USER = select(*_DEVICE).order_by(devices.c.created_at, devices.c.id)


class RelationalDevices:
    """The devices of all users."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(
        self, device: RegisteredDevice, limit: int, events: Sequence[Event] = ()
    ) -> RegisteredDevice | None:
        """Add a device, or find the user's unrevoked one with the same key."""

        def write(connection: Connection) -> RegisteredDevice | None:
            own = _owned(connection, device.user_id)
            same = next((d for d in own if d.public_key == device.public_key), None)
            if same is not None:
                renewed = {"name": device.name, "session_id": device.session_id}
                connection.execute(update(devices).where(devices.c.id == same.id).values(renewed))
                return _device(connection, same.id)
            if len(own) >= limit:
                return None
            values = {name: getattr(device, name) for name in RegisteredDevice.__slots__}
            connection.execute(insert(devices).values(values))
            append(connection, events)
            return device

        return await self._database.write(write)

    async def of_user(self, user_id: str) -> tuple[RegisteredDevice, ...]:
        """The user's unrevoked devices, oldest first."""
        return await self._database.read(lambda connection: _owned(connection, user_id))

    async def by_id(self, device_id: str) -> RegisteredDevice | None:
        """The device of that id, revoked or not."""
        return await self._database.read(lambda connection: _device(connection, device_id))

    async def revoke(self, device_id: str, now: int, events: Sequence[Event] = ()) -> None:
        """Take the device's rights away."""
        change = (
            update(devices)
            .where(devices.c.id == device_id, devices.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )

        def write(connection: Connection) -> None:
            if connection.execute(change).rowcount:
                append(connection, events)

        await self._database.write(write)

    async def forget(self, user_id: str) -> None:
        """Erase a user's devices."""
        gone = delete(devices).where(devices.c.user_id == user_id)
        await self._database.write(lambda connection: connection.execute(gone).rowcount)


def _owned(connection: Connection, user_id: str) -> tuple[RegisteredDevice, ...]:
    query = _BY_USER.where(devices.c.user_id == user_id, devices.c.revoked_at.is_(None))
    return tuple(RegisteredDevice(*row) for row in connection.execute(query))


def _device(connection: Connection, device_id: str) -> RegisteredDevice | None:
    row = connection.execute(select(*_DEVICE).where(devices.c.id == device_id)).first()
    return RegisteredDevice(*row) if row else None
