"""From the queue to lanes: the current entry and what follows; what is loaded already is kept."""

from collections.abc import Sequence

from player.playback.detours import Detours
from player.playback.lane import Lane
from player.playback.queue import PlayQueue
from sync.wire.playback import Codec

LANES_AHEAD = 4
"""Tracks after the current one that are looked at when loading ahead."""


class LineUp:
    """Makes lanes for entries. What cannot be played is left out."""

    def __init__(self, codec: Codec, detours: Detours) -> None:
        self._codec: Codec = codec
        self._detours = detours

    def lane(self, queue: PlayQueue, entry: str) -> Lane:
        """A fresh lane."""
        return Lane(entry, queue.track_of(entry), self._codec)

    def chosen(self, queue: PlayQueue, entry: str, present: Sequence[Lane]) -> Lane:
        """The lane of an entry from its beginning, with what is loaded unless that failed."""
        kept = next((lane for lane in present if lane.entry == entry), None)
        if kept is None or kept.error is not None or kept.ends_at is not None:
            return self.lane(queue, entry)
        kept.start_ms = 0
        return kept

    def after(
        self, first: Lane, queue: PlayQueue, present: Sequence[Lane]
    ) -> tuple[list[Lane], bool]:
        """Lanes from `first` on, and whether nothing follows the last of them."""
        spare = [lane for lane in present if lane is not first]
        lanes = [first]
        upcoming = self._upcoming(queue)
        for entry in upcoming:
            lanes.append(self._kept_or_new(queue, entry, spare, lanes))
        return lanes, len(upcoming) < LANES_AHEAD

    def _upcoming(self, queue: PlayQueue) -> list[str]:
        avoided = self._detours.entries
        ahead = [] if self._detours.ends else queue.upcoming(LANES_AHEAD + len(avoided))
        return [entry for entry in ahead if entry not in avoided][:LANES_AHEAD]

    def _kept_or_new(
        self, queue: PlayQueue, entry: str, spare: list[Lane], before: Sequence[Lane]
    ) -> Lane:
        known = next((lane for lane in spare if lane.entry == entry), None)
        if known is not None:
            spare.remove(known)
            return known
        fresh = self.lane(queue, entry)
        twin = next((lane for lane in before if lane.track_id == fresh.track_id), None)
        if twin is not None:
            fresh.adopt(twin)
        return fresh
