import asyncio
import re

import pytest

from server_stub.accounts.errors import (
    AccessDeniedError,
    AuthorizationPendingError,
    BusyError,
    CodeExpiredError,
    InvalidGrantError,
    SlowDownError,
    TooManyAttemptsError,
    UserCodeUnknownError,
    WrongPasswordError,
)
from server_stub.accounts.model import AccountsSettings, FlowState
from server_stub.accounts.service import AccountsService

PASSWORD = "correct horse"


@pytest.fixture
async def flow(accounts, ada):
    return await accounts.start_device_flow("segue on a laptop", "https://server:8040/")


def test_the_codes_are_of_rfc_8628(flow):
    assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", flow.user_code)
    assert len(flow.device_code) > 40
    assert flow.verification_uri == "https://server:8040/device"
    assert flow.verification_uri_complete == (
        f"https://server:8040/device?user_code={flow.user_code}"
    )
    assert (flow.expires_in, flow.interval) == (600, 5)


async def test_an_approved_device_is_signed_in(accounts, ada, flow):
    with pytest.raises(AuthorizationPendingError):
        await accounts.exchange_device_code(flow.device_code)
    approved = await accounts.approve(flow.user_code, "Ada", PASSWORD)
    tokens = await accounts.exchange_device_code(flow.device_code)

    assert (approved.client_name, approved.user_code) == ("segue on a laptop", flow.user_code)
    assert (tokens.token_type, tokens.expires_in) == ("Bearer", 900)
    principal = await accounts.authenticate(tokens.access_token)
    assert (principal.user_id, principal.name) == (ada.id, "Ada")
    assert (principal.tier, principal.region) == ("premium", "DE")
    assert [session.label for session in await accounts.sessions(ada.id)] == ["segue on a laptop"]


@pytest.mark.parametrize("typed", [str.lower, lambda c: c.replace("-", " "), lambda c: f" {c} "])
async def test_people_type_codes_in_their_own_way(accounts, flow, typed):
    await accounts.approve(typed(flow.user_code), "Ada", PASSWORD)

    assert await accounts.exchange_device_code(flow.device_code)


async def test_a_device_code_works_once(accounts, flow):
    await accounts.approve(flow.user_code, "Ada", PASSWORD)
    tries = [accounts.exchange_device_code(flow.device_code) for _ in range(5)]
    answers = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(not isinstance(answer, InvalidGrantError) for answer in answers) == 1


async def test_a_lost_race_for_the_code_is_refused(accounts, stores, flow, monkeypatch):
    await accounts.approve(flow.user_code, "Ada", PASSWORD)
    stale = next(iter(stores.flows._flows.values()))
    await accounts.exchange_device_code(flow.device_code)

    async def by_code(code_hash):
        return stale

    monkeypatch.setattr(stores.flows, "by_code", by_code)
    with pytest.raises(InvalidGrantError):
        await accounts.exchange_device_code(flow.device_code)


async def test_a_user_code_works_once(accounts, flow):
    await accounts.approve(flow.user_code, "Ada", PASSWORD)

    for again in (accounts.approve, accounts.deny):
        with pytest.raises(UserCodeUnknownError):
            await again(flow.user_code, "Ada", PASSWORD)
    assert await accounts.exchange_device_code(flow.device_code)


async def test_a_denied_device_stays_out(accounts, flow):
    await accounts.deny(flow.user_code, "Ada", PASSWORD)

    for _ in range(2):
        with pytest.raises(AccessDeniedError) as refused:
            await accounts.exchange_device_code(flow.device_code)
    assert refused.value.oauth == "access_denied"


async def test_nobody_approves_with_a_wrong_password(accounts, flow):
    for decide in (accounts.approve, accounts.deny):
        with pytest.raises(WrongPasswordError):
            await decide(flow.user_code, "Ada", "wrong horse")
    with pytest.raises(AuthorizationPendingError):
        await accounts.exchange_device_code(flow.device_code)


