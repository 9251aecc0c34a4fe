"""Plays lanes: loading, feeding, stalls, jumps, and the moments in between that need attention."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from player.playback.ear import Ear
from player.playback.feeder import Feeder
from player.playback.hearing import Hearing
from player.playback.lane import Lane
from player.playback.lane_setup import LoadingWorld
from player.playback.loader import Loader, Place
from player.playback.ports import Sound, SoundEvent
from sync.wire.playback import PIECE_SAMPLES

HANDOVER_S = 10.0
"""So long before its end the next track's audio goes to the sound path."""


@dataclass(frozen=True, slots=True)
class TransportEvents:
    """Whom the transport tells."""

    changed: Callable[[], None]
    """Something that a view shows is different."""
    advanced: Callable[[Lane], None]
    """The lane after the first is heard now; it must become the first."""
    ended: Callable[[], None]
    """The last track of the queue was heard to its end."""
    lane_failed: Callable[[Lane], None]
    """A lane cannot be loaded."""
    sound_failed: Callable[[SoundEvent], None]
    """A piece or the audio device."""
    heard: Callable[[], None]
    """The first sound since a jump."""
    ran_dry: Callable[[], None]
    """Nothing is left to be heard, and more is to come."""


class Transport:
    """What happens between the queue and the ear."""

    def __init__(
        self, world: LoadingWorld, sound: Sound, events: TransportEvents, hearing: Hearing, ear: Ear
    ) -> None:
        self._world = world
        self._sound = sound
        self._events = events
        self.hearing = hearing
        self.ear = ear
        self._feeder = Feeder(sound, lambda lane: hearing.shape(lane, self.lanes))
        self.loader = Loader(world, place=self.place, changed=self._lane_changed)
        self.lanes: Sequence[Lane] = ()
        self._queue_ended = True
        self.wanted = False
        """Whether the listener wants to hear something."""
        self.stalled = False
        self.sounding = False
        """Whether anything was heard since the last jump."""
        self._held = False
        """Nothing is handed over before load control says that playback may begin."""
        self._resting = False
        """Nothing is loaded before somebody wants to hear something."""
        self._started = -1
        """The generation whose first track was heard; what starts after it is the next track."""
        self._seconds_told = -1.0
        self._alarm: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Work until cancelled."""
        self._loop = asyncio.get_running_loop()
        self._sound.listen(self._heard_from_any_thread)
        try:
            await self.loader.run()
        finally:
            self._disarm()

    # ------------------------------------------------------------------ commands

    def set_lanes(self, lanes: Sequence[Lane], *, queue_ended: bool) -> None:
        """What follows changed; the first lane is the one that plays."""
        self.lanes, self._queue_ended = tuple(lanes), queue_ended
        if self._resting or not self.lanes:
            return
        self.loader.set_lanes(self.lanes)
        if self._feeder.began and self._feeder.strayed(self.lanes):
            self._begin(self.place().sample)
        self._attend()

    def rest(self, lane: Lane) -> None:
        """Take up a place without loading anything yet."""
        self.stop()
        self.lanes, self._resting = (lane,), True

    def wake_up(self) -> None:
        """End `rest` where it was taken up."""
        if self._resting:
            self.end_rest()
            self.jump()

    def end_rest(self) -> None:
        """Load again from now on; what to load is about to be said."""
        self._resting = False

    def jump(self) -> None:
        """The first lane is another one, or begins elsewhere: its `start_ms` says where."""
        self._leave_stall()
        if self.sounding:
            self._world.policies.load.jumped()
        self.sounding, self._held = False, True
        lane = self.lanes[0]
        if lane.granted is None:
            self.ear.jumps(lane.sample_of_start())
            self._feeder.silence(lane.track_id)
        else:
            self._begin(lane.sample_of_start())
        self._attend()

    def seek(self, ms: int) -> None:
        """Go to another place of the first lane; at once if it is in memory."""
        lane = self.lanes[0]
        lane.ends_at = None  # what could not be had is worth another attempt
        self._world.recovery.hurry()
        lane.start_ms = ms
        self.jump()
        if lane.granted is not None:
            self.loader.drop_flights(lane.first_missing(lane.sample_of_start() // PIECE_SAMPLES))

    def pause(self) -> None:
        """Hold; loading goes on."""
        self.wanted = False
        self._sound.pause()
        self._attend()

    def resume(self) -> None:
        """Go on."""
        self.wanted = True
        self._world.recovery.hurry()
        if not self.stalled:
            self._sound.resume()
        self._attend()

    def probe(self) -> None:
        """Begin again at the place: whether there is a way to the ear is heard then."""
        if self.lanes and self.lanes[0].granted is not None:
            self.sounding = False
            self._begin(self.place().sample)
            self._sound.resume()
            self._attend()

    def refresh(self) -> None:
        """What is on its way to the ear is to sound differently: make it again from here on."""
        if self._feeder.began and self.lanes:
            self._begin(self.place().sample)
            self._attend()

    def cut_short(self) -> bool:
        """The first lane cannot be had any further; False if nothing of it is left to be heard."""
        return not self.stalled and self.lanes[0].cut_short(self._sample())

    def stop(self) -> None:
        """Nothing is current any more."""
        self._leave_stall()
        self.wanted = self.sounding = self._resting = False
        self.lanes = ()
        self.loader.set_lanes(())
        self.ear.ends()
        self._feeder.silence("")
        self._disarm()

    # ------------------------------------------------------------------ where we are

    def place(self) -> Place:
        """Where the listener is in the first lane."""
        return Place(self._sample(), self.wanted and self.sounding, self.stalled)

    def position_ms(self) -> int:
        """The same in milliseconds."""
        if not self.lanes:
            return 0
        lane = self.lanes[0]
        return lane.start_ms if lane.granted is None else self._sample() * 1000 // lane.rate

    def buffered_ms(self) -> int:
        """Up to where in this track audio is here without a gap."""
        if not self.lanes:
            return 0
        lane = self.lanes[0]
        sample = self._sample()
        return (sample + lane.samples_here(sample)) * 1000 // lane.rate

    def _sample(self) -> int:
        if not self.lanes:
            return 0
        lane = self.lanes[0]
        if not self._feeder.began:
            return lane.sample_of_start()
        track_id, sample = self._sound.position()
        if track_id != lane.track_id:  # the next track is heard, its event is on the way
            return max(0, (lane.duration_samples or 1) - 1)
        return sample

    # ------------------------------------------------------------------ attention

    def _begin(self, sample: int) -> None:
        self.ear.jumps(sample)
        self._feeder.begin(self.lanes[0], sample)

    def _lane_changed(self, lane: Lane) -> None:
        if lane.error is not None:
            self._events.lane_failed(lane)
        self._attend()

    def _attend(self) -> None:
        """Feed what is due, end a stall if it can be ended, and say what changed."""
        if not self.lanes:
            return
        lane = self.lanes[0]
        if not self._feeder.began and lane.granted is not None:
            self._begin(lane.sample_of_start())
        self._held = self._held and not self._may_play()
        if not self._held:
            due = self._handover_in_s() <= 0
            self._feeder.feed(self.lanes, due=due, queue_ended=self._ends())
        if self.stalled and self._may_play():
            self._leave_stall()
            if self.wanted:
                self._sound.resume()
            self._events.changed()
        elif abs(self.buffered_ms() / 1000 - self._seconds_told) >= 1:
            self._seconds_told = self.buffered_ms() / 1000
            self._events.changed()
        self._arm()

    def _may_play(self) -> bool:
        return self._world.policies.load.may_play(replace(self.loader.load(), starting=self._held))

    def _ends(self) -> bool:
        return self._queue_ended and len(self.lanes) == 1

    def left_s(self) -> float:
        """Until the current track has been heard, infinite while nobody knows."""
        return self._left_s() / self.hearing.speed if self.lanes else float("inf")

    def _handover_in_s(self) -> float:
        return self._left_s() - HANDOVER_S - self.hearing.lead_s

    def _left_s(self) -> float:
        lane = self.lanes[0]
        end = lane.end_sample
        return float("inf") if end is None else max(0, end - self._sample()) / lane.rate

    def _leave_stall(self) -> None:
        if self.stalled:
            self.stalled = False
            self._world.trace("stall_end", track=self._track(), buffer_s=self.loader.buffer_s())
            if self.wanted:
                self._sound.resume()

    def _heard_from_any_thread(self, event: SoundEvent) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._heard, event)

    def _heard(self, event: SoundEvent) -> None:
        if event.kind == "failed":
            self._events.sound_failed(event)
            return
        if event.generation != self._feeder.generation or not self.lanes:
            return
        if event.kind == "track_started":
            self._track_started(event.generation)
        elif event.kind == "underrun":
            self._ran_dry()
        elif event.kind == "drained" and self._feeder.finished:
            self._world.trace("track_end", track=self._track())
            self.ear.follows(None)
            self._events.ended()

    def _track_started(self, generation: int) -> None:
        follows, self._started = generation == self._started, generation
        if follows:
            self._world.trace("track_end", track=self._track())
            self.ear.follows(self.lanes[1] if len(self.lanes) > 1 else None)
            if len(self.lanes) > 1:
                self._events.advanced(self.lanes[1])
        elif not self.sounding:
            self.sounding = True
            self._world.trace("first_audio", track=self._track(), buffer_s=self.loader.buffer_s())
            self._events.heard()
        if not follows:
            self.ear.starts(self.lanes[0])
        self._world.trace("track_start", track=self._track())
        self.loader.wake()
        self._attend()
        self._events.changed()

    def _ran_dry(self) -> None:
        if self.stalled or self._feeder.finished:
            return
        self.stalled = True
        self._world.trace("stall_begin", track=self._track(), buffer_s=self.loader.buffer_s())
        self._sound.pause()
        self._events.ran_dry()
        self._world.recovery.hurry()
        self.loader.wake()
        self._attend()
        self._events.changed()

    def _track(self) -> str | None:
        return self.lanes[0].track_id if self.lanes else None

    # ------------------------------------------------------------------ the alarm

    def _arm(self) -> None:
        """Be back when the next track is due or another quality is heard."""
        self._disarm()
        if not (self.wanted and self.sounding and self._loop) or self.stalled:
            return
        speed = self.hearing.speed
        delays = [self._handover_in_s() / speed, self._next_border_s() / speed]
        due = [delay for delay in delays if 0 < delay < float("inf")]
        if due:
            self._alarm = self._loop.call_later(min(due) + 0.02, self._rang)

    def _next_border_s(self) -> float:
        """Until another quality is heard."""
        lane, sample = self.lanes[0], self._sample()
        number = sample // PIECE_SAMPLES
        kbps = lane.kbps_of(number)
        while number in lane.pieces and lane.kbps_of(number) == kbps:
            number += 1
        if number not in lane.pieces:
            return float("inf")
        return (number * PIECE_SAMPLES - sample) / lane.rate

    def _rang(self) -> None:
        self._alarm = None
        self._attend()
        self._events.changed()

    def _disarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
