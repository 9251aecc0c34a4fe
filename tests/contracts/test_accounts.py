"""What every store of accounts promises."""

from dataclasses import replace

import pytest

from server_stub.accounts.model import Backoff, DeviceFlow, FlowState, Session, User
from server_stub.engines.memory.accounts import memory_accounts
from server_stub.engines.relational.accounts_store import relational_accounts
from sync.wire.ids import new_id
from tests.engines_postgres import ADAPTERS

T = 1_000_000
ADA = User("u" * 22, "Ada", "premium", "DE", T)
LOGIN = Session("s" * 22, ADA.id, "login", "segue on a laptop", T, T)
SCRIPT = Session("x" * 22, ADA.id, "script", "backup", T + 1, T + 1)


def token(number: int) -> bytes:
    return bytes((number,)) * 32


def flow(number: int, **changed) -> DeviceFlow:
    made = DeviceFlow(token(number), f"BCDF{number:04d}", "segue", T, T + 600.0, 5)
    return replace(made, **changed)


@pytest.fixture(params=ADAPTERS)
def stores(request, open_database):
    if request.param == "memory":
        yield memory_accounts()
        return
    yield relational_accounts(open_database(request.param))


@pytest.fixture
async def users(stores):
    assert await stores.users.add(ADA, "ada", "hash")
    return stores.users


@pytest.fixture
async def sessions(stores, users):
    await stores.sessions.open(LOGIN, token(1))
    await stores.sessions.open(SCRIPT, token(9))
    return stores.sessions


class TestUsers:
    async def test_a_user_is_found_by_key_and_id(self, users):
        assert await users.by_key("ada") == (ADA, "hash")
        assert await users.by_id(ADA.id) == ADA
        assert await users.by_key("bob") is None
        assert await users.by_id("bob") is None

    async def test_a_key_is_taken_once(self, users):
        assert not await users.add(replace(ADA, id=new_id(), name="ADA"), "ada", "other")
        assert await users.by_key("ada") == (ADA, "hash")

    async def test_a_password_hash_is_replaced(self, users):
        await users.set_password_hash(ADA.id, "new")
        await users.set_password_hash("nobody", "new")

        assert await users.by_key("ada") == (ADA, "new")


class TestSessions:
    async def test_a_session_is_found_with_its_user(self, sessions):
        assert await sessions.holder(LOGIN.id) == (LOGIN, ADA)
        assert await sessions.holder("none") is None

    async def test_only_script_tokens_hold_script_sessions(self, sessions):
        assert await sessions.script_holder(token(9)) == (SCRIPT, ADA)
        assert await sessions.script_holder(token(1)) is None
        assert await sessions.script_holder(token(5)) is None

    async def test_only_login_tokens_refresh(self, sessions):
        record = await sessions.refresh_record(token(1))

        assert (record.session, record.used_at, record.successor_used) == (LOGIN, None, False)
        assert await sessions.refresh_record(token(9)) is None
        assert await sessions.refresh_record(token(5)) is None

    async def test_a_token_rotates_once(self, sessions):
        assert await sessions.rotate(token(1), token(2), T + 10)
        assert not await sessions.rotate(token(1), token(3), T + 20)

        used = await sessions.refresh_record(token(1))
        assert (used.used_at, used.successor_used) == (T + 10, False)
        assert (await sessions.refresh_record(token(2))).used_at is None
        assert await sessions.refresh_record(token(3)) is None
        assert (await sessions.holder(LOGIN.id))[0].seen_at == T + 10

    async def test_a_successors_use_is_seen(self, sessions):
        await sessions.rotate(token(1), token(2), T + 10)
        await sessions.rotate(token(2), token(3), T + 20)

        assert (await sessions.refresh_record(token(1))).successor_used
        assert not (await sessions.refresh_record(token(2))).successor_used

    async def test_an_ended_session_does_not_rotate(self, sessions):
        await sessions.revoke(LOGIN.id, T + 5)

        assert not await sessions.rotate(token(1), token(2), T + 10)
        assert not await sessions.rotate(token(7), token(2), T + 10)
        assert (await sessions.refresh_record(token(1))).session.revoked_at == T + 5

    async def test_a_session_ends_once(self, sessions):
        await sessions.revoke(LOGIN.id, T + 5)
        await sessions.revoke(LOGIN.id, T + 50)
        await sessions.revoke("none", T)

        assert (await sessions.holder(LOGIN.id))[0].revoked_at == T + 5

    async def test_sessions_are_listed_until_they_end(self, sessions):
        assert await sessions.of_user(ADA.id) == (LOGIN, SCRIPT)
        await sessions.revoke(LOGIN.id, T + 5)

        assert await sessions.of_user(ADA.id) == (SCRIPT,)
        assert await sessions.of_user("nobody") == ()

    async def test_what_is_long_over_is_forgotten(self, sessions):
        ended = replace(LOGIN, id=new_id())
        await sessions.open(ended, token(3))
        await sessions.revoke(ended.id, T + 1)
        await sessions.rotate(token(1), token(2), T + 100)
        await sessions.rotate(token(2), token(4), T + 300)
        await sessions.forget(T + 200)

        assert await sessions.holder(ended.id) is None
        assert await sessions.refresh_record(token(3)) is None
        assert await sessions.refresh_record(token(1)) is None
        assert (await sessions.refresh_record(token(2))).used_at == T + 300
        assert (await sessions.refresh_record(token(4))).used_at is None
        assert await sessions.script_holder(token(9)) is not None

        await sessions.forget(T + 1000)
        assert await sessions.holder(LOGIN.id) is None
        assert await sessions.refresh_record(token(4)) is None


