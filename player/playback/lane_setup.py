"""Getting lanes ready: grant, index and decoder configuration, in the background, at most one
chore a lane."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from player.errors import PlayerError
from player.playback.bandwidth import BandwidthEstimator
from player.playback.errors import (
    IndexStaleError,
    MediaDamagedError,
    RenditionLostError,
    RenditionReplacedError,
    TrackUnavailableError,
)
from player.playback.grants import GrantBook, GrantedTrack
from player.playback.lane import Lane
from player.playback.load_control import LoadControl
from player.playback.media import MediaDesk
from player.playback.ports import Clock
from player.playback.quality import Limits, QualityChoice, QualityView
from player.playback.recovery import Persistence, Recovery, retryable
from player.playback.trace import Tracer
from sync.wire.playback import PIECE_SAMPLES, Rendition

GROWTH_AHEAD = 4
"""Pieces before the known end of a growing rendition at which more are asked for."""
STALE_INDEXES = 6
"""So often the index of a growing rendition may be newer than its manifest before it is given
up; a complete one that is still named by a new manifest is given up at once."""
STALE_PAUSE_S = 0.4
GROWTH_URGENT_S = 3.0
"""With less buffer than this a growing rendition is asked about after a short pause."""
GROWTH_SHORT_PAUSE_S = 0.5
GROWTH_PAUSE_S = 1.5
GROWTH_LONGEST_PAUSE_S = 10.0
AHEAD_FACTOR = 1.1
"""How much of the first piece comes with the decoder configuration, of its average size."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The three small parts that decide."""

    bandwidth: BandwidthEstimator
    load: LoadControl
    quality: QualityChoice


@dataclass(frozen=True, slots=True)
class LoadingWorld:
    """What loading works with."""

    desk: MediaDesk
    grants: GrantBook
    recovery: Recovery
    policies: Policies
    clock: Clock
    trace: Tracer


