"""The event log in memory, with its keys; and snapshots."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from server_stub.kernel.clock import Clock, SystemClock
from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.erasure import is_erasure
from server_stub.kernel.events.ports import Position, Stored
from server_stub.kernel.events.projections import Snapshot
from server_stub.kernel.events.sealing import new_key, seal

_PARTITION = 0


class MemoryEvents:
    """Log, archive and keys that live as long as the process."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._events: list[tuple[int, Stored]] = []
        """With the time it was kept, in Unix ms."""
        self._known: set[tuple[str, str]] = set()
        self._number = 0
        self._places: dict[str, int] = {}
        self._keys: dict[str, bytes | None] = {}
        self._bells: list[asyncio.Event] = []

    async def append(self, events: Sequence[Event]) -> None:
        """Keep events."""
        self.add(events)

    def add(self, events: Sequence[Event]) -> None:
        """What `append` does, for stores that change their state at the same moment."""
        for event in events:
            self._add(event)
        for bell in self._bells:
            bell.set()

    @asynccontextmanager
    async def subscribe(self, place: str) -> "AsyncIterator[_Subscription]":
        """Read on from where this place was committed."""
        bell = asyncio.Event()
        self._bells.append(bell)
        try:
            yield _Subscription(self, place, bell)
        finally:
            self._bells.remove(bell)

    async def committed(self, place: str) -> Position:
        """Where a place stands."""
        return _position(self._places.get(place, 0))

    async def lag(self, place: str) -> int:
        """How many events it has still to read."""
        number = self._places.get(place, 0)
        return sum(stored.number > number for _at, stored in self._events)

    async def forget(self, place: str) -> None:
        """Drop a place."""
        self._places.pop(place, None)

    async def trim(self, position: Position) -> None:
        """Drop the events up to that position, but none that a place has still to read."""
        limit = min([position.get(_PARTITION, 0), *self._places.values()])
        self._events = [one for one in self._events if one[1].number > limit]

    async def of_subject(self, subject: str, after: int, limit: int) -> Sequence[Stored]:
        """Events of one subject, in order."""
        return [stored for stored in self.behind(after) if stored.event.subject == subject][:limit]

    async def stored_before(self, time_ms: int) -> Position:
        """The newest event that was kept before that time."""
        first = next((stored.number for at, stored in self._events if at >= time_ms), None)
        return _position(self._number if first is None else first - 1)

    async def obtain(self, subjects: Collection[str]) -> Mapping[str, bytes]:
        """Keys, made where there is none yet."""
        for subject in subjects:
            self._keys.setdefault(subject, new_key())
        return await self.find(subjects)

    async def find(self, subjects: Collection[str]) -> Mapping[str, bytes]:
        """Keys as far as there are any."""
        return {one: key for one in subjects if (key := self._keys.get(one)) is not None}

    async def shred(self, subject: str) -> None:
        """Destroy a key for good."""
        self._keys[subject] = None

    def behind(self, number: int) -> list[Stored]:
        """The events behind a number."""
        return [stored for _at, stored in self._events if stored.number > number]

    def place(self, name: str, number: int | None = None) -> int:
        """Where a place stands; with a number, it is put there."""
        if number is not None:
            self._places[name] = number
        return self._places.get(name, 0)

    def _add(self, event: Event) -> None:
        if (event.subject, event.id) in self._known:
            return
        if event.personal and not event.sealed:
            key = self._keys.setdefault(event.subject, new_key())
            if key is None:
                return
            event = seal(event, key)
        self._known.add((event.subject, event.id))
        self._number += 1
        stored = Stored(_PARTITION, self._number, event)
        self._events.append((round(self._clock.now() * 1000), stored))
        if is_erasure(event):
            self._keys[event.subject] = None


class _Subscription:
    """A place in the list."""

    def __init__(self, log: MemoryEvents, place: str, bell: asyncio.Event) -> None:
        self._log = log
        self._place = place
        self._number = log.place(place)
        self._bell = bell

    async def fetch(self, limit: int, wait_s: float) -> Sequence[Stored]:
        """The next events; waits so long for the first one."""
        if not self._log.behind(self._number) and wait_s > 0:
            self._bell.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._bell.wait()
        found = self._log.behind(self._number)[:limit]
        if found:
            self._number = found[-1].number
        return found

    async def commit(self) -> None:
        """All that was fetched is done."""
        self._log.place(self._place, self._number)

    async def seek(self, position: Position) -> None:
        """Go on behind that position."""
        self._number = position.get(_PARTITION, 0)

    def position(self) -> Position:
        """Behind the last fetched event."""
        return _position(self._number)


class MemorySnapshots:
    """Snapshots of projections. Those of a forgotten subject are left out, as their key is."""

    def __init__(self, keys: MemoryEvents) -> None:
        self._keys = keys
        self._kept: dict[str, tuple[Position, tuple[Snapshot, ...]]] = {}

    async def save(self, name: str, position: Position, states: Sequence[Snapshot]) -> None:
        """Replace the snapshot of a projection."""
        keys = await self._keys.obtain([state.subject for state in states])
        kept = tuple(state for state in states if state.subject in keys)
        self._kept[name] = (dict(position), kept)

    async def position(self, name: str) -> Position | None:
        """Where in the log the snapshot was taken; None if there is none."""
        return self._kept[name][0] if name in self._kept else None

    async def load(self, name: str) -> AsyncIterator[Sequence[Snapshot]]:
        """The states, without those of forgotten subjects."""
        states = self._kept[name][1] if name in self._kept else ()
        keys = await self._keys.find([state.subject for state in states])
        yield [state for state in states if state.subject in keys]


def _position(number: int) -> Position:
    return {_PARTITION: number} if number else {}