class TestDeviceFlows:
    async def test_a_flow_is_found_by_both_codes(self, stores):
        assert await stores.flows.add(flow(1), 10)

        assert await stores.flows.by_code(token(1)) == flow(1)
        assert await stores.flows.by_user_code("BCDF0001") == flow(1)
        assert await stores.flows.by_code(token(2)) is None
        assert await stores.flows.by_user_code("BCDF0002") is None

    async def test_a_user_code_in_use_is_refused(self, stores):
        await stores.flows.add(flow(1), 10)

        assert not await stores.flows.add(flow(2, user_code="BCDF0001"), 10)

    async def test_only_so_many_wait(self, stores):
        assert await stores.flows.add(flow(1), 2)
        assert await stores.flows.add(flow(2), 2)
        assert not await stores.flows.add(flow(3), 2)
        assert await stores.flows.add(flow(4, created_at=T + 600.0), 2)
        assert await stores.flows.by_code(token(1)) is None

    async def test_polls_are_kept(self, stores):
        await stores.flows.add(flow(1), 10)
        await stores.flows.polled(token(1), T + 2.5, 10)
        await stores.flows.polled(token(2), T + 2.5, 10)

        assert await stores.flows.by_code(token(1)) == flow(1, polled_at=T + 2.5, interval_s=10)

    async def test_a_flow_moves_on_from_where_it_is(self, stores, users):
        await stores.flows.add(flow(1), 10)
        pending, approved = FlowState.PENDING, FlowState.APPROVED

        assert await stores.flows.advance(token(1), pending, approved, ADA.id)
        assert not await stores.flows.advance(token(1), pending, FlowState.DENIED, None)
        assert not await stores.flows.advance(token(2), pending, approved, ADA.id)
        assert await stores.flows.by_code(token(1)) == flow(1, state=approved, user_id=ADA.id)


class TestAttempts:
    RULE = Backoff(free=2, first_wait_s=10, longest_wait_s=30, forgotten_after_s=100)

    async def test_free_attempts_then_longer_and_longer_waits(self, stores):
        now, waits = float(T), []
        for _ in range(6):
            wait = await stores.attempts.take("k", self.RULE, now)
            waits.append(wait)
            now += wait
            if wait:
                assert await stores.attempts.take("k", self.RULE, now) == 0
        assert waits == [0, 0, 10, 20, 30, 30]

    async def test_waiting_attempts_do_not_count(self, stores):
        for _ in range(2):
            await stores.attempts.take("k", self.RULE, T)
        for second in range(9):
            assert await stores.attempts.take("k", self.RULE, T + second) == 10 - second
        assert await stores.attempts.take("k", self.RULE, T + 10) == 0

    async def test_keys_do_not_share_attempts(self, stores):
        for _ in range(3):
            await stores.attempts.take("k", self.RULE, T)

        assert await stores.attempts.take("other", self.RULE, T) == 0

    async def test_success_and_time_forget(self, stores):
        for _ in range(2):
            for _ in range(2):
                assert await stores.attempts.take("k", self.RULE, T) == 0
            assert await stores.attempts.take("k", self.RULE, T) > 0
            await stores.attempts.clear("k")
        await stores.attempts.clear("never seen")
        for _ in range(2):
            await stores.attempts.take("k", self.RULE, T)

        assert await stores.attempts.take("k", self.RULE, T + 100) == 0
        assert await stores.attempts.take("k", self.RULE, T + 100) == 0
        assert await stores.attempts.take("k", self.RULE, T + 100) > 0
