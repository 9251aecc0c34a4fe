import asyncio

import pytest

from server_stub.accounts.errors import (
    AccountInvalidError,
    BusyError,
    NameTakenError,
    TokenRejectedError,
    TooManyAttemptsError,
    UserCodeUnknownError,
    UserNotFoundError,
    WrongPasswordError,
)
from server_stub.accounts.model import AccountsSettings, PasswordCost, Principal
from server_stub.accounts.service import AccountsService, passwords

PASSWORD = "correct horse"


async def knows(accounts, name, password):
    """Whether name and password are right: then only the user code is refused."""
    with pytest.raises((UserCodeUnknownError, WrongPasswordError)) as refused:
        await accounts.approve("none", name, password)
    return refused.type is UserCodeUnknownError


async def test_a_user_is_added_as_given(accounts, clock):
    added = await accounts.add_user(" Ada.L ", PASSWORD, "free", " de ")

    user = added.user
    assert (user.name, user.tier, user.region) == ("Ada.L", "free", "DE")
    assert user.created_at == int(clock.now())
    assert added.generated_password is None
    assert await accounts.user("ada.l") == user
    assert await accounts.me(Principal(user.id, "", "free", "", "")) == user


async def test_a_password_is_generated(accounts):
    added = await accounts.add_user("Ada", None, "free", "DE")

    assert len(added.generated_password) >= 16
    assert await knows(accounts, "Ada", added.generated_password)


@pytest.mark.parametrize("name", ["ada", "ADA", "\uff21da", " Ada "])
async def test_names_that_look_the_same_are_the_same(accounts, ada, name):
    with pytest.raises(NameTakenError):
        await accounts.add_user(name, PASSWORD, "free", "DE")
    assert await knows(accounts, name, PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "tier", "region"),
    [
        ("", PASSWORD, "free", "DE"),
        ("a" * 65, PASSWORD, "free", "DE"),
        ("a b", PASSWORD, "free", "DE"),
        ("a\x1b[2J", PASSWORD, "free", "DE"),
        ("a\u202eb", PASSWORD, "free", "DE"),
        ("../etc", PASSWORD, "free", "DE"),
        ("Ada", "short", "free", "DE"),
        ("Ada", "", "free", "DE"),
        ("Ada", "x" * 1025, "free", "DE"),
        ("Ada", PASSWORD, "gold", "DE"),
        ("Ada", PASSWORD, "free", "XX"),
        ("Ada", PASSWORD, "free", "Germany"),
    ],
)
async def test_what_cannot_be_is_refused(accounts, name, password, tier, region):
    with pytest.raises(AccountInvalidError):
        await accounts.add_user(name, password, tier, region)


async def test_strangers_are_not_found(accounts, ada):
    for refused in (
        accounts.user("bob"),
        accounts.script_token("bob"),
        accounts.set_password("bob", PASSWORD),
        accounts.me(Principal("none", "", "free", "", "")),
    ):
        with pytest.raises(UserNotFoundError):
            await refused


@pytest.mark.parametrize(
    ("name", "password"),
    [("Ada", "wrong horse"), ("Bob", PASSWORD), ("", ""), ("x" * 5000, "y" * 5000), ("\ud800", "")],
)
async def test_a_wrong_name_and_a_wrong_password_look_the_same(accounts, ada, name, password):
    with pytest.raises(WrongPasswordError, match="name and password do not belong together"):
        await accounts.approve("none", name, password)


@pytest.mark.parametrize("name", ["Ada", "nobody"])
async def test_guessing_passwords_takes_longer_and_longer(accounts, ada, clock, name):
    for _ in range(5):
        assert not await knows(accounts, name, "a guess")
    waits = []
    for _ in range(9):
        with pytest.raises(TooManyAttemptsError) as refused:
            await accounts.approve("none", name, PASSWORD)
        waits.append(refused.value.retry_after_s)
        clock.advance(refused.value.retry_after_s)
        assert not await knows(accounts, name, "a guess")
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300]


async def test_guessing_at_once_does_not_help(accounts, ada):
    guesses = [accounts.approve("none", "Ada", f"guess {n}") for n in range(20)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)

    assert sum(isinstance(answer, WrongPasswordError) for answer in answers) == 5
    assert sum(isinstance(answer, TooManyAttemptsError) for answer in answers) == 15


async def test_success_forgets_the_failures(accounts, ada):
    for _ in range(3):
        for _ in range(4):
            assert not await knows(accounts, "Ada", "a guess")
        assert await knows(accounts, "Ada", PASSWORD)


async def test_too_many_hashes_at_once_are_refused(accounts, monkeypatch):
    monkeypatch.setattr(passwords, "WAITING", 1)
    added = [accounts.add_user(f"user{n}", PASSWORD, "free", "DE") for n in range(2)]
    answers = await asyncio.gather(*added, return_exceptions=True)

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [BusyError]


async def test_passwords_are_kept_as_argon2id(accounts, stores, ada):
    _, kept = await stores.users.by_key("ada")

    assert kept.startswith("$argon2id$")


async def test_hashes_follow_the_cost_of_today(accounts, stores, ada, clock):
    before = (await stores.users.by_key("ada"))[1]
    dearer = AccountsSettings(password_cost=PasswordCost(passes=2, memory_kib=8, lanes=1))
    later = AccountsService(stores, token_key=bytes(32), clock=clock, settings=dearer)
    assert await knows(later, "Ada", PASSWORD)
    after = (await stores.users.by_key("ada"))[1]
    later.close()

    assert before != after
    assert "t=2" in after


async def test_a_damaged_hash_lets_nobody_in(accounts, stores, ada):
    await stores.users.set_password_hash(ada.id, "rubbish")

    assert not await knows(accounts, "Ada", PASSWORD)


async def test_a_new_password_ends_every_sign_in(accounts, sign_in):
    tokens = await sign_in()
    script = await accounts.script_token("Ada")
    await accounts.set_password("Ada", "another horse")

    with pytest.raises(TokenRejectedError):
        await accounts.authenticate(tokens.access_token)
    assert (await accounts.authenticate(script)).name == "Ada"
    assert not await knows(accounts, "Ada", PASSWORD)
    assert await knows(accounts, "Ada", "another horse")


def test_a_short_token_key_is_refused(stores, clock):
    with pytest.raises(ValueError, match="32 bytes"):
        AccountsService(stores, token_key=b"secret", clock=clock)
