"""What every store of devices promises."""

from dataclasses import replace

import pytest

from server_stub.engines.memory.licensing import MemoryDevices
from server_stub.engines.relational.licensing_store import RelationalDevices
from server_stub.licensing.model import RegisteredDevice
from sync.wire.ids import new_id
from tests.engines_postgres import ADAPTERS

LAPTOP = RegisteredDevice("d" * 22, "ada", "laptop", bytes(32), "session-1", 100)


def another(number: int, **changed) -> RegisteredDevice:
    made = replace(LAPTOP, id=new_id(), public_key=bytes((number,)) * 32, created_at=100 + number)
    return replace(made, **changed)


@pytest.fixture(params=ADAPTERS)
def devices(request, open_database):
    if request.param == "memory":
        yield MemoryDevices()
        return
    yield RelationalDevices(open_database(request.param))


async def test_a_device_is_registered_and_found(devices):
    assert await devices.register(LAPTOP, 5) == LAPTOP

    assert await devices.by_id(LAPTOP.id) == LAPTOP
    assert await devices.by_id("none") is None
    assert await devices.of_user("ada") == (LAPTOP,)
    assert await devices.of_user("bob") == ()


async def test_the_same_key_is_the_same_device(devices):
    await devices.register(LAPTOP, 1)
    again = replace(LAPTOP, id=new_id(), name="renamed", session_id="session-2", created_at=999)
    expected = replace(LAPTOP, name="renamed", session_id="session-2")

    assert await devices.register(again, 1) == expected
    assert await devices.of_user("ada") == (expected,)


async def test_the_same_key_of_another_user_is_another_device(devices):
    await devices.register(LAPTOP, 5)
    shared = replace(LAPTOP, id=new_id(), user_id="bob")

    assert await devices.register(shared, 5) == shared


async def test_only_so_many_devices(devices):
    first, second = another(1), another(2)
    assert await devices.register(first, 2)
    assert await devices.register(second, 2)
    assert await devices.register(another(3), 2) is None
    assert await devices.register(another(3, user_id="bob"), 2)

    await devices.revoke(first.id, 500)
    assert await devices.register(another(4), 2)
    assert [device.created_at for device in await devices.of_user("ada")] == [102, 104]


async def test_a_revoked_device_stays_revoked(devices):
    await devices.register(LAPTOP, 5)
    await devices.revoke(LAPTOP.id, 500)
    await devices.revoke(LAPTOP.id, 900)
    await devices.revoke("none", 900)

    assert await devices.by_id(LAPTOP.id) == replace(LAPTOP, revoked_at=500)
    assert await devices.of_user("ada") == ()
    fresh = replace(LAPTOP, id=new_id())
    assert await devices.register(fresh, 5) == fresh
