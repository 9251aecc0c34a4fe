"""The outbox: nothing acknowledged is lost, nothing is applied twice, a key keeps its order."""

import asyncio
from random import Random

import pytest

from sync.adapters.carrier_memory import MemoryCarrier
from sync.adapters.outbox_memory import MemoryOutboxStore
from sync.errors import CarrierAwayError, CarrierRefusedError
from sync.outbox.model import Pending
from sync.outbox.service import BATCH, Outbox
from sync.retrying import FIRST_PAUSE_S, LONGEST_PAUSE_S
from sync.wire.intents import Intent, Verdicts


def intents(count, key="playlist:p"):
    return [Intent(kind="edited", key=key, at_ms=n) for n in range(count)]


@pytest.fixture
def carrier():
    return MemoryCarrier()


@pytest.fixture
async def outbox(carrier):
    made = Outbox(MemoryOutboxStore(), carrier, random=Random(4))
    yield made
    await made.close()


@pytest.fixture
async def working(outbox):
    """The outbox while `run` delivers."""
    task = asyncio.create_task(outbox.run())
    yield outbox
    task.cancel()
    await asyncio.wait([task])


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


async def test_what_is_put_arrives_in_order(working, carrier):
    sent = intents(BATCH + 7)
    await working.put(*sent)
    await until(lambda: working.pending == Pending())
    assert carrier.applied == sent


async def test_it_waits_for_the_server_and_goes_on_when_told(working, carrier):
    carrier.away = True
    await working.put(*intents(3))
    await until(lambda: working.trouble)
    assert working.trouble == "the server is away"
    assert working.pending == Pending(waiting=3)
    carrier.away = False
    working.hurry()
    await until(lambda: not working.trouble and working.pending == Pending())
    assert len(carrier.applied) == 3


async def test_a_lost_answer_applies_nothing_twice(outbox, carrier):
    sent = intents(5)
    await outbox.put(*sent)
    carrier.loses_answers = True
    with pytest.raises(CarrierAwayError):
        await outbox.deliver()
    assert outbox.pending == Pending(waiting=5)
    assert await outbox.deliver() == 5
    assert carrier.applied == sent


async def test_a_refusal_is_kept_with_its_reason_until_the_listener_decides(outbox, carrier):
    first, second = intents(2)
    (elsewhere,) = intents(1, key="playlist:q")
    carrier.judge = lambda one: "you may not edit this" if one == first else ""
    await outbox.put(first, second, elsewhere)
    assert await outbox.deliver() == 2
    assert await outbox.deliver() == 0
    assert carrier.applied == [elsewhere]
    assert outbox.pending == Pending(waiting=1, refused=1)
    (refusal,) = await outbox.refusals()
    assert (refusal.intent, refusal.reason) == (first, "you may not edit this")
    carrier.judge = lambda one: ""
    assert await outbox.retry(first.id)
    await outbox.deliver()
    assert carrier.applied == [elsewhere, first, second]


async def test_dropping_a_refused_one_lets_the_rest_go(outbox, carrier):
    first, second = intents(2)
    carrier.judge = lambda one: "no" if one == first else ""
    await outbox.put(first, second)
    await outbox.deliver()
    assert await outbox.drop(first.id)
    assert not await outbox.drop(first.id)
    await outbox.deliver()
    assert carrier.applied == [second]


class Picky:
    """Takes no batch that has the one bad intent in it."""

    def __init__(self, bad):
        self.bad, self.applied = bad, []

    async def carry(self, batch):
        if self.bad in batch:
            raise CarrierRefusedError("a field is missing")
        self.applied += batch
        return Verdicts(applied=frozenset(one.id for one in batch))


async def test_one_that_spoils_its_batch_is_found_and_set_aside():
    sent = [one for n in range(20) for one in intents(1, key=f"track:{n}")]
    picky = Picky(sent[13])
    outbox = Outbox(MemoryOutboxStore(), picky)
    await outbox.put(*sent)
    while await outbox.deliver():
        pass
    assert picky.applied == sent[:13] + sent[14:]
    assert [refusal.reason for refusal in await outbox.refusals()] == ["a field is missing"]
    await outbox.close()


class Silent:
    """Answers, but for nothing of what was sent."""

    async def carry(self, batch):
        return Verdicts()


async def test_an_answer_that_names_nothing_is_no_reason_to_ask_without_end():
    outbox = Outbox(MemoryOutboxStore(), Silent())
    await outbox.put(*intents(1))
    with pytest.raises(CarrierAwayError):
        await outbox.deliver()
    await outbox.close()


async def test_pauses_grow_to_a_limit_and_begin_anew_after_a_hurry(outbox):
    pauses = [outbox._retrying.next_s() for _ in range(15)]
    for number, pause in enumerate(pauses):
        whole = min(FIRST_PAUSE_S * 2**number, LONGEST_PAUSE_S)
        assert whole / 2 <= pause <= whole
    outbox.hurry()
    assert outbox._retrying.next_s() <= FIRST_PAUSE_S


async def test_changes_are_told(carrier):
    told = []
    outbox = Outbox(
        MemoryOutboxStore(), carrier, on_change=lambda: told.append(outbox.pending.waiting)
    )
    await outbox.put(*intents(2))
    await outbox.deliver()
    assert told == [2, 0]
    await outbox.close()
