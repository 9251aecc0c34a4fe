"""What a listener sets beside volume and queue: how it sounds, and when it ends for the night."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from player.playback.hearing import Hearing
from player.playback.lane import Lane
from player.playback.ports import Clock
from player.playback.queue import PlayQueue
from player.playback.sleep import SleepTimer
from player.playback.transport import Transport
from player.playback.volume import Volume
from player.settings import SoundSettings


class Levers(NamedTuple):
    """What the controller lends."""

    queue: Callable[[], PlayQueue]
    pause: Callable[[], None]
    """As the person's own pause."""
    follow: Callable[[], None]
    """Decide anew what comes next."""
    changed: Callable[[], None]
    """Something that a view shows is different."""


class Listening:
    """Ties the sound's settings and the sleep timer to transport, queue and volume."""

    def __init__(self, transport: Transport, volume: Volume, clock: Clock, levers: Levers) -> None:
        self._transport = transport
        self._volume = volume
        self._clock = clock
        self._levers = levers
        self._hearing: Hearing = transport.hearing
        self._hearing.before = self._track_before
        self._sleep = SleepTimer(self)

    # ------------------------------------------------------------------ how it sounds

    @property
    def settings(self) -> SoundSettings:
        """As they are now."""
        return self._hearing.settings

    @property
    def trouble(self) -> str:
        """Why the settings file was not followed; empty if it was."""
        return self._hearing.trouble

    def prepare(self, settings: SoundSettings) -> None:
        """Do beforehand what takes long. Blocks, and touches nothing: for a thread of its own.

        Raises what `set` raises.
        """
        self._hearing.prepare(settings)

    def set(self, settings: SoundSettings) -> None:
        """Sound like that, at once.

        Raises NotFoundError, CurveUnreadableError or HeadUnreadableError.
        """
        if self._hearing.set(settings):
            self._transport.refresh()
        self._levers.changed()

    @property
    def hearing(self) -> Hearing:
        """What follows from the settings."""
        return self._hearing

    def shown(self) -> dict[str, Any]:
        """The part of the state that is about this."""
        lanes = self._transport.lanes
        heard = self._hearing.shown(lanes[0] if lanes else None)
        return {"sound": heard | {"sleep": self._sleep.shown()}}

    # ------------------------------------------------------------------ the sleep timer

    def sleep_after_s(self, seconds: float) -> None:
        """Hold when so much time has passed."""
        self._sleep.after_s(seconds, fade_s=min(seconds, self.settings.sleep_fade_s))
        self._levers.follow()

    def sleep_after_tracks(self, tracks: int) -> None:
        """Hold at the end of the current track (1), or of one that follows."""
        self._sleep.after_tracks(tracks, fade_s=self.settings.sleep_fade_s)
        self._levers.follow()

    def stay_awake(self) -> None:
        """No timer."""
        self._sleep.cancel()
        self._levers.follow()

    def advanced(self) -> None:
        """The next track is heard."""
        self._sleep.advanced()

    def drained(self) -> bool:
        """Everything was heard to its end: was that what the timer wanted?"""
        return self._sleep.drained()

    def cut(self, lanes: Sequence[Lane], ended: bool) -> tuple[Sequence[Lane], bool]:
        """What follows, and whether nothing follows that: not past the timer's last track."""
        return (lanes[:1], True) if self._sleep.last_track else (lanes, ended)

    # ------------------------------------------------------------------ the timer's bedside

    def now(self) -> float:
        """Seconds that never go back."""
        return self._clock.monotonic()

    def left_s(self) -> float:
        """Until the current track has been heard."""
        return self._transport.left_s()

    def level(self, share: float) -> None:
        """Play at this share of the volume."""
        self._volume.dim(share)

    def fall_asleep(self) -> None:
        """Hold."""
        self._levers.pause()

    def changed(self) -> None:
        """Something that a view shows is different."""
        self._levers.changed()

    def _track_before(self) -> str | None:
        queue = self._levers.queue()
        if not queue.index:
            return None
        rows = queue.rows(queue.index - 1, 1)
        return rows[0].track_id if rows else None
