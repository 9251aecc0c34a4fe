"""What every event log promises: kept, in order by subject, at least once, and forgettable."""

import asyncio
from collections import defaultdict

import msgspec
import pytest

from server_stub.engines.memory.events import MemoryEvents
from server_stub.engines.relational.events_log import RelationalEvents
from server_stub.kernel.events.consuming import Reading, Worker
from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.erasure import SUBJECT_ERASED, SubjectErased
from server_stub.kernel.events.retention import earliest
from server_stub.kernel.events.types import EventType, Occasion, Vocabulary
from sync.wire.ids import new_id
from tests.engines_kafka import KAFKA, open_kafka
from tests.engines_postgres import ADAPTERS

ADA, BOB = "a" * 22, "b" * 22
WAIT_S = 30.0


class Noted(msgspec.Struct, frozen=True):
    number: int


NOTED = EventType("tests.noted", Noted)
COUNTED = EventType("tests.counted", Noted, personal=False)
VOCABULARY = Vocabulary([NOTED, COUNTED, SUBJECT_ERASED])


def noted(number: int, subject: str = ADA, kind: EventType = NOTED, ident: str = "") -> Event:
    return kind.event(Occasion(subject, 1_700_000_000_000 + number, ident), Noted(number))


@pytest.fixture(params=[*ADAPTERS, KAFKA])
async def log(request, open_database):
    if request.param == "memory":
        yield MemoryEvents()
    elif request.param == "kafka":
        keys = MemoryEvents()
        async with open_kafka(request.getfixturevalue("broker"), keys) as opened:
            yield opened
    else:
        yield RelationalEvents(open_database(request.param))


@pytest.fixture
def keys(log):
    return getattr(log, "keys", log)


async def some(subscription, count: int) -> list:
    """So many events, in as many batches as they come."""
    found = []
    while len(found) < count:
        batch = await subscription.fetch(count - len(found), WAIT_S)
        assert batch, f"{len(found)} of {count} events came"
        found.extend(batch)
    return found


async def read_all(log, keys, place: str, count: int) -> list[tuple[str, int]]:
    async with log.subscribe(place) as subscription:
        found = await some(subscription, count)
        await subscription.commit()
    happened = await Reading(keys, VOCABULARY).read(found)
    return [(one.event.subject, one.payload.number) for one in happened]


def by_subject(pairs):
    lanes = defaultdict(list)
    for subject, number in pairs:
        lanes[subject].append(number)
    return dict(lanes)


async def test_what_was_appended_is_read_in_the_order_of_each_subject(log, keys):
    batch = [noted(number, subject) for number in range(20) for subject in (ADA, BOB)]
    await log.append(batch[:15])
    await log.append(batch[15:])
    lanes = by_subject(await read_all(log, keys, "reader", 40))
    assert lanes == {ADA: list(range(20)), BOB: list(range(20))}


async def test_everything_of_an_event_comes_back(log, keys):
    given = noted(7, kind=COUNTED)
    await log.append([given])
    async with log.subscribe("reader") as subscription:
        (stored,) = await some(subscription, 1)
    assert stored.event == given


async def test_personal_data_is_sealed_at_rest_and_opens_with_its_key(log, keys):
    given = noted(7)
    await log.append([given])
    async with log.subscribe("reader") as subscription:
        found = await some(subscription, 1)
    assert found[0].event.sealed
    assert b"number" not in found[0].event.data
    (happened,) = await Reading(keys, VOCABULARY).read(found)
    assert happened.payload == Noted(7)
    assert happened.event == given


async def test_what_was_not_committed_comes_again(log, keys):
    await log.append([noted(number) for number in range(6)])
    async with log.subscribe("reader") as subscription:
        await some(subscription, 2)
        await subscription.commit()
        await some(subscription, 3)
    assert by_subject(await read_all(log, keys, "reader", 4)) == {ADA: [2, 3, 4, 5]}


async def test_consumers_do_not_disturb_each_other(log, keys):
    await log.append([noted(number) for number in range(3)])
    assert len(await read_all(log, keys, "first", 3)) == 3
    assert len(await read_all(log, keys, "second", 3)) == 3
    await log.append([noted(3)])
    assert await read_all(log, keys, "first", 1) == [(ADA, 3)]


async def test_who_waits_is_woken_by_an_append(log, keys):
    async with log.subscribe("reader") as subscription:
        waiting = asyncio.create_task(some(subscription, 1))
        await asyncio.sleep(0)
        await log.append([noted(1)])
        assert len(await waiting) == 1


