"""Keeps the link busy: decides which piece comes next, at which quality, and brings it.

One request follows another without a pause: the next leaves when what is left of the last takes
about a round trip. Decisions are taken by the policies; here is only what they are asked with.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from player.playback.bandwidth import Transfer, blend
from player.playback.flights import FLIGHTS, Flights
from player.playback.lane import Lane
from player.playback.lane_setup import LaneSetup, LoadingWorld
from player.playback.load_control import Load
from player.playback.media import OpenRendition
from player.playback.quality import Choice, Flight, Limits, QualityView
from sync.wire.playback import PIECE_SAMPLES

LOOK_S = 0.5
"""How often a piece on its way is looked at."""
KEPT_AHEAD_S = 10.0
"""Buffer beyond which the first quality that was opened waits for the others to be."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the listener is in the first lane."""

    sample: int
    playing: bool
    stalled: bool


class Loader:
    """Fills lanes in playing order. `changed(lane)` is called when a lane has more, or failed."""

    def __init__(
        self,
        world: LoadingWorld,
        *,
        place: Callable[[], Place],
        changed: Callable[[Lane], None],
    ) -> None:
        self._world = world
        self._place = place
        self._changed = changed
        self._setup = LaneSetup(world, self._lane_ready)
        self._setup.buffer_s = self.buffer_s
        self._setup.playing_kbps = lambda: self._kbps
        self._flights = Flights(
            world, landed=self._lane_changed, nearly=self.wake, renew=self._setup.renew
        )
        self._flights.buffer_s = self.buffer_s
        self._lanes: Sequence[Lane] = ()
        self._wake = asyncio.Event()
        self._filling = True
        self._kbps = 0
        """Of the piece asked for last in playing order."""

    @property
    def limits(self) -> Limits:
        """What the person and the plan allow."""
        return self._setup.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._setup.limits = limits

    @property
    def wasted_bytes(self) -> int:
        """Received of pieces that were given up."""
        return self._flights.wasted_bytes

    # ------------------------------------------------------------------ steering

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """What plays and what follows, in order. Pieces for other lanes are given up."""
        for gone in self._lanes:
            if gone not in lanes:
                gone.close()
        self._lanes = tuple(lanes)
        for air in self._flights.air.copy():
            if air.lane not in lanes:
                self._flights.give_up(air, "skip")
        self._pin()
        self.wake()

    def drop_flights(self, keep_from: int) -> None:
        """The listener jumped in the first lane: pieces before are of no use now."""
        for air in self._flights.air.copy():
            if air.lane is not self._lanes[0] or not 0 <= air.flight.number - keep_from < FLIGHTS:
                self._flights.give_up(air, "seek")
        self.wake()

    def wake(self) -> None:
        """Something changed: think again."""
        self._wake.set()

    def buffer_s(self) -> float:
        """Seconds that can be heard from here without a gap, in following tracks too."""
        if not self._lanes:
            return 0.0
        sample = self._place().sample
        total = 0.0
        for lane in self._lanes:
            total += lane.samples_here(sample) / lane.rate
            if not lane.whole_from(sample // PIECE_SAMPLES):
                break
            sample = 0
        return total

    def complete(self) -> bool:
        """Whether everything to the end of the last lane is here."""
        sample = self._place().sample
        for lane in self._lanes:
            if not lane.whole_from(sample // PIECE_SAMPLES):
                return False
            sample = 0
        return True

    def load(self) -> Load:
        """What load control looks at when it decides to play: pieces in the air do not count."""
        lane, number = self._next_in_order() or (None, 0)
        return replace(self._load(lane, number), buffer_s=self.buffer_s())

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                self._wake.clear()
                self._leave_late_pieces()
                while self._take_off():
                    pass
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._next_look_s()):
                        await self._wake.wait()
        finally:
            self._flights.give_up_all("stop")
            for lane in self._lanes:
                lane.close()

    # ------------------------------------------------------------------ what next

    def _take_off(self) -> bool:
        """Send one request if one is due."""
        if not self._flights.room():
            return False
        wanted = self._wanted()
        if wanted is None:
            return False
        lane, number = wanted
        choice, source = self._choose(lane, number)
        self._flights.launch(lane, number, choice, source)
        return True

    def _wanted(self) -> tuple[Lane, int] | None:
        """The lane and piece to ask for now, None to wait."""
        in_order = self._next_in_order()
        if self._world.policies.load.fetch_early(self._load(None, 0)):
            early = self._next_early()
            if early is not None:
                return early
        if in_order is None:
            return None
        load = self._load(*in_order)
        self._make_room(load)
        lane = in_order[0]
        if lane.chore is not None and load.buffer_s > KEPT_AHEAD_S and self._online():
            return None  # better qualities are being opened
        if not self._filling and load.buffer_s > self._refill_below_s():
            return None
        self._filling = self._world.policies.load.may_fetch(load)
        return in_order if self._filling else None

    def _online(self) -> bool:
        return self._world.recovery.connection.state == "online"

    def _refill_below_s(self) -> float:
        target = self._world.policies.load.target_s
        return target - min(6.0, 0.1 * target)

    def _next_in_order(self) -> tuple[Lane, int] | None:
        first = self._place().sample // PIECE_SAMPLES
        for lane in self._lanes:
            number = self._next_of(lane, first)
            if number is None:
                return None
            total = lane.total_pieces
            if total is None or number < total:
                return (lane, number) if lane.sources(number) else None
            first = 0
        return None

    def _next_early(self) -> tuple[Lane, int] | None:
        """The next track's beginning, while this track is not whole yet."""
        if len(self._lanes) < 2 or self._lanes[0].whole_from(self._here()):
            return None
        lane = self._lanes[1]
        number = self._next_of(lane, 0)
        total = lane.total_pieces
        if number is None or not lane.sources(number) or (total is not None and number >= total):
            return None
        return lane, number

    def _next_of(self, lane: Lane, first: int) -> int | None:
        """The first piece that is neither here nor in the air; None while the lane gets ready."""
        if not self._setup.ready(lane):
            return None
        flying = self._flights.numbers(lane)
        number = lane.first_missing(first)
        while number in flying:
            number = lane.first_missing(number + 1)
        self._setup.look_ahead(lane, number, self.buffer_s())
        return number

    def _here(self) -> int:
        return self._place().sample // PIECE_SAMPLES

    def _load(self, lane: Lane | None, number: int) -> Load:
        place = self._place()
        rungs = lane.rungs(number) if lane is not None else ()
        early = self._lanes[1].samples_here(0) / self._lanes[1].rate if self._lanes[1:] else 0.0
        return Load(
            buffer_s=self.buffer_s() + self._flying_s(),
            buffer_bytes=self._bytes_ahead(),
            left_s=self._left_s(place.sample),
            early_s=early,
            piece_bytes=rungs[-1].piece_bytes if rungs else 0,
            rate=blend(self._world.policies.bandwidth.estimate(), 0.5),
            bytes_per_s=rungs[0].bytes_per_s if rungs else 0.0,
            stalled=place.stalled,
            ended=self.complete(),
            coming=self._online(),
        )

    def _left_s(self, sample: int) -> float:
        lane = self._lanes[0] if self._lanes else None
        if lane is None or lane.duration_samples is None:
            return 0.0
        return max(0, lane.duration_samples - sample) / lane.rate

    def _bytes_ahead(self) -> int:
        flying = sum(air.flight.left + len(air.flight.received) for air in self._flights.air)
        first = self._here()
        for lane in self._lanes:
            flying += lane.bytes_from(first)
            first = 0
        return flying

    def _flying_s(self) -> float:
        return sum(air.lane.piece_s for air in self._flights.air)

    def _make_room(self, load: Load) -> None:
        """What was heard goes when memory is needed for what will be."""
        behind = sum(lane.bytes_from(0) for lane in self._lanes) - load.buffer_bytes
        budget = self._world.policies.load.budget_bytes
        excess = load.buffer_bytes + behind + load.piece_bytes - budget
        if excess > 0 and self._lanes:
            self._lanes[0].drop_behind(self._here(), excess)

    # ------------------------------------------------------------------ which quality

    def _choose(self, lane: Lane, number: int) -> tuple[Choice, OpenRendition]:
        sources, rungs = lane.sources(number), lane.rungs(number)
        before = lane.kbps_of(number - 1) or self._flights.kbps_of(lane, number - 1)
        known = [rung.kbps for rung in rungs]
        early = self._is_early(lane)
        view = QualityView(
            rungs=rungs,
            previous=known.index(before) if before in known else None,
            playing=known.index(self._kbps) if self._kbps in known else None,
            early=early,
            piece_s=lane.piece_s,
            buffer_s=self.buffer_s(),
            target_s=self._world.policies.load.target_s,
            estimate=self._world.policies.bandwidth.estimate(),
            limits=self.limits,
        )
        choice = self._world.policies.quality.choose(view)
        kept = [n for n, source in enumerate(sources) if self._world.desk.has(source, number)]
        offline = self._world.recovery.connection.state == "offline"
        if kept and choice.reason != "fixed" and (kept[-1] >= choice.rung or offline):
            choice = Choice(kept[-1], "kept")
        if not early:
            self._kbps = known[choice.rung]
        return choice, sources[choice.rung]

    def _is_early(self, lane: Lane) -> bool:
        """Whether a lane's turn has not come yet."""
        return lane is not self._lanes[0] and not self._lanes[0].whole_from(self._here())

    def _leave_late_pieces(self) -> None:
        """A piece that will come too late makes way for the same piece in a lower quality."""
        if not self._flights.air or self.limits.fixed_kbps:
            return
        air = self._flights.air[0]
        rungs = air.lane.rungs(air.flight.number)
        known = [rung.kbps for rung in rungs]
        kbps = air.flight.source.rendition.kbps
        if kbps not in known:
            return
        bandwidth = self._world.policies.bandwidth
        received = air.flight.piece.size - air.flight.left
        seconds = self._flights.flown_s(air)
        view = Flight(
            rung=known.index(kbps),
            size=air.flight.piece.size,
            received=received,
            seconds=seconds,
            piece_s=air.lane.piece_s,
            buffer_s=self.buffer_s(),
            target_s=self._world.policies.load.target_s,
            rungs=rungs,
            estimate=bandwidth.estimate(),
            foreseen=bandwidth.foresee(Transfer(received, seconds)),
        )
        lower = self._world.policies.quality.leave_for(view)
        if lower is not None:
            self._flights.give_up_all("late")
            number = air.flight.number
            source = air.lane.sources(number)[lower]
            self._kbps = known[lower]
            self._flights.launch(air.lane, number, Choice(lower, "link"), source)

    def _next_look_s(self) -> float | None:
        """When to think again although nothing happens."""
        if not self._place().playing:
            return None
        buffer_s = self.buffer_s()
        if self._flights.air:
            return LOOK_S
        if self._filling:
            return None
        return max(self._lanes[0].piece_s, buffer_s - self._refill_below_s())

    def _pin(self) -> None:
        """What plays and what follows stays on this device."""
        manifests = [lane.manifest for lane in self._lanes if lane.manifest is not None]
        ids = frozenset(r.id for manifest in manifests for r in manifest.renditions)
        self._world.desk.pin(ids)

    def _lane_ready(self, lane: Lane) -> None:
        self._pin()
        self._lane_changed(lane)

    def _lane_changed(self, lane: Lane) -> None:
        self._changed(lane)
        self.wake()
