"""The player: commands in, music and state out. All in one event loop; commands return at once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from player.errors import NotFoundError, UsageError
from player.playback.announce import Announcer
from player.playback.assembly import built_transport
from player.playback.detours import Detours
from player.playback.diagnostics.gauges import Gauges
from player.playback.grants import GrantBook
from player.playback.lane import Lane
from player.playback.lineup import LANES_AHEAD, LineUp
from player.playback.listening import Levers, Listening
from player.playback.playback_world import PlaybackWorld
from player.playback.ports import SoundEvent
from player.playback.quality import Limits
from player.playback.queue import REPEATS, PlayQueue, Repeat
from player.playback.queue_entries import Row
from player.playback.recovery import Connection, Recovery
from player.playback.snapshot import connection_state, queue_state, transport_state
from player.playback.transport import TransportEvents
from player.playback.troubles import Troubles
from player.playback.volume import Volume

RESTART_AFTER_MS = 3000
"""Later than this `prev` goes to the beginning of the same track."""
ACCIDENT_S = 120.0
"""An engine that was killed while it played goes on by itself if it is back within this time."""


class Controller:
    """Queue, transport and volume. `run` works until it is cancelled."""

    def __init__(self, world: PlaybackWorld) -> None:
        self._world = world
        self.queue = PlayQueue(world.random)
        self.recovery = Recovery(world.clock, random=world.random, changed=self._connection_changed)
        self._grants = GrantBook(
            world.server, world.rights, world.papers, clock=world.clock, codec=world.codec
        )
        self._announcer = Announcer(world.listeners, world.catalogue)
        events = self._transport_events()
        self._transport = built_transport(world, self._grants, self.recovery, events)
        self.gauges = Gauges(self._transport, world.policies)
        self.detours = Detours()
        self._line_up = LineUp(world.codec, self.detours)
        self._troubles = Troubles(world, self._transport, self.recovery, self._announcer)
        self._volume = Volume(world.sound)
        self.listening = self._built_listening()
        self._resumes = False
        """Whether to go on by itself once there is a session: the last run ended by accident."""

    def _built_listening(self) -> Listening:
        levers = Levers(lambda: self.queue, self.pause, self._queue_edited, self._told)
        return Listening(self._transport, self._volume, self._world.clock, levers)

    def _transport_events(self) -> TransportEvents:
        return TransportEvents(
            changed=self._told,
            advanced=self._advanced,
            ended=self._ended,
            lane_failed=self._lane_failed,
            sound_failed=self._sound_failed,
            heard=self._heard,
            ran_dry=self._ran_dry,
        )

    async def run(self) -> None:
        """Load and play what the commands ask for."""
        self._volume.apply()
        watching = asyncio.create_task(self._troubles.watch())
        try:
            await self._transport.run()
        finally:
            watching.cancel()
            self._troubles.device.leave()
            await asyncio.gather(watching, return_exceptions=True)
            await self._grants.close()

    # ------------------------------------------------------------------ playing

    def play(self, track_ids: Sequence[str], *, start: int | None = 0, reason: str = "") -> None:
        """Play tracks from one of them on. Raises UsageError."""
        try:
            self.queue.play(track_ids, start=start, reason=reason)
        except ValueError as error:
            raise UsageError(str(error)) from error
        self._start_current()

    def pause(self) -> None:
        """Hold."""
        self._troubles.device.leave()
        if self._transport.wanted:
            self._transport.pause()
            self._told()

    def resume(self) -> None:
        """Go on, or begin with what the queue has."""
        if not self._transport.lanes:
            self._start_current()
        elif not self._transport.wanted:
            self.detours.try_all()
            self._transport.wake_up()
            self._set_lanes(self._transport.lanes[0])
            if not self._troubles.device.wish():
                self._transport.resume()
            self._told()

    def toggle(self) -> None:
        """Pause or go on."""
        if self._transport.wanted and self._transport.lanes:
            self.pause()
        else:
            self.resume()

    def next(self) -> None:
        """Skip to the next track; at the end of the queue it ends."""
        self._skipped()
        if self.queue.skip() is None:
            self._ended()
        else:
            self._start_current()

    def prev(self) -> None:
        """To the beginning of the track, or to the track before if it has just begun."""
        self._skipped()
        if self._transport.position_ms() > RESTART_AFTER_MS or self.queue.back() is None:
            self.seek(0)
        else:
            self._start_current()

    def seek(self, ms: int) -> None:
        """To a place in the current track."""
        if not self._transport.lanes:
            return
        lane = self._transport.lanes[0]
        before = self._transport.position_ms()
        self._world.trace("seek", track=lane.track_id, position_ms=ms, before_ms=before)
        if lane.duration_samples is not None:
            ms = min(ms, lane.duration_samples * 1000 // lane.rate)
        self._transport.seek(max(0, ms))
        self._told()

    def seek_by(self, delta_ms: int) -> None:
        """Forward or back."""
        self.seek(self._transport.position_ms() + delta_ms)

    # ------------------------------------------------------------------ volume and quality

    def set_volume(self, percent: int) -> None:
        """0 to 100; ends muting."""
        self._volume.set(percent)
        self._told()

    def change_volume(self, delta: int) -> None:
        """Louder or softer."""
        self.set_volume(self._volume.percent + delta)

    def mute(self) -> None:
        """Silence, or back to the volume before."""
        self._volume.mute()
        self._told()

    def set_limits(self, limits: Limits) -> None:
        """What quality may be chosen from now on."""
        self._transport.loader.limits = limits
        self._transport.loader.wake()

    # ------------------------------------------------------------------ the queue

    def add(self, track_ids: Sequence[str], *, where: str = "end", reason: str = "") -> None:
        """Put tracks into the queue; the first of an empty one waits for `resume`."""
        self.queue.add(track_ids, where=where, reason=reason)
        self._queue_edited()

    def move(self, entry: str, to: int) -> None:
        """Bring an entry to a place. Raises NotFoundError."""
        try:
            self.queue.move(entry, to)
        except KeyError as error:
            raise NotFoundError(f"no entry {entry} in the queue") from error
        self._queue_edited()

    def remove(self, entries: Sequence[str]) -> None:
        """Take entries out; if the current one goes, what follows plays."""
        self.queue.remove(entries)
        self._queue_edited()

    def clear(self) -> None:
        """Take out everything but the current track."""
        self.queue.clear()
        self._queue_edited()

    def jump(self, entry: str) -> None:
        """Play an entry of the queue. Raises NotFoundError."""
        try:
            self.queue.jump(entry)
        except KeyError as error:
            raise NotFoundError(f"no entry {entry} in the queue") from error
        self._skipped()
        self._start_current()

    def undo(self) -> bool:
        """Take the last edit of the queue back; False if there is none."""
        changed = self.queue.undo()
        self._queue_edited()
        return changed is not None

    def set_shuffle(self, on: bool | None = None) -> None:
        """Turn shuffling on or off, or over."""
        self.queue.set_shuffle(not self.queue.shuffle if on is None else on)
        self._queue_edited()

    def set_repeat(self, mode: Repeat | None = None) -> None:
        """Set what repeats, or go to the next of off, all, one."""
        following = REPEATS[(REPEATS.index(self.queue.repeat) + 1) % len(REPEATS)]
        self.queue.set_repeat(mode or following)
        self._queue_edited()

    def rows(self, offset: int, limit: int) -> list[Row]:
        """A window of the queue."""
        return self.queue.rows(offset, limit)

    # ------------------------------------------------------------------ state

    def state(self) -> dict[str, Any]:
        """Everything a view shows, as plain values."""
        world = self._world
        return {
            **transport_state(self._transport, world.catalogue, world.clock.monotonic()),
            **queue_state(self.queue, world.catalogue),
            **self._volume.shown(),
            **self.listening.shown(),
            "connection": connection_state(self.recovery.connection),
            "sink": world.sound.name,
            "cache": {"bytes": world.store.used_bytes, "budget_bytes": world.store.budget_bytes},
        }

    def saved_queue(self) -> dict[str, Any]:
        """The queue as plain values, to be kept whenever its revision changes."""
        return self.queue.saved()

    def saved_place(self) -> dict[str, Any]:
        """Position and volume as plain values, and whether something was playing when."""
        return {
            "position_ms": self._transport.position_ms(),
            **self._volume.shown(),
            "playing": self._transport.wanted,
            "saved_at": self._world.clock.unix(),
            "heard": self._transport.ear.saved(),
        }

    def restore(self, queue: dict[str, Any], place: dict[str, Any]) -> None:
        """Take up where the last session ended: paused, or soon going on after an accident."""
        with suppress(KeyError, TypeError, ValueError):
            self._volume.restore(place)
        with suppress(KeyError, TypeError, ValueError):
            self.queue = PlayQueue.restored(queue, self._world.random)
            if self.queue.current is not None:
                lane = self._line_up.lane(self.queue, self.queue.current)
                lane.start_ms = max(0, int(place["position_ms"]))
                self._transport.rest(lane)
                self._transport.ear.restore(place.get("heard"))
                age_s = self._world.clock.unix() - float(place.get("saved_at", 0))
                self._resumes = bool(place.get("playing")) and 0 <= age_s <= ACCIDENT_S
        self._told()
        self._world.listeners.queue()

    def retry(self) -> None:
        """Do not wait any longer: the server and the audio device are tried now."""
        self._troubles.retry()

    def session_changed(self) -> None:
        """Somebody signed in or out: what was granted before does not count any more."""
        self._grants.forget_all()
        self.recovery.signed_in()
        if self._resumes:
            self._resumes = False
            self.resume()

    # ------------------------------------------------------------------ inside

    def _start_current(self) -> None:
        """Play the queue's current entry from its beginning."""
        if self.queue.current is None:
            return
        self.detours.try_all()
        self._jump_to_current()
        self._transport.resume()
        self._changed()

    def _jump_to_current(self) -> None:
        entry = self.queue.current
        assert entry is not None
        lane = self._line_up.chosen(self.queue, entry, self._transport.lanes)
        self._transport.end_rest()
        self._set_lanes(lane)
        self._transport.jump()

    def _set_lanes(self, first: Lane) -> None:
        """The current lane and what follows; lanes that stay keep what they have."""
        lanes, ended = self._line_up.after(first, self.queue, self._transport.lanes)
        following, ended = self.listening.cut(lanes, ended)
        self._transport.set_lanes(following, queue_ended=ended)

    def _queue_edited(self) -> None:
        self.detours.go_on()
        lanes = self._transport.lanes
        current = self.queue.current
        if current is None:
            self._transport.stop()
        elif lanes and lanes[0].entry == current:
            self._set_lanes(lanes[0])
        elif lanes:
            wanted = self._transport.wanted
            self._jump_to_current()
            if not wanted:
                self._transport.pause()
        self._changed()

    def _skipped(self) -> None:
        lanes = self._transport.lanes
        if lanes:
            position_ms = self._transport.position_ms()
            self._world.trace("skip", track=lanes[0].track_id, position_ms=position_ms)

    def _advanced(self, lane: Lane) -> None:
        """The next track is heard."""
        self.listening.advanced()
        self.detours.passed()
        for _step in range(len(self.detours.entries) + LANES_AHEAD):
            if self.queue.advance() in (lane.entry, None):
                break
        self._set_lanes(lane)
        self._changed()

    def _ended(self) -> None:
        """Everything was heard: back to the first entry, waiting; after the sleep timer's last
        track the one that follows waits.
        """
        self._troubles.device.leave()
        entry = self.queue.skip() if self.listening.drained() else None
        if entry is None:
            self.queue.rewind()
            self._transport.stop()
        else:
            self._transport.rest(self._line_up.lane(self.queue, entry))
        self._changed()

    def _lane_failed(self, lane: Lane) -> None:
        """Say so and go round it; of what is playing, first what is here is heard."""
        error = lane.error
        if error is None or lane.entry in self.detours.entries:
            return
        self.detours.add(lane.entry, error)
        lanes = self._transport.lanes
        current = bool(lanes) and lane is lanes[0]
        shortened = current and self._transport.cut_short()
        ends = self.detours.ends
        self._announcer.unplayable(lane.track_id, error, ends=ends, shortened=shortened)
        if current and not shortened:
            self._go_round(ends)
        elif lanes:
            self._set_lanes(lanes[0])
            self._changed()

    def _go_round(self, ends: bool) -> None:
        """Play the next entry that is not known to fail."""
        if ends:
            self._transport.stop()
            self._changed()
        elif self.detours.skip(self.queue):
            self._jump_to_current()
            self._changed()
        else:
            self._ended()

    def _sound_failed(self, event: SoundEvent) -> None:
        self._troubles.sound_failed(event)
        self._told()

    def _heard(self) -> None:
        self._troubles.device.heard()

    def _ran_dry(self) -> None:
        self._troubles.ran_dry()

    def _connection_changed(self, connection: Connection) -> None:
        self._announcer.connection(connection, self._transport.loader.buffer_s())
        self._told()

    def _told(self) -> None:
        self._world.listeners.state()

    def _changed(self) -> None:
        self._world.listeners.queue()
        self._told()
