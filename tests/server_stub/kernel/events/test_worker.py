"""Workers: carry on after failures, follow what moved, stop when told."""

import asyncio

import msgspec

from server_stub.engines.memory.events import MemoryEvents
from server_stub.kernel.events import consuming
from server_stub.kernel.events.consuming import Worker
from server_stub.kernel.events.errors import MovedError
from server_stub.kernel.events.types import EventType, Occasion


class Noted(msgspec.Struct, frozen=True):
    number: int


NOTED = EventType("tests.noted", Noted, personal=False)


def noted(number: int):
    return NOTED.event(Occasion("s", number), Noted(number))


class Listener:
    """Fails as often as it is told to, and moves once."""

    name = "listener"

    def __init__(self, failures: int = 0, *, moves: bool = False) -> None:
        self.failures = failures
        self.moves = moves
        self.where = "listener.1"
        self.seen: list[int] = []
        self.enough = asyncio.Event()

    async def place(self) -> str:
        return self.where

    async def handle(self, place, events) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("not now")
        if self.moves:
            self.moves, self.where = False, "listener.2"
            raise MovedError("elsewhere")
        self.seen += [stored.number for stored in events]
        self.enough.set()


async def until_enough(worker: Worker) -> None:
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(worker.consumer.enough.wait(), 30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_consumer_that_fails_gets_the_same_events_later(monkeypatch):
    monkeypatch.setattr(consuming, "FIRST_RETRY_S", 0.0)
    log = MemoryEvents()
    await log.append([noted(1), noted(2)])
    worker = Worker(log, Listener(failures=3))
    await until_enough(worker)
    assert worker.consumer.seen == [1, 2]
    assert (worker.progress.failures, worker.progress.failing) == (3, "")


async def test_a_consumer_that_moved_is_followed():
    log = MemoryEvents()
    await log.append([noted(1)])
    worker = Worker(log, Listener(moves=True))
    await until_enough(worker)
    assert worker.consumer.seen == [1]
    assert worker.progress.failures == 0


async def test_a_worker_started_again_goes_on_where_it_stopped():
    log = MemoryEvents()
    await log.append([noted(1)])
    await until_enough(Worker(log, Listener()))
    await log.append([noted(2)])
    later = Worker(log, Listener())
    assert await later.lag() in {1, 2}  # the first may have been stopped before it could commit
    await later.drain()
    assert later.consumer.seen[-1] == 2
    assert await later.lag() == 0