@pytest.mark.parametrize("approved", [False, True])
async def test_codes_end_after_ten_minutes(accounts, flow, clock, approved):
    if approved:
        await accounts.approve(flow.user_code, "Ada", PASSWORD)
    clock.advance(600)

    with pytest.raises(CodeExpiredError) as refused:
        await accounts.exchange_device_code(flow.device_code)
    assert refused.value.oauth == "expired_token"
    with pytest.raises(UserCodeUnknownError):
        await accounts.approve(flow.user_code, "Ada", PASSWORD)


async def test_a_code_is_good_up_to_its_last_second(accounts, flow, clock):
    clock.advance(599)
    await accounts.approve(flow.user_code, "Ada", PASSWORD)

    assert await accounts.exchange_device_code(flow.device_code)


async def test_who_polls_too_often_waits_longer_for_good(accounts, flow, clock):
    async def poll(after_s, expected):
        clock.advance(after_s)
        with pytest.raises(expected) as refused:
            await accounts.exchange_device_code(flow.device_code)
        return refused.value

    assert (await poll(0, AuthorizationPendingError)).oauth == "authorization_pending"
    await poll(5, AuthorizationPendingError)
    slower = await poll(1, SlowDownError)
    assert (slower.oauth, slower.retry_after_s) == ("slow_down", 10)
    await poll(10, AuthorizationPendingError)
    assert (await poll(6, SlowDownError)).retry_after_s == 15
    await poll(15, AuthorizationPendingError)
    assert (await poll(10, SlowDownError)).retry_after_s == 20


@pytest.mark.parametrize("code", ["", "sgd_", "sgd_unknown", "unknown", "sgd_" + "x" * 9000])
async def test_unknown_device_codes_are_invalid_grants(accounts, ada, code):
    with pytest.raises(InvalidGrantError) as refused:
        await accounts.exchange_device_code(code)
    assert refused.value.oauth == "invalid_grant"


async def test_guessing_user_codes_is_slowed_down(accounts, ada, flow):
    for _ in range(20):
        with pytest.raises(UserCodeUnknownError):
            await accounts.approve("BBBB-BBBB", "Ada", PASSWORD)
    with pytest.raises(TooManyAttemptsError):
        await accounts.approve(flow.user_code, "Ada", PASSWORD)


async def test_only_so_many_sign_ins_wait(stores, clock):
    few = AccountsService(
        stores, token_key=bytes(32), clock=clock, settings=AccountsSettings(flows_waiting=2)
    )
    for _ in range(2):
        await few.start_device_flow("segue", "https://server")
    with pytest.raises(BusyError):
        await few.start_device_flow("segue", "https://server")
    clock.advance(600)
    assert await few.start_device_flow("segue", "https://server")
    few.close()


async def test_device_codes_are_kept_as_hashes(stores, flow):
    kept = next(iter(stores.flows._flows.values()))

    assert flow.device_code.encode() not in repr(kept).encode()
    assert (len(kept.code_hash), kept.state) == (32, FlowState.PENDING)


async def test_a_programs_name_is_made_safe_to_show(accounts, ada):
    flow = await accounts.start_device_flow("\x1b[31mevil\u202e \n name" + "x" * 99, "https://s")
    shown = (await accounts.approve(flow.user_code, "Ada", PASSWORD)).client_name

    assert shown.startswith("[31mevil name")
    assert len(shown) == 80
    unnamed = await accounts.start_device_flow("\x00", "https://s")
    assert (await accounts.approve(unnamed.user_code, "Ada", PASSWORD)).client_name == "unnamed"


async def test_a_decision_lost_to_another_is_refused(accounts, stores, flow, monkeypatch):
    async def advance(*_):
        return False

    monkeypatch.setattr(stores.flows, "advance", advance)
    with pytest.raises(UserCodeUnknownError):
        await accounts.approve(flow.user_code, "Ada", PASSWORD)
