"""Projections: read models made of nothing but events, so that they can be made again.

A projection exists in numbered builds, one of which is live. A rebuild fills a new build from the
log beside the live one, which goes on serving; then the new one takes its place. A build depends
only on the events, not on how they were cut into batches or how often they came.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from server_stub.kernel.events.consuming import Happened, Reading, Worker
from server_stub.kernel.events.ports import EventLog, Position, Stored


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a projection knows of one subject, as bytes."""

    subject: str
    data: bytes


class Projection(Protocol):
    """A read model in builds."""

    @property
    def name(self) -> str:
        """The context it belongs to."""
        ...

    async def live(self) -> int:
        """The build that readers see."""
        ...

    async def begin(self) -> int:
        """A new, empty build."""
        ...

    async def apply(self, build: int, happened: Sequence[Happened]) -> None:
        """Take events in. Raises MovedError if the build is gone."""
        ...

    async def promote(self, build: int) -> None:
        """Show this build to readers and drop all others."""
        ...

    async def drop(self, build: int) -> None:
        """Give a build up that is not live."""
        ...

    async def digest(self, build: int) -> str:
        """SHA-256 over all it holds, in an order of its own: equal for equal builds."""
        ...

    def states(self, build: int) -> AsyncIterator[Snapshot]:
        """All it holds, subject by subject."""
        ...

    async def restore(self, build: int, states: Sequence[Snapshot]) -> None:
        """Put back what `states` gave."""
        ...


class Snapshots(Protocol):
    """Kept states of projections, from which a rebuild starts when the log was trimmed."""

    async def save(self, name: str, position: Position, states: Sequence[Snapshot]) -> None:
        """Replace the snapshot of a projection."""
        ...

    async def position(self, name: str) -> Position | None:
        """Where in the log the snapshot was taken; None if there is none."""
        ...

    def load(self, name: str) -> AsyncIterator[Sequence[Snapshot]]:
        """The states, without those of forgotten subjects."""
        ...


class Projecting:
    """The consumer that keeps a projection up to date."""

    def __init__(self, projection: Projection, reading: Reading, build: int | None = None) -> None:
        """`build` is the one to fill; None follows whichever is live."""
        self._projection = projection
        self._reading = reading
        self._build = build

    @property
    def name(self) -> str:
        """The projection's."""
        return self._projection.name

    async def place(self) -> str:
        """Each build has its own place in the log."""
        build = await self._projection.live() if self._build is None else self._build
        return place_of(self._projection, build)

    async def handle(self, place: str, events: Sequence[Stored]) -> None:
        """Take events in. Raises MovedError."""
        happened = await self._reading.read(events)
        await self._projection.apply(int(place.rpartition(".")[2]), happened)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    name: str
    events: int
    digest: str
    replaced: str
    """The digest of the build before, as it was when the new one took over."""


async def rebuild(
    log: EventLog, projection: Projection, reading: Reading, snapshots: Snapshots
) -> Rebuilt:
    """Make a projection again from the log while readers and its worker go on."""
    build = await projection.begin()
    place = place_of(projection, build)
    try:
        await _start(log, projection, snapshots, build)
        worker = Worker(log, Projecting(projection, reading, build))
        events = await worker.drain()
        before = await projection.live()
        done = Rebuilt(
            projection.name,
            events,
            await projection.digest(build),
            await projection.digest(before),
        )
        await projection.promote(build)
    except BaseException:
        await projection.drop(build)
        await log.forget(place)
        raise
    await log.forget(place_of(projection, before))
    return done


async def save_snapshot(log: EventLog, projection: Projection, snapshots: Snapshots) -> Position:
    """Keep what a projection knows now, and where in the log that is.

    The position is read first: a rebuild then gets some events again that the state holds already,
    which changes nothing, but misses none.
    """
    build = await projection.live()
    position = await log.committed(place_of(projection, build))
    states = [state async for state in projection.states(build)]
    await snapshots.save(projection.name, position, states)
    return position


def place_of(projection: Projection, build: int) -> str:
    """Where a build stands in the log."""
    return f"{projection.name}.{build}"


async def _start(log: EventLog, projection: Projection, snapshots: Snapshots, build: int) -> None:
    """Put a new build where the oldest events are, or where the snapshot was taken."""
    position = await snapshots.position(projection.name)
    if position is None:
        return
    async for states in snapshots.load(projection.name):
        await projection.restore(build, states)
    async with log.subscribe(place_of(projection, build)) as subscription:
        await subscription.seek(position)
        await subscription.commit()
