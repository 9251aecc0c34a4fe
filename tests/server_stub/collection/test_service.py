"""Marking: what is accepted, what is refused, and whose clock counts."""

import msgspec
import pytest

from server_stub.collection.errors import MarkInvalidError
from server_stub.collection.service import CollectionService
from server_stub.engines.memory.collection import MemoryMarks, MemoryTargets
from server_stub.kernel.clock import ManualClock
from sync.wire.collection import MarkWish
from sync.wire.ids import encode
from sync.wire.intents import Intent

TRACK, ALBUM, GONE = encode(1), encode(2), encode(3)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def collection(clock):
    return CollectionService(
        MemoryMarks(), MemoryTargets({"track": [TRACK], "album": [ALBUM]}), clock
    )


def wish(kind, target, value=1, at_ms=1000):
    body = msgspec.to_builtins(MarkWish(kind=kind, target=target, value=value))
    return Intent(kind="marked", key=f"{kind}:{target}", at_ms=at_ms, body=body)


async def listed(collection, kind):
    return [(m.target, m.value) for m in await collection.newest("ada", kind, limit=10)]


async def test_what_exists_is_marked(collection):
    wishes = [wish("liked", TRACK), wish("saved", ALBUM), wish("rated", TRACK, 4)]
    verdicts = await collection.marked("ada", wishes)
    assert verdicts.applied == {w.id for w in wishes}
    assert verdicts.refused == {}
    assert await listed(collection, "liked") == [(TRACK, 1)]
    assert await listed(collection, "rated") == [(TRACK, 4)]


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (wish("liked", GONE), "this track is not in the library any more"),
        (wish("saved", TRACK), "this album is not in the library any more"),
        (wish("liked", TRACK, 2), "a value of 0 to 1 was expected, not 2"),
        (wish("rated", TRACK, 6), "a value of 0 to 5 was expected, not 6"),
        (wish("rated", TRACK, -1), "a value of 0 to 5 was expected, not -1"),
        (wish("liked", "short"), "what to mark is named by its id"),
    ],
)
async def test_what_makes_no_sense_is_refused_alone(collection, refused, reason):
    good = wish("liked", TRACK)
    verdicts = await collection.marked("ada", [refused, good])
    assert verdicts.refused == {refused.id: reason}
    assert verdicts.applied == {good.id}


async def test_a_body_of_another_form_is_refused(collection):
    odd = Intent(kind="marked", key="k", at_ms=0, body={"kind": "adored"})
    verdicts = await collection.marked("ada", [odd])
    assert list(verdicts.refused) == [odd.id]


async def test_a_mark_can_be_taken_off_what_is_gone(collection):
    verdicts = await collection.marked("ada", [wish("liked", GONE, 0)])
    assert verdicts.refused == {}


async def test_a_clock_that_runs_ahead_does_not_win_for_ever(collection, clock):
    ahead = int(clock.now() * 1000) + 86_400_000
    await collection.marked("ada", [wish("liked", TRACK, at_ms=ahead)])
    clock.advance(1)
    now = int(clock.now() * 1000)
    await collection.marked("ada", [wish("liked", TRACK, 0, at_ms=now)])
    assert await listed(collection, "liked") == []


async def test_a_cursor_is_checked(collection):
    with pytest.raises(MarkInvalidError):
        await collection.changes("ada", -1, 10)


async def test_what_was_marked_can_be_erased(collection):
    await collection.marked("ada", [wish("liked", TRACK)])
    await collection.forget("ada")
    assert await listed(collection, "liked") == []
