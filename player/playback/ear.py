"""What was really heard of each track: counted from the sink's place, never from a timer.

A play begins with the first sample heard of a queue's entry and ends when the track was heard to
its end, or is left for another. What is sought over does not count; what is heard twice counts
twice; pauses and stalls do not count.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from player.playback.lane import Lane
from player.playback.ports import Clock
from sync.wire.ids import new_id


@dataclass(frozen=True, slots=True)
class Play:
    """One play that is over. Times in ms; `began_at_ms` is Unix time."""

    id: str
    track_id: str
    began_at_ms: int
    heard_ms: int
    duration_ms: int
    position_ms: int
    """Where it was left; the duration if it was heard to its end."""
    finished: bool


class _Open(msgspec.Struct, kw_only=True):
    """The play under way. `since` is where the present stretch began, None while none sounds."""

    id: str
    entry: str
    track_id: str
    began_at_ms: int
    rate: int
    total: int
    heard: int = 0
    place: int = 0
    since: int | None = None


class Ear:
    """Told of jumps before they happen and of tracks as they are heard; tells of plays."""

    def __init__(
        self, place: Callable[[], tuple[str, int]], clock: Clock, told: Callable[[Play], None]
    ) -> None:
        """`place` is the (track, sample) heard now; `told` hears of every play that is over."""
        self._place = place
        self._clock = clock
        self._told = told
        self._open: _Open | None = None
        self._next_since = 0

    def jumps(self, to_sample: int = 0) -> None:
        """What sounds ends here; what is heard next begins at a sample of its track."""
        self._pause_stretch()
        self._next_since = to_sample

    def starts(self, lane: Lane) -> None:
        """A track is heard from where the last jump went."""
        if self._open is not None and self._open.entry != lane.entry:
            self._close(finished=False)
        self._begin(lane, self._next_since)

    def follows(self, lane: Lane | None) -> None:
        """The track before was heard to its end, and the next is heard from its first sample."""
        self._finish()
        if lane is not None:
            self._begin(lane, 0)

    def ends(self) -> None:
        """Nothing is current any more: what was on is left where it was."""
        self._pause_stretch()
        if self._open is not None:
            self._close(finished=False)

    def saved(self) -> dict[str, Any] | None:
        """The play under way as plain values, so that an accident does not lose it."""
        if self._open is None:
            return None
        place = self._sample()
        heard = self._open.heard
        if self._open.since is not None and place is not None:
            heard += max(0, place - self._open.since)
        kept = msgspec.structs.replace(self._open, heard=heard, since=None)
        if place is not None:
            kept.place = place
        made: dict[str, Any] = msgspec.to_builtins(kept)
        return made

    def restore(self, saved: object) -> None:
        """Take up a play of the last run: it goes on if its entry does, and is over otherwise."""
        with suppress(msgspec.ValidationError):
            self._open = msgspec.convert(saved, _Open | None)

    def _begin(self, lane: Lane, sample: int) -> None:
        if self._open is None:
            self._open = _Open(
                id=new_id(),
                entry=lane.entry,
                track_id=lane.track_id,
                began_at_ms=int(self._clock.unix() * 1000),
                rate=lane.rate,
                total=0,
            )
        self._open.total = lane.duration_samples or self._open.total
        self._open.since = self._open.place = sample

    def _finish(self) -> None:
        play = self._open
        if play is not None:
            if play.since is not None:
                play.heard += max(0, play.total - play.since)
            play.place = play.total
            self._close(finished=True)

    def _pause_stretch(self) -> None:
        play, place = self._open, self._sample()
        if play is not None and play.since is not None:
            if place is not None:
                play.heard += max(0, place - play.since)
                play.place = place
            play.since = None

    def _sample(self) -> int | None:
        """The sample of the open play that is heard now; None if something else is."""
        track_id, sample = self._place()
        return sample if self._open is not None and track_id == self._open.track_id else None

    def _close(self, *, finished: bool) -> None:
        play, self._open = self._open, None
        if play is None or play.heard <= 0:
            return
        self._told(
            Play(
                id=play.id,
                track_id=play.track_id,
                began_at_ms=play.began_at_ms,
                heard_ms=play.heard * 1000 // play.rate,
                duration_ms=play.total * 1000 // play.rate,
                position_ms=play.place * 1000 // play.rate,
                finished=finished,
            )
        )
