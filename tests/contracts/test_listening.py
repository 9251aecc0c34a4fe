"""What every projection of listens promises: history, counts, and builds that are equal."""

import random
from dataclasses import dataclass

import pytest

from server_stub.engines.memory.events import MemoryEvents, MemorySnapshots
from server_stub.engines.memory.listening import MemoryListening
from server_stub.engines.relational.events_log import RelationalEvents
from server_stub.engines.relational.events_projection import RelationalSnapshots
from server_stub.engines.relational.listening_store import RelationalListening
from server_stub.kernel.clock import ManualClock
from server_stub.kernel.events.consuming import Reading, Worker
from server_stub.kernel.events.erasure import SUBJECT_ERASED, SubjectErased
from server_stub.kernel.events.errors import MovedError
from server_stub.kernel.events.projections import Projecting, rebuild, save_snapshot
from server_stub.kernel.events.retention import forget_old
from server_stub.kernel.events.types import Occasion, Vocabulary
from server_stub.listening.events import (
    TRACK_PLAYED,
    TRACK_SKIPPED,
    TRACK_SOUGHT,
    TYPES,
    TrackPlayed,
    TrackSkipped,
    TrackSought,
)
from server_stub.listening.ports import Place
from sync.wire.events import Listen, PlayCount
from sync.wire.ids import encode
from tests.engines_postgres import ADAPTERS, RELATIONAL

ADA, BOB = encode(1), encode(2)
T = 1_700_000_000_000
TRACKS = [encode(100 + number) for number in range(5)]


@dataclass
class Stand:
    """A projection with everything around it."""

    log: object
    projection: object
    snapshots: object
    clock: ManualClock

    def __post_init__(self):
        self.reading = Reading(self.log, Vocabulary([*TYPES, SUBJECT_ERASED]))
        self.worker = Worker(self.log, Projecting(self.projection, self.reading))

    async def rebuild(self):
        return await rebuild(self.log, self.projection, self.reading, self.snapshots)

    async def digest(self):
        return await self.projection.digest(await self.projection.live())


@pytest.fixture(params=ADAPTERS)
def stand(request, open_database):
    clock = ManualClock(T / 1000)
    if request.param == "memory":
        log = MemoryEvents(clock)
        return Stand(log, MemoryListening(), MemorySnapshots(log), clock)
    database = open_database(request.param)
    log = RelationalEvents(database, clock)
    return Stand(log, RelationalListening(database), RelationalSnapshots(database), clock)


def played(number: int, user=ADA, track=TRACKS[0], heard_ms=200_000, at=None):
    payload = TrackPlayed(track_id=track, heard_ms=heard_ms, duration_ms=240_000)
    return TRACK_PLAYED.event(
        Occasion(user, T + number if at is None else at, encode(number)), payload
    )


def skipped(number: int, user=ADA, track=TRACKS[0], heard_ms=5_000):
    payload = TrackSkipped(
        track_id=track, heard_ms=heard_ms, duration_ms=240_000, position_ms=heard_ms
    )
    return TRACK_SKIPPED.event(Occasion(user, T + number, encode(number)), payload)


