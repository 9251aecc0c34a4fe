"""Stores append what happened in the transaction in which it happens, and only if it did."""

from dataclasses import dataclass, replace

import pytest

from server_stub.accounts.errors import TokenRejectedError
from server_stub.accounts.events import LOGGED_IN, LOGGED_OUT, USER_ADDED, UserAdded
from server_stub.accounts.events import TYPES as ACCOUNTS
from server_stub.accounts.model import AccountsSettings, PasswordCost
from server_stub.accounts.service import AccountsService
from server_stub.collection.events import MARKED, Marked
from server_stub.engines.memory.accounts import memory_accounts
from server_stub.engines.memory.collection import MemoryMarks
from server_stub.engines.memory.events import MemoryEvents
from server_stub.engines.memory.licensing import MemoryDevices
from server_stub.engines.relational.accounts_store import relational_accounts
from server_stub.engines.relational.collection_store import RelationalMarks
from server_stub.engines.relational.events_log import RelationalEvents
from server_stub.engines.relational.licensing_store import RelationalDevices
from server_stub.kernel.clock import ManualClock
from server_stub.kernel.events.consuming import Reading
from server_stub.kernel.events.erasure import SUBJECT_ERASED
from server_stub.kernel.events.types import Occasion, Vocabulary
from server_stub.licensing.events import DEVICE_ADDED, DEVICE_REVOKED, DeviceAdded, DeviceRevoked
from server_stub.licensing.events import TYPES as LICENSING
from server_stub.licensing.model import RegisteredDevice
from sync.wire.collection import Mark
from tests.engines_postgres import ADAPTERS

LAPTOP = RegisteredDevice("d" * 22, "ada", "laptop", bytes(32), "session-1", 100)
CHEAP = AccountsSettings(password_cost=PasswordCost(passes=1, memory_kib=8, lanes=1))


@dataclass
class Stand:
    log: object
    accounts: AccountsService
    devices: object
    marks: object

    async def told(self, subject: str) -> list[str]:
        """Names of the events of one subject; those that cannot be opened any more are not."""
        reading = Reading(self.log, Vocabulary([*ACCOUNTS, *LICENSING, SUBJECT_ERASED]))
        found = await reading.read(await self.log.of_subject(subject, 0, 100))
        return [one.event.type.removeprefix("segue.").removesuffix(".v1") for one in found]


@pytest.fixture(params=ADAPTERS)
def stand(request, open_database):
    if request.param == "memory":
        log = MemoryEvents()
        stores, devices = memory_accounts(log), MemoryDevices(log)
        marks = MemoryMarks(log)
    else:
        database = open_database(request.param)
        log = RelationalEvents(database)
        stores, devices = relational_accounts(database), RelationalDevices(database)
        marks = RelationalMarks(database)
    accounts = AccountsService(stores, token_key=bytes(32), clock=ManualClock(), settings=CHEAP)
    yield Stand(log, accounts, devices, marks)
    accounts.close()


async def test_accounts_and_sign_ins_are_told(stand):
    user = (await stand.accounts.add_user("Ada", None, "free", "DE")).user
    token = await stand.accounts.script_token("Ada")
    await stand.accounts.revoke(token)
    await stand.accounts.revoke(token)
    assert await stand.told(user.id) == [USER_ADDED.name, LOGGED_IN.name, LOGGED_OUT.name]


async def test_what_did_not_happen_is_not_told(stand):
    added = (await stand.accounts.add_user("Ada", None, "free", "DE")).user
    event = USER_ADDED.event(Occasion("twin", 1), UserAdded(name="ada", tier="free", region="DE"))
    stores = stand.accounts._users._users
    assert not await stores.add(replace(added, id="twin"), "ada", "hash", [event])
    assert await stand.told("twin") == []


async def test_devices_are_told_once(stand):
    added = DEVICE_ADDED.event(Occasion("ada", 1), DeviceAdded(device_id=LAPTOP.id, name="laptop"))
    again = DEVICE_ADDED.event(Occasion("ada", 2), DeviceAdded(device_id="other", name="laptop"))
    gone = DEVICE_REVOKED.event(Occasion("ada", 3), DeviceRevoked(device_id=LAPTOP.id))
    twice = DEVICE_REVOKED.event(Occasion("ada", 4), DeviceRevoked(device_id=LAPTOP.id))
    await stand.devices.register(LAPTOP, 1, [added])
    await stand.devices.register(replace(LAPTOP, id="other"), 1, [again])
    full = replace(LAPTOP, id="more", public_key=bytes(31) + b"1")
    assert await stand.devices.register(full, 1, [again]) is None
    await stand.devices.revoke(LAPTOP.id, 5, [gone])
    await stand.devices.revoke(LAPTOP.id, 6, [twice])
    assert await stand.told("ada") == [DEVICE_ADDED.name, DEVICE_REVOKED.name]


async def test_marks_are_told_when_they_are_taken_on(stand):
    def told(mark, ident):
        payload = Marked(kind=mark.kind, target=mark.target, value=mark.value)
        return MARKED.event(Occasion("ada", mark.at_ms, ident), payload)

    newer = Mark(kind="liked", target="a", value=0, at_ms=20)
    older = Mark(kind="liked", target="a", value=1, at_ms=10)
    await stand.marks.put("ada", [newer], {newer: told(newer, "one")})
    await stand.marks.put("ada", [older], {older: told(older, "two")})
    assert [stored.event.id for stored in await stand.log.of_subject("ada", 0, 9)] == ["one"]


async def test_an_erased_account_leaves_only_that_it_was_erased(stand):
    user = (await stand.accounts.add_user("Ada", None, "free", "DE")).user
    token = await stand.accounts.script_token("Ada")
    await stand.devices.register(replace(LAPTOP, user_id=user.id), 1)
    await stand.accounts.erase("ada")
    await stand.devices.forget(user.id)
    assert await stand.told(user.id) == [SUBJECT_ERASED.name]
    assert await stand.devices.by_id(LAPTOP.id) is None
    with pytest.raises(TokenRejectedError):
        await stand.accounts.authenticate(token)
    assert (await stand.accounts.add_user("ada", None, "free", "DE")).user.id != user.id