class LaneSetup:
    """Starts chores and says when they are done."""

    def __init__(self, world: LoadingWorld, done: Callable[[Lane], None]) -> None:
        self._world = world
        self._done = done
        self.limits = Limits()
        self.buffer_s: Callable[[], float] = lambda: 0.0
        self.playing_kbps: Callable[[], int] = lambda: 0
        """Of the piece asked for last in playing order, 0 if none was."""

    def ready(self, lane: Lane) -> bool:
        """Whether pieces can be asked for; if not, it is being seen to."""
        if lane.error is not None:
            return False
        if lane.opened or lane.ends_at is not None:
            return True
        self._begin(lane, self._prepare)
        return False

    def look_ahead(self, lane: Lane, number: int, buffer_s: float) -> None:
        """Piece `number` is next: open what else there is, and ask for more of what grows."""
        granted = lane.granted
        if granted is None or lane.error is not None or lane.ends_at is not None:
            return
        known = min((len(s.index.pieces) for s in lane.opened.values()), default=0)
        growing = lane.total_pieces is None or not granted.settled
        if growing and number >= known - GROWTH_AHEAD:
            self._grow_when_due(lane, buffer_s)
        elif lane.pieces and not lane.siblings_tried:
            self._begin(lane, self._open_siblings)

    def renew(self, lane: Lane) -> None:
        """What was granted does not hold any more."""
        lane.opened.clear()
        self._begin(lane, self._prepare)

    # ------------------------------------------------------------------ chores

    def _begin(self, lane: Lane, chore: Callable[[Lane], Coroutine[None, None, None]]) -> None:
        if lane.chore is None:
            lane.chore = asyncio.create_task(self._run(lane, chore), name=f"lane {lane.entry}")

    def _grow_when_due(self, lane: Lane, buffer_s: float) -> None:
        """Each question is a licence: the more there is to hear, the rarer they are."""
        if lane.chore is not None:
            return
        lane.disarm()
        due_in_s = lane.asked_at + growth_pause_s(buffer_s, lane.asked_in_vain)
        due_in_s -= self._world.clock.monotonic()
        if due_in_s <= 0:
            self._begin(lane, self._grow)
        else:
            loop = asyncio.get_running_loop()
            lane.alarm = loop.call_later(due_in_s, self._done, lane)

    async def _run(self, lane: Lane, chore: Callable[[Lane], Coroutine[None, None, None]]) -> None:
        try:
            await chore(lane)
        except PlayerError as error:
            if retryable(error):
                await self._world.recovery.wait(error)
            else:
                lane.fail(error)
        finally:
            lane.chore = None
        self._done(lane)

    async def _prepare(self, lane: Lane) -> None:
        lane.grant(await self._granted(lane))
        lane.asked_at = self._world.clock.monotonic()
        kept = [r for r in lane.ladder() if await self._world.desk.is_kept(r)]
        chosen = self._first_choice(lane)
        must_open = not kept or (self.limits.fixed_kbps and chosen not in kept and self._online())
        if must_open:
            await self._open_first(lane)
            return
        for rendition in kept:
            await self._open(lane, rendition)

    async def _open_first(self, lane: Lane) -> None:
        """Open the rendition to begin with: another one if it cannot be had."""
        while True:
            chosen = self._first_choice(lane)
            try:
                await self._open(lane, chosen)
            except RenditionLostError as error:
                lane.refused.add(chosen.id)
                if not lane.ladder():
                    raise error from None
            else:
                return

    async def _granted(self, lane: Lane) -> GrantedTrack:
        """A grant, however long it takes; papers of a growing track serve while we are offline."""
        recovery = self._world.recovery
        persistence = Persistence(recovery)
        while True:
            try:
                await recovery.turn()
                return await self._world.grants.track(lane.track_id)
            except PlayerError as error:
                if not retryable(error):
                    raise
                persistence.failed(error)
                kept = await self._world.grants.kept(lane.track_id)
                if kept is not None:
                    recovery.failed(error)
                    return kept
                if persistence.spent and recovery.connection.state == "online":
                    raise TrackUnavailableError(error.message, remedy=error.remedy) from error
                await recovery.wait(error, persistence.tries)

    async def _open(self, lane: Lane, rendition: Rendition) -> None:
        """Open one rendition, with a newer manifest if the index is ahead of it."""
        for attempt in range(STALE_INDEXES):
            granted = lane.granted
            assert granted is not None
            at_start = lane.sample_of_start() < PIECE_SAMPLES and not lane.pieces
            average = rendition.bytes / max(1, rendition.pieces)
            ahead = int(AHEAD_FACTOR * average) if at_start else 0
            try:
                source = await self._world.desk.open(granted, rendition, ahead=ahead)
            except (IndexStaleError, RenditionReplacedError) as error:
                if attempt:
                    await asyncio.sleep(STALE_PAUSE_S * 2 ** (attempt - 1))
                lane.grant(await self._world.grants.renew(lane.track_id))
                same = [r for r in lane.ladder() if r.id == rendition.id]
                if rendition in same and rendition.complete:
                    raise MediaDamagedError(error.message) from error
                rendition = (same or lane.ladder())[0]
                continue
            lane.opened[rendition.id] = source
            return
        raise MediaDamagedError("the index is never the one that the manifest names")

    async def _open_siblings(self, lane: Lane) -> None:
        lane.siblings_tried = True
        for rendition in lane.ladder():
            if rendition.id in lane.opened:
                continue
            try:
                await self._open(lane, rendition)
            except RenditionLostError as error:
                lane.refused.add(rendition.id)
                if not lane.ladder():
                    raise error from None
            self._done(lane)

    async def _grow(self, lane: Lane) -> None:
        """Ask whether the server has more by now; it writes faster than anybody listens."""
        before = _extent(lane.granted)
        lane.asked_at = self._world.clock.monotonic()
        lane.grant(await self._world.grants.renew(lane.track_id))
        if _extent(lane.granted) <= before:
            lane.asked_in_vain += 1
            return
        lane.asked_in_vain = 0
        lane.siblings_tried = False
        for rendition in lane.ladder()[:1] if not lane.opened else ():
            await self._open(lane, rendition)

    def _first_choice(self, lane: Lane) -> Rendition:
        rungs = lane.guessed_rungs()
        known = [rung.kbps for rung in rungs]
        playing = self.playing_kbps()
        view = QualityView(
            rungs=rungs,
            previous=None,
            playing=known.index(playing) if playing in known else None,
            early=playing in known,
            buffer_s=self.buffer_s(),
            target_s=self._world.policies.load.target_s,
            estimate=self._world.policies.bandwidth.estimate(),
            limits=self.limits,
        )
        return lane.ladder()[self._world.policies.quality.choose(view).rung]

    def _online(self) -> bool:
        return self._world.recovery.connection.state != "offline"


def growth_pause_s(buffer_s: float, in_vain: int) -> float:
    """How long to wait after one question about a growing track before the next."""
    pause_s = max(GROWTH_PAUSE_S, buffer_s / 4)
    if buffer_s < GROWTH_URGENT_S:
        pause_s = GROWTH_SHORT_PAUSE_S * 1.5 ** min(in_vain, 10)
    return min(GROWTH_LONGEST_PAUSE_S, pause_s)


def _extent(granted: GrantedTrack | None) -> tuple[bool, int]:
    """How far a track is prepared: whether everything, and how many pieces."""
    if granted is None:
        return False, 0
    return granted.settled, sum(r.pieces for r in granted.manifest.renditions)
