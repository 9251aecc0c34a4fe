"""Marks here and there: at once, without flicker, and true after whatever happened in between."""

from itertools import count

import pytest

from sync.adapters.carrier_memory import MemoryCarrier
from sync.adapters.marks_memory import MemoryMarkFeed, MemoryMarkStore
from sync.adapters.outbox_memory import MemoryOutboxStore
from sync.collection.service import Collection
from sync.outbox.service import Outbox
from sync.wire.collection import Mark


class Home:
    """A player's collection, the server's feed, and what was told."""

    def __init__(self, judge):
        self.feed, self.told = MemoryMarkFeed(), 0
        self.carrier = MemoryCarrier(judge)
        self.kept, self.sent = MemoryMarkStore(), MemoryOutboxStore()
        self.clock = count(1000)

    async def start(self):
        """The program starts (again)."""
        self.outbox = Outbox(self.sent, self.carrier, on_applied=self.applied)
        self.collection = Collection(
            self.kept, self.outbox, now_ms=lambda: next(self.clock), on_change=self.changed
        )
        await self.collection.open()

    def changed(self):
        self.told += 1

    def applied(self, ids):
        self.due = self.collection.applied(ids)
        for intent in self.carrier.applied:
            if intent.id in ids:
                self.feed.change(Mark(at_ms=intent.at_ms, **{"value": 1, **intent.body}))

    def value(self, target, kind="liked"):
        return self.collection.value(kind, target)


@pytest.fixture
async def home():
    refused = set()
    home = Home(lambda intent: "it is gone" if intent.body["target"] in refused else "")
    home.refused = refused
    await home.start()
    yield home
    await home.outbox.close()
    home.collection.close()


async def test_a_wish_holds_at_once_and_all_the_way(home):
    await home.collection.put("liked", "a")
    assert home.value("a") == 1
    await home.outbox.deliver()
    assert home.due
    assert home.value("a") == 1, "applied, and the feed not read yet"
    assert await home.collection.refresh(home.feed) == 1
    assert home.value("a") == 1, "confirmed"
    await home.collection.put("liked", "a", 0)
    assert home.value("a") == 0


async def test_a_wish_outlives_the_program(home):
    await home.collection.put("liked", "a")
    await home.outbox.close()
    await home.start()
    assert home.value("a") == 1


async def test_what_another_device_says_does_not_cover_a_wish_on_its_way(home):
    await home.collection.put("liked", "a", 0)
    home.feed.change(Mark(kind="liked", target="a", value=1, at_ms=500))
    await home.collection.refresh(home.feed)
    assert home.value("a") == 0


async def test_a_wish_that_lost_against_a_later_one_gives_way(home):
    await home.collection.put("liked", "a", 0)
    await home.outbox.deliver()
    home.feed.change(Mark(kind="liked", target="a", value=1, at_ms=9999))
    await home.collection.refresh(home.feed)
    assert home.value("a") == 1


async def test_a_newer_wish_stays_when_an_older_one_is_confirmed(home):
    await home.collection.put("rated", "a", 2)
    await home.outbox.deliver()
    await home.collection.put("rated", "a", 5)
    await home.collection.refresh(home.feed)
    assert home.value("a", "rated") == 5


async def test_a_refused_wish_can_be_dropped_and_is_undone(home):
    home.refused.add("a")
    await home.collection.put("liked", "a")
    await home.outbox.deliver()
    assert home.value("a") == 1, "the listener has not decided yet"
    (refusal,) = await home.outbox.refusals()
    await home.outbox.drop(refusal.intent.id)
    await home.collection.reread()
    assert home.value("a") == 0


async def test_targets_are_listed_newest_first_with_wishes_among_them(home):
    for target, at_ms in (("old", 10), ("older", 5), ("gone", 20)):
        home.feed.change(Mark(kind="liked", target=target, value=1, at_ms=at_ms))
    await home.collection.refresh(home.feed)
    await home.collection.put("liked", "new")
    await home.collection.put("liked", "gone", 0)
    await home.collection.put("saved", "album")
    assert home.collection.targets("liked") == ["new", "old", "older"]


async def test_a_server_that_began_anew_is_read_from_the_beginning(home):
    for target in "abc":
        home.feed.change(Mark(kind="liked", target=target, value=1, at_ms=1))
    await home.collection.refresh(home.feed)
    home.feed.begin_anew()
    home.feed.change(Mark(kind="liked", target="b", value=1, at_ms=1))
    await home.collection.refresh(home.feed)
    assert home.collection.targets("liked") == ["b"]


async def test_views_hear_of_every_change_and_of_nothing_else(home):
    before = home.told
    await home.collection.put("liked", "a")
    assert home.told == before + 1
    await home.collection.refresh(home.feed)
    assert home.told == before + 1
    home.feed.change(Mark(kind="liked", target="b", value=1, at_ms=1))
    await home.collection.refresh(home.feed)
    assert home.told == before + 2