def evening(seed: int, count: int) -> list:
    """Plays, skips and seeks of two people, some of them told twice, not in the order of time."""
    chance = random.Random(seed)
    events = []
    for number in range(count):
        user, track = chance.choice((ADA, BOB)), chance.choice(TRACKS)
        heard_ms = chance.randrange(240_000)
        sought = TRACK_SOUGHT.event(
            Occasion(user, T, encode(10_000 + number)),
            TrackSought(track_id=track, from_ms=0, to_ms=heard_ms),
        )
        at = T + chance.randrange(10**9)
        made = played(number, user, track, heard_ms, at), skipped(number, user, track, heard_ms)
        events.append(chance.choice((*made, sought)))
    return events + chance.sample(events, count // 4)


async def test_history_is_newest_first_and_goes_on_in_pages(stand):
    await stand.log.append([played(number, track=TRACKS[number % 2]) for number in (3, 1, 2)])
    await stand.log.append([played(9, BOB)])
    await stand.worker.drain()
    first = await stand.projection.history(ADA, 2, None)
    assert first[0] == Listen(
        id=encode(3), at=T + 3, track_id=TRACKS[1], heard_ms=200_000, counted=True
    )
    rest = await stand.projection.history(ADA, 2, Place(first[-1].at, first[-1].id))
    assert [one.at - T for one in (*first, *rest)] == [3, 2, 1]
    assert await stand.projection.history(encode(3), 2, None) == []


async def test_plays_are_counted_by_what_was_heard(stand):
    await stand.log.append(
        [played(1), played(2, heard_ms=29_999), skipped(3), skipped(4, heard_ms=31_000)]
    )
    await stand.log.append([played(5, track=TRACKS[1]), played(6, BOB)])
    await stand.worker.drain()
    assert await stand.projection.plays(ADA, 1) == [
        PlayCount(
            track_id=TRACKS[0], plays=2, skips=2, heard_ms=265_999, first_at=T + 1, last_at=T + 4
        )
    ]
    assert [one.track_id for one in await stand.projection.plays(ADA, 9)] == TRACKS[:2]


async def test_a_play_told_again_counts_once_whatever_happens_between(stand):
    await stand.log.append([played(1)])
    await stand.worker.drain()
    live = await stand.projection.live()
    async with stand.log.subscribe("again") as subscription:
        happened = await stand.reading.read(await subscription.fetch(10, 0))
    before = await stand.digest()
    await stand.projection.apply(live, happened)
    await stand.projection.apply(live, [*happened, *happened])
    assert await stand.digest() == before


@pytest.mark.parametrize("seed", range(3))
async def test_a_rebuild_is_byte_identical_to_the_live_build(stand, seed):
    events = evening(seed, 120)
    for start in range(0, len(events), 7):
        await stand.log.append(events[start : start + 7])
        await stand.worker.drain()
    before = await stand.digest()
    rebuilt = await stand.rebuild()
    assert (rebuilt.digest, rebuilt.replaced) == (before, before)
    assert await stand.digest() == before
    assert len(await stand.projection.history(ADA, 200, None)) > 20


async def test_the_worker_goes_on_behind_the_rebuild(stand):
    await stand.log.append([played(1)])
    await stand.worker.drain()
    old = await stand.projection.live()
    await stand.rebuild()
    with pytest.raises(MovedError):
        await stand.projection.apply(old, [])
    await stand.log.append([played(2)])
    assert await stand.worker.drain() == 1
    assert len(await stand.projection.history(ADA, 9, None)) == 2
    assert await stand.log.committed(f"listening.{old}") == {}


async def test_a_rebuild_that_another_one_replaced_gives_up(stand):
    first = await stand.projection.begin()
    second = await stand.projection.begin()
    with pytest.raises(MovedError):
        await stand.projection.promote(first)
    await stand.projection.promote(second)
    assert await stand.projection.live() == second


@pytest.mark.parametrize("stand", RELATIONAL, indirect=True)  # memory ends with its process
async def test_a_rebuild_that_was_killed_does_not_hold_the_log_for_ever(stand):
    await stand.log.append([played(1), played(2)])
    await stand.worker.drain()
    killed = await stand.projection.begin()
    async with stand.log.subscribe(f"listening.{killed}") as subscription:
        await subscription.fetch(1, 0)
        await subscription.commit()
    await stand.rebuild()
    await stand.log.trim(await stand.log.committed(await stand.worker.consumer.place()))
    async with stand.log.subscribe("newcomer") as subscription:
        assert list(await subscription.fetch(9, 0)) == []


async def test_a_rebuild_that_fails_leaves_the_live_build(stand):
    await stand.log.append([played(1)])
    await stand.worker.drain()

    async def broken(_happened):
        raise ConnectionError

    reading = Reading(stand.log, Vocabulary(TYPES))
    reading.read = broken
    with pytest.raises(ConnectionError):
        await rebuild(stand.log, stand.projection, reading, stand.snapshots)
    assert len(await stand.projection.history(ADA, 9, None)) == 1


async def test_old_events_go_and_a_rebuild_starts_from_the_snapshot(stand):
    await stand.log.append(evening(5, 60))
    await stand.worker.drain()
    stand.clock.advance(100)
    await stand.log.append([played(20_001)])
    await stand.worker.drain()
    before = await stand.digest()
    kept = ([stand.projection], stand.snapshots)
    assert await forget_old(stand.log, stand.log, [stand.worker], kept, T + 50_000)
    async with stand.log.subscribe("newcomer") as subscription:
        assert len(await subscription.fetch(500, 0)) == 1
    rebuilt = await stand.rebuild()
    assert (rebuilt.events, rebuilt.digest) == (0, before)
    await stand.log.append([played(20_002)])
    await stand.worker.drain()
    assert (await stand.rebuild()).digest == await stand.digest() != before


async def test_nothing_goes_that_a_reader_has_not_read(stand):
    await stand.log.append([played(1)])
    stand.clock.advance(100)
    kept = ([stand.projection], stand.snapshots)
    assert await forget_old(stand.log, stand.log, [stand.worker], kept, T + 50_000) == {}
    assert await stand.worker.drain() == 1


async def test_who_is_erased_is_gone_from_builds_and_snapshots(stand):
    await stand.log.append([played(1), played(2, BOB)])
    await stand.worker.drain()
    await save_snapshot(stand.log, stand.projection, stand.snapshots)
    await stand.log.append([SUBJECT_ERASED.event(Occasion(ADA, T), SubjectErased())])
    await stand.worker.drain()
    assert await stand.projection.history(ADA, 9, None) == []
    assert await stand.projection.plays(ADA, 9) == []
    rebuilt = await stand.rebuild()
    assert rebuilt.digest == rebuilt.replaced
    assert await stand.projection.history(ADA, 9, None) == []
    assert len(await stand.projection.history(BOB, 9, None)) == 1
