"""Accounts in memory, with a clock turned by hand and cheap password hashes."""

import pytest

from server_stub.accounts.model import AccountsSettings, PasswordCost
from server_stub.accounts.service import AccountsService
from server_stub.engines.memory.accounts import memory_accounts
from server_stub.kernel.clock import ManualClock

CHEAP = AccountsSettings(password_cost=PasswordCost(passes=1, memory_kib=8, lanes=1))
PASSWORD = "correct horse"


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def stores():
    return memory_accounts()


@pytest.fixture
def accounts(stores, clock):
    service = AccountsService(stores, token_key=bytes(range(32)), clock=clock, settings=CHEAP)
    yield service
    service.close()


@pytest.fixture
async def ada(accounts):
    return (await accounts.add_user("Ada", PASSWORD, "premium", "DE")).user


@pytest.fixture
def sign_in(accounts, ada):
    """Signs a program of Ada's in: `await sign_in()`."""

    async def through_the_device_flow(client="segue"):
        flow = await accounts.start_device_flow(client, "https://server")
        await accounts.approve(flow.user_code, "Ada", PASSWORD)
        return await accounts.exchange_device_code(flow.device_code)

    return through_the_device_flow
