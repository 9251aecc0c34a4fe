"""Consumers: they get every event at least once, in order for each subject, and go on after a stop.

A consumer is idempotent: the same event a second time changes nothing. One that fails gets the same
events again, later and later; the others go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.errors import EventDamagedError, MovedError
from server_stub.kernel.events.ports import EventLog, Stored, SubjectKeys, Subscription
from server_stub.kernel.events.sealing import opened
from server_stub.kernel.events.types import Vocabulary

BATCH = 500
WAIT_S = 30.0
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 60.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that was opened and understood."""

    event: Event
    payload: Any


class Consumer(Protocol):
    """Something that follows the log."""

    @property
    def name(self) -> str:
        """For operators."""
        ...

    async def place(self) -> str:
        """The name under which its place in the log is kept now."""
        ...

    async def handle(self, place: str, events: Sequence[Stored]) -> None:
        """Take events in. Raises MovedError if its place is another one by now."""
        ...


class Reading:
    """Opens and understands events."""

    def __init__(self, keys: SubjectKeys, vocabulary: Vocabulary) -> None:
        self._keys = keys
        self._vocabulary = vocabulary

    async def read(self, events: Sequence[Stored]) -> list[Happened]:
        """Those that can be read: neither of a forgotten subject, nor unknown, nor damaged.

        Raises EventTooNewError.
        """
        sealed = {stored.event.subject for stored in events if stored.event.sealed}
        keys = await self._keys.find(sealed) if sealed else {}
        found = []
        for stored in events:
            event = stored.event
            if event.sealed and event.subject not in keys:
                continue
            try:
                clear = opened(event, keys[event.subject]) if event.sealed else event
                payload = self._vocabulary.read(clear)
            except EventDamagedError as error:
                _log.error("skipped a damaged event", event_id=event.id, reason=error.detail)
                continue
            if payload is not None:
                found.append(Happened(clear, payload))
        return found


class Reacting:
    """A consumer that does something about each event it understands. Again is as good as once."""

    def __init__(
        self, name: str, reading: Reading, react: Callable[[Happened], Awaitable[None]]
    ) -> None:
        self._name = name
        self._reading = reading
        self._react = react

    @property
    def name(self) -> str:
        """For operators, and of its place."""
        return self._name

    async def place(self) -> str:
        """Always the same."""
        return self._name

    async def handle(self, _place: str, events: Sequence[Stored]) -> None:
        """React to each event in turn."""
        for happened in await self._reading.read(events):
            await self._react(happened)


class Relaying:
    """The consumer that carries events on to another log, sealed as they are."""

    name = "relay"

    def __init__(self, target: EventLog) -> None:
        self._target = target

    async def place(self) -> str:
        """Always the same."""
        return self.name

    async def handle(self, _place: str, events: Sequence[Stored]) -> None:
        """Append the same events there."""
        await self._target.append([stored.event for stored in events])


@dataclass
class Progress:
    """How a worker does, since it was started."""

    handled: int = 0
    failures: int = 0
    failing: str = ""
    """Why the last try failed; empty when it did not."""


@dataclass
class Worker:
    """Carries the log to one consumer."""

    log: EventLog
    consumer: Consumer
    progress: Progress = field(default_factory=Progress)

    async def run(self) -> None:
        """Go on until cancelled."""
        delay_s = FIRST_RETRY_S
        while True:
            handled = self.progress.handled
            try:
                await self._follow()
            except MovedError:
                continue
            except Exception as error:  # noqa: BLE001 - whatever it is, the log goes on and so do others
                self.progress.failures += 1
                self.progress.failing = f"{type(error).__name__}: {error}"
                _log.warning(
                    "a consumer failed and tries again", consumer=self.consumer.name, exc_info=True
                )
            if self.progress.handled > handled:
                delay_s = FIRST_RETRY_S
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, LONGEST_RETRY_S)

    async def drain(self) -> int:
        """Handle what there is now; how many events that were. Raises what the consumer raises."""
        place = await self.consumer.place()
        before = self.progress.handled
        async with self.log.subscribe(place) as subscription:
            while await self._step(place, subscription, 0.0):
                pass
        return self.progress.handled - before

    async def lag(self) -> int:
        """At most how many events the consumer has still to read."""
        return await self.log.lag(await self.consumer.place())

    async def _follow(self) -> None:
        place = await self.consumer.place()
        async with self.log.subscribe(place) as subscription:
            while True:
                await self._step(place, subscription, WAIT_S)

    async def _step(self, place: str, subscription: Subscription, wait_s: float) -> int:
        events = await subscription.fetch(BATCH, wait_s)
        if events:
            await self.consumer.handle(place, events)
            await subscription.commit()
            self.progress.handled += len(events)
            self.progress.failing = ""
        return len(events)