async def test_nothing_comes_of_nothing(log):
    async with log.subscribe("reader") as subscription:
        assert list(await subscription.fetch(10, 0.0)) == []
        await subscription.commit()
    assert await log.lag("reader") == 0


async def test_lag_is_what_is_still_to_read(log, keys):
    await log.append([noted(number) for number in range(5)])
    assert await log.lag("reader") >= 5
    await read_all(log, keys, "reader", 3)
    assert await log.lag("reader") == 2
    await read_all(log, keys, "reader", 2)
    assert await log.lag("reader") == 0


async def test_a_place_can_be_moved(log, keys):
    await log.append([noted(number) for number in range(4)])
    async with log.subscribe("first") as subscription:
        await some(subscription, 2)
        place = subscription.position()
    async with log.subscribe("second") as subscription:
        await subscription.seek(place)
        await subscription.commit()
    assert await log.committed("second") == place
    assert await read_all(log, keys, "second", 2) == [(ADA, 2), (ADA, 3)]


async def test_a_place_that_is_forgotten_begins_anew(log, keys):
    await log.append([noted(number) for number in range(2)])
    await read_all(log, keys, "reader", 2)
    await log.forget("reader")
    assert len(await read_all(log, keys, "reader", 2)) == 2


async def test_trimmed_events_are_gone_for_newcomers(log, keys):
    await log.append([noted(number) for number in range(6)])
    async with log.subscribe("reader") as subscription:
        await some(subscription, 4)
        await subscription.commit()
        await log.trim(earliest([subscription.position()]))
    assert await read_all(log, keys, "reader", 2) == [(ADA, 4), (ADA, 5)]
    assert await read_all(log, keys, "newcomer", 2) == [(ADA, 4), (ADA, 5)]


async def test_numbers_go_on_after_everything_was_trimmed(log, keys):
    await log.append([noted(0)])
    await read_all(log, keys, "reader", 1)
    await log.trim(await log.committed("reader"))
    await log.append([noted(1)])
    assert await read_all(log, keys, "reader", 1) == [(ADA, 1)]


async def test_who_is_erased_cannot_be_read_and_leaves_no_new_trace(log, keys):
    await log.append([noted(1), noted(2, BOB)])
    await log.append([SUBJECT_ERASED.event(Occasion(ADA, 5), SubjectErased())])
    await log.append([noted(3), noted(4, BOB)])
    async with log.subscribe("reader") as subscription:
        found = await some(subscription, 4)
    happened = await Reading(keys, VOCABULARY).read(found)
    assert [one.payload.number for one in happened if one.event.subject == BOB] == [2, 4]
    assert [type(one.payload) for one in happened if one.event.subject == ADA] == [SubjectErased]
    assert await keys.find([ADA]) == {}
    assert await keys.obtain([ADA]) == {}


class Collecting:
    """A consumer that is interrupted, and counts each event once."""

    name = "collecting"

    def __init__(self, fail_at: int | None = None) -> None:
        self.seen: dict[tuple[str, str], int] = {}
        self.calls = 0
        self.fail_at = fail_at

    async def place(self) -> str:
        return self.name

    async def handle(self, place, events) -> None:
        for stored in events:
            self.seen[stored.event.subject, stored.event.id] = stored.number
        self.calls += 1
        if self.calls == self.fail_at:
            raise ConnectionError("taken away in the middle")


async def test_a_consumer_that_failed_gets_everything(log):
    sent = [noted(number, subject=f"{number % 3}" * 22) for number in range(30)]
    await log.append(sent)
    consumer = Collecting(fail_at=1)
    with pytest.raises(ConnectionError):
        await Worker(log, consumer).drain()
    worker = Worker(log, consumer)
    while len(consumer.seen) < 30 or await log.lag("collecting"):
        await worker.drain()
    assert set(consumer.seen) == {(event.subject, event.id) for event in sent}


async def test_the_same_event_again_is_one_event_to_a_consumer(log):
    event = noted(1, ident=new_id())
    await log.append([event, event])
    await log.append([event])
    await log.append([noted(2, BOB)])
    consumer = Collecting()
    while len(consumer.seen) < 2:
        await Worker(log, consumer).drain()
    assert len(consumer.seen) == 2


async def test_appends_at_the_same_time_are_all_kept(log, keys):
    await asyncio.gather(*(log.append([noted(number)]) for number in range(50)))
    found = await read_all(log, keys, "reader", 50)
    assert sorted(number for _subject, number in found) == list(range(50))
