"""Accounts come and go; each keeps what is its own."""

import asyncio
from dataclasses import replace

import pytest

from player.engine.belongings import Belongings, Own
from player.engine.profiles import ServerProfile
from player.errors import OfflineError, SignedOutError
from player.playback.ear import Play
from sync.adapters.carrier_memory import MemoryCarrier
from sync.adapters.marks_memory import MemoryMarkFeed, MemoryMarkStore
from sync.adapters.outbox_memory import MemoryOutboxStore
from sync.adapters.playlists_memory import MemoryPlaylistServer, MemoryPlaylistStore
from sync.collection.service import Collection
from sync.outbox.service import Outbox
from sync.playlists.service import Playlists
from sync.wire.collection import Mark

ADA = ServerProfile(url="https://one", user_id="ada")
BOB = ServerProfile(url="https://one", user_id="bob")


class World:
    """Stores by account, one server."""

    def __init__(self):
        self.stores = {}
        self.lists = MemoryPlaylistServer()
        self.carrier, self.marks, self.away, self.told = MemoryCarrier(), MemoryMarkFeed(), False, 0
        self.belongings = Belongings(self.opened, self.feed, self.changed)

    def feed(self):
        if self.away:
            raise OfflineError("the server is away")
        return self.marks

    def changed(self):
        self.told += 1

    async def opened(self, profile, belongings):
        outbox_store, marks = self.stores.setdefault(
            profile.user_id, (MemoryOutboxStore(), MemoryMarkStore())
        )
        outbox = Outbox(
            outbox_store, self.carrier, on_change=belongings.changed, on_applied=self.applied
        )
        collection = Collection(marks, outbox, now_ms=lambda: 1, on_change=belongings.changed)
        await collection.open()
        playlists = Playlists(MemoryPlaylistStore(), self.lists, client="c")
        return Own(profile, outbox, collection, playlists)

    def applied(self, ids):
        for intent in self.carrier.applied:
            if intent.id in ids:
                self.marks.change(Mark(at_ms=intent.at_ms, **{"value": 1, **intent.body}))
        self.belongings.applied(ids)


@pytest.fixture
async def world():
    made = World()
    yield made
    await made.belongings.close()


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


async def test_nobody_has_nothing(world):
    assert world.belongings.shown is None
    world.belongings.hurry()
    with pytest.raises(SignedOutError):
        await world.belongings.refresh()


async def test_what_was_done_reaches_the_server_and_comes_back(world):
    world.belongings.use(ADA)
    await world.belongings.ready()
    own = world.belongings.own
    await own.collection.put("liked", "a")
    await until(lambda: own.outbox.pending.waiting == 0 and world.stores["ada"][1].cursor == 1)
    assert own.collection.targets("liked") == ["a"]


async def test_what_one_did_is_not_sent_in_the_name_of_another(world):
    world.carrier.away = True
    world.belongings.use(ADA)
    await world.belongings.ready()
    await world.belongings.own.collection.put("liked", "a")
    world.belongings.use(BOB)
    await world.belongings.ready()
    world.carrier.away = False
    assert world.belongings.own.collection.targets("liked") == []
    assert world.carrier.applied == []
    world.belongings.use(ADA)
    await until(lambda: world.carrier.applied)
    assert world.belongings.own.profile == ADA


PLAY = Play(
    id="p" * 22,
    track_id="t" * 22,
    began_at_ms=5,
    heard_ms=30_000,
    duration_ms=60_000,
    position_ms=30_000,
    finished=False,
)


async def test_a_play_is_told_to_the_server_once(world):
    world.belongings.use(ADA)
    await world.belongings.ready()
    world.belongings.played(PLAY)
    world.belongings.played(PLAY)
    await until(lambda: world.carrier.applied and not world.belongings.own.outbox.pending.waiting)
    (told,) = world.carrier.applied
    assert (told.id, told.kind, told.at_ms) == (PLAY.id, "skipped", 5)
    assert told.body["position_ms"] == 30_000


async def test_a_play_is_written_down_before_the_end(world):
    world.carrier.away = True
    world.belongings.use(ADA)
    await world.belongings.ready()
    world.belongings.played(replace(PLAY, finished=True))
    await world.belongings.close()
    (kept,) = world.stores["ada"][0].due(10)
    assert kept.kind == "played"
    assert "position_ms" not in kept.body


async def test_what_nobody_heard_is_told_to_nobody(world):
    world.belongings.played(PLAY)
    assert world.stores == {}


async def test_signing_out_closes_and_in_again_opens(world):
    world.belongings.use(ADA)
    world.belongings.use(None)
    await world.belongings.ready()
    assert world.belongings.shown is None
    world.belongings.use(ADA)
    await world.belongings.ready()
    assert world.belongings.shown is not None


async def test_a_server_that_comes_back_is_followed_when_told(world):
    world.away = world.carrier.away = True
    world.belongings.use(ADA)
    await world.belongings.ready()
    own = world.belongings.own
    await own.collection.put("liked", "a")
    await until(lambda: own.outbox.trouble)
    world.away = world.carrier.away = False
    world.marks.change(Mark(kind="saved", target="x", value=1, at_ms=1))
    world.belongings.hurry()
    await until(lambda: own.collection.value("saved", "x") and not own.outbox.pending.waiting)
