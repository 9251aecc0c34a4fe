"""The event log and what belongs to it, as contexts and consumers see them."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from server_stub.kernel.events.envelope import Event

Position = Mapping[int, int]
"""By partition of the log: the number of the last event that is done. Empty is the beginning."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event in its place."""

    partition: int
    number: int
    event: Event


class Subscription(Protocol):
    """One consumer at its place in the log. Only one of a name is open at a time."""

    async def fetch(self, limit: int, wait_s: float) -> Sequence[Stored]:
        """The next events, in order for each subject; waits so long for the first one."""
        ...

    async def commit(self) -> None:
        """All that was fetched is done: after a restart the consumer goes on behind it."""
        ...

    async def seek(self, position: Position) -> None:
        """Go on behind that position."""
        ...

    def position(self) -> Position:
        """Behind the last fetched event."""
        ...


class EventLog(Protocol):
    """All events in order. Appending an event again (same subject and id) changes nothing that
    an idempotent consumer can see."""

    async def append(self, events: Sequence[Event]) -> None:
        """Keep events; they are safe when this returns.

        Personal ones are sealed; those of a subject whose key was shredded are dropped.
        """
        ...

    def subscribe(self, place: str) -> AbstractAsyncContextManager[Subscription]:
        """Read on from where this place was committed, the beginning for a new one."""
        ...

    async def committed(self, place: str) -> Position:
        """Where a place stands."""
        ...

    async def lag(self, place: str) -> int:
        """At most how many events it has still to read."""
        ...

    async def forget(self, place: str) -> None:
        """Drop a place that nobody will read from again."""
        ...

    async def trim(self, position: Position) -> None:
        """Drop the events up to that position."""
        ...


class Archive(Protocol):
    """Looks up events outside of the order of consumers."""

    async def of_subject(self, subject: str, after: int, limit: int) -> Sequence[Stored]:
        """Events of one subject behind a number, in order, sealed as they are kept."""
        ...

    async def stored_before(self, time_ms: int) -> Position:
        """The position of the newest event that was kept before that time."""
        ...


class SubjectKeys(Protocol):
    """One key for each subject of personal events."""

    async def obtain(self, subjects: Collection[str]) -> Mapping[str, bytes]:
        """Keys, made where there is none yet; none for subjects that were shredded."""
        ...

    async def find(self, subjects: Collection[str]) -> Mapping[str, bytes]:
        """Keys as far as there are any."""
        ...

    async def shred(self, subject: str) -> None:
        """Destroy a key for good."""
        ...
