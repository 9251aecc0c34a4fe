"""Signing in, keeping tokens, and telling who can be reached."""

import asyncio
import dataclasses

import pytest

from drm.adapters.keystore_memory import MemoryKeyStore
from drm.vault import Vault
from player.adapters.session_memory import AUTHORITY, MemoryDoor, MemoryGate, MemoryServer
from player.engine.home import Home
from player.engine.profiles import ServerBook
from player.engine.session import Session
from player.engine.tokens import TokenKeeper
from player.errors import NotAllowedError, OfflineError, SignedOutError, UsageError
from sync.wire.sessions import DeviceRegistration

URL = "https://music.example"


class World:
    """A profile on disk, a server in memory, and sessions over them."""

    def __init__(self, tmp_path):
        self.home = Home(tmp_path)
        self.server = MemoryServer()
        self.gate = MemoryGate(self.server)
        self.vault = Vault(MemoryKeyStore())
        self.opened = []

    def session(self):
        device = DeviceRegistration(name="laptop", public_key=b"p" * 32)
        session = Session(self.gate, ServerBook(self.home), self.vault, lambda: device)
        session.on_open = lambda account, profile: self.opened.append(profile)
        return session


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


async def test_by_token(world):
    session = world.session()
    profile = await session.login(URL, token="script")
    assert (profile.user, profile.tier, profile.device_id) == ("ann", "premium", "d0")
    assert session.connection.state == "online"
    assert session.connection.user == "ann"
    assert world.opened == [profile]
    await session.close()


async def test_by_code_typed_in_a_browser(world):
    session, told = world.session(), []

    def tell(news):
        told.append(news)
        world.server.approved = news["step"] == "code"

    profile = await session.login(URL, tell=tell)
    assert [news["step"] for news in told] == ["authority", "code"]
    assert told[0]["sha256"] == "f" * 64
    assert told[1]["code"] == "ABCD-EFGH"
    assert profile.authority == AUTHORITY.decode()
    await session.close()


async def test_the_session_goes_on_in_the_next_run_without_a_request(world):
    session = world.session()
    world.server.approved = True
    await session.login(URL)
    await session.close()
    refreshes = world.server.refreshes
    again = world.session()
    await again.resume()
    assert again.connection.state == "connecting"
    assert world.server.refreshes == refreshes
    assert (await again.devices())[0].name == "laptop"
    assert again.connection.state == "online"
    assert world.server.refreshes == refreshes + 1
    await again.close()


async def test_secrets_are_in_the_vault_only(world):
    session = world.session()
    world.server.approved = True
    await session.login(URL)
    await session.close()
    assert b"refresh-" not in world.home.servers.read_bytes()
    assert b"refresh-" in world.vault.secret(f"session {URL}")


async def test_the_device_is_registered_once(world):
    session = world.session()
    await session.login(URL, token="script")
    await session.login(URL, token="script")
    assert len(world.server.devices) == 1
    await session.close()


async def test_a_known_server_is_not_looked_at_again(world):
    session = world.session()
    await session.login(URL, token="script")
    await session.login(URL, token="script")
    assert world.gate.inspected == [URL]
    await session.close()


async def test_an_authority_that_is_given_is_used(world):
    session = world.session()
    await session.login(URL, token="script", authority=AUTHORITY)
    assert world.gate.inspected == []
    await session.close()


async def test_a_refused_token_leaves_the_old_session_alone(world):
    session = world.session()
    await session.login(URL, token="script")
    with pytest.raises(SignedOutError):
        await session.login(URL, token="wrong")
    again = world.session()
    await again.resume()
    assert await again.devices()
    await session.close()
    await again.close()


async def test_offline_and_online_again(world):
    session = world.session()
    states = []
    session.on_change = lambda: states.append(session.connection.state)
    await session.login(URL, token="script")
    world.server.online = False
    with pytest.raises(OfflineError):
        await session.devices()
    assert session.connection.state == "offline"
    assert session.connection.detail == "the server cannot be reached"
    world.server.online = True
    await session.devices()
    assert states[-2:] == ["offline", "online"]
    await session.close()


async def test_a_session_that_the_server_ended_is_signed_out(world):
    session = world.session()
    world.server.approved = True
    await session.login(URL)
    world.server.valid_access.clear()
    world.server.valid_refresh.clear()
    with pytest.raises(SignedOutError):
        await session.devices()
    assert session.connection.state == "signed_out"
    await session.close()


async def test_signing_out_works_without_the_server(world):
    session = world.session()
    world.server.approved = True
    await session.login(URL)
    world.server.online = False
    await session.logout()
    assert session.connection.state == "signed_out"
    assert world.vault.secret(f"session {URL}") is None
    with pytest.raises(SignedOutError):
        await session.devices()
    again = world.session()
    await again.resume()
    assert again.profile is None


async def test_signing_out_ends_the_session_on_the_server(world):
    session = world.session()
    world.server.approved = True
    await session.login(URL)
    await session.logout()
    assert world.server.revoked == ["refresh-1"]


async def test_an_address_must_be_one(world):
    with pytest.raises(UsageError):
        await world.session().login("no address")


async def test_a_code_expires(world, monkeypatch):
    begin = MemoryDoor.begin

    async def short(self, name):
        code = await begin(self, name)
        return dataclasses.replace(code, expires_in_s=0)

    monkeypatch.setattr(MemoryDoor, "begin", short)
    with pytest.raises(NotAllowedError, match="expired"):
        await world.session().login(URL)


async def keeper_with_session(world, **changes):
    for name, value in changes.items():
        setattr(world.server, name, value)
    keeper = TokenKeeper(URL, MemoryDoor(world.server), world.vault)
    await keeper.accept(world.server.issue())
    return keeper


async def test_however_many_ask_one_request_renews(world):
    keeper = await keeper_with_session(world)
    tokens = await asyncio.gather(*(keeper.renew("access-1") for _ in range(20)))
    assert set(tokens) == {"access-2"}
    assert world.server.refreshes == 2


async def test_whoever_gives_up_waiting_does_not_stop_the_renewal(world):
    keeper = await keeper_with_session(world)
    waiting = asyncio.create_task(keeper.renew("access-1"))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await keeper.close()
    assert b"refresh-2" in world.vault.secret(f"session {URL}")


async def test_tokens_are_renewed_before_they_end(world):
    now = [0.0]
    keeper = TokenKeeper(URL, MemoryDoor(world.server), world.vault, clock=lambda: now[0])
    await keeper.accept(world.server.issue())
    assert await keeper.access() == "access-1"
    now[0] = 571.0
    assert await keeper.access() == "access-2"


async def test_a_late_refusal_does_not_renew_again(world):
    keeper = await keeper_with_session(world)
    assert await keeper.renew("access-1") == "access-2"
    assert await keeper.renew("access-1") == "access-2"
    assert world.server.refreshes == 2


async def test_a_renewal_that_cannot_reach_the_server_may_be_tried_again(world):
    keeper = await keeper_with_session(world)
    world.server.online = False
    with pytest.raises(OfflineError):
        await keeper.renew("access-1")
    world.server.online = True
    assert await keeper.renew("access-1") == "access-2"


async def test_nobody_signed_in(world):
    keeper = TokenKeeper(URL, MemoryDoor(world.server), world.vault)
    assert not await keeper.load()
    with pytest.raises(SignedOutError):
        await keeper.access()
