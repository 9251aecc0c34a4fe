"""Pieces in the air: launched, landed, given up."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from player.errors import PlayerError
from player.playback.bandwidth import blend
from player.playback.errors import RenditionLostError, RenditionReplacedError
from player.playback.lane import Lane
from player.playback.lane_setup import LoadingWorld
from player.playback.media import Flight, OpenRendition
from player.playback.quality import REASONS, Choice
from player.playback.recovery import retryable
from player.playback.trace import TraceEvent
from sync.wire.playback import CHUNK_PIECES

FLIGHTS = 2
"""Requests under way at a time: one being answered, one already asked."""


@dataclass(eq=False, slots=True)
class Air:
    """A flight with its lane and task."""

    lane: Lane
    flight: Flight
    choice: Choice
    asked_at: float
    first_byte_at: float | None = None
    task: asyncio.Task[None] | None = None


class Flights:
    """At most two, in the order they were asked for.

    `landed(lane)` is called after each, `nearly(air)` when the next request is due.
    """

    def __init__(
        self,
        world: LoadingWorld,
        *,
        landed: Callable[[Lane], None],
        nearly: Callable[[], None],
        renew: Callable[[Lane], None],
    ) -> None:
        self._world = world
        self._landed = landed
        self._nearly = nearly
        self._renew = renew
        self.air: list[Air] = []
        self.wasted_bytes = 0
        self._free_at = 0.0
        """When the link was last free for the request that is first now."""
        self.buffer_s: Callable[[], float] = lambda: 0.0
        """For the trace."""

    def room(self) -> bool:
        """Whether another request should leave now."""
        if len(self.air) >= FLIGHTS:
            return False
        return all(self.nearly_here(air) for air in self.air)

    def nearly_here(self, air: Air) -> bool:
        """Whether the rest takes about as long as a new request needs to be answered."""
        if air.first_byte_at is None:
            return False
        estimate = self._world.policies.bandwidth.estimate()
        if not estimate.known:
            return 2 * air.flight.left <= len(air.flight.received)
        return air.flight.left <= blend(estimate, 1.0) * (1.2 * estimate.latency_s + 0.03)

    def numbers(self, lane: Lane) -> set[int]:
        """Pieces of a lane that are in the air."""
        return {air.flight.number for air in self.air if air.lane is lane}

    def flown_s(self, air: Air) -> float:
        """For how long bytes of a request have come, or should have come if none have."""
        latency_s = self._world.policies.bandwidth.estimate().latency_s
        begun = air.first_byte_at if air.first_byte_at is not None else air.asked_at + latency_s
        return max(0.0, self._world.clock.monotonic() - max(begun, self._free_at))

    def kbps_of(self, lane: Lane, number: int) -> int | None:
        """At which rate a piece is in the air."""
        for air in self.air:
            if air.lane is lane and air.flight.number == number:
                return air.flight.source.rendition.kbps
        return None

    def launch(self, lane: Lane, number: int, choice: Choice, source: OpenRendition) -> None:
        """Ask for a piece."""
        previous = self._flying(lane, source, number - 1)
        tail = lane.tails.get(source.rendition.id)
        follows = previous is not None or (tail is not None and tail[0] == number - 1)
        flight = self._world.desk.flight(source, number, follows=follows)
        air = Air(lane, flight, choice, self._world.clock.monotonic())
        self.air.append(air)
        air.task = asyncio.create_task(self._fly(air, previous), name=f"piece {number}")

    def give_up(self, air: Air, reason: str) -> None:
        """The piece is not wanted any more; what came of it is kept for a while."""
        if air.task is not None:
            air.task.cancel()
        if air in self.air:
            self.air.remove(air)
        self._world.desk.keep(air.flight)
        self.wasted_bytes += len(air.flight.received)
        self._say("chunk_abandoned", air, reason=reason, received=len(air.flight.received))

    def give_up_all(self, reason: str) -> None:
        """Nothing is wanted any more."""
        for air in self.air.copy():
            self.give_up(air, reason)

    def _flying(self, lane: Lane, source: OpenRendition, number: int) -> Air | None:
        for air in self.air:
            flight = air.flight
            if air.lane is lane and flight.source is source and flight.number == number:
                return air
        return None

    async def _fly(self, air: Air, previous: Air | None) -> None:
        lane = air.lane
        try:
            await self._bring(air, previous)
        except RenditionReplacedError:
            self._renew(lane)
        except RenditionLostError as error:
            lane.refused.add(air.flight.source.rendition.id)
            if not lane.ladder():
                lane.fail(error)
        except PlayerError as error:
            if retryable(error):  # the piece is here, and the licence has run out
                await self._world.recovery.wait(error)
            else:
                lane.fail(error)
        finally:
            if air in self.air:
                self.air.remove(air)
        self._free_at = self._world.clock.monotonic()
        self._landed(lane)

    async def _bring(self, air: Air, previous: Air | None) -> None:
        lane, flight, desk = air.lane, air.flight, self._world.desk
        if not desk.has(flight.source, flight.number):
            self._say("chunk_requested", air)
        sealed = await desk.bring(
            flight, lambda: self._tail(air, previous), lambda: self._progress(air)
        )
        if lane.granted is None or flight.source.rendition.id not in lane.opened:
            return  # prepared anew meanwhile
        piece = await desk.loaded(flight, lane.granted.manifest, sealed)
        lane.pieces[flight.number] = piece
        lane.reasons[flight.number] = REASONS[air.choice.reason]
        lane.tails[flight.source.rendition.id] = (flight.number, sealed)
        if flight.from_network:
            seconds = self._world.clock.monotonic() - air.asked_at
            self._say("chunk_received", air, seconds=seconds)
        before = lane.kbps_of(flight.number - 1)
        if before not in (None, piece.kbps):
            self._say("switch", air, before=before)

    async def _tail(self, air: Air, previous: Air | None) -> bytes | None:
        """The bytes before a piece that was asked for without its pre-roll."""
        if previous is not None and previous.task is not None:
            await asyncio.wait([previous.task])
        tail = air.lane.tails.get(air.flight.source.rendition.id)
        return tail[1] if tail is not None and tail[0] == air.flight.number - 1 else None

    def _progress(self, air: Air) -> None:
        if air.first_byte_at is None:
            air.first_byte_at = self._world.clock.monotonic()
        if len(self.air) < FLIGHTS and self.nearly_here(air):
            self._nearly()

    def _say(self, event: TraceEvent, air: Air, **fields: object) -> None:
        flight = air.flight
        rendition = flight.source.rendition
        told: dict[str, object] = {
            "track": air.lane.track_id,
            "chunk": flight.number // CHUNK_PIECES,
            "piece": flight.number,
            "kbps": rendition.kbps,
            "codec": rendition.codec,
            "bytes": flight.piece.end - flight.start,
            "buffer_s": self.buffer_s(),
            "reason": air.choice.reason,
        }
        self._world.trace(event, **(told | fields))
