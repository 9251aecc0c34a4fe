"""Is the listener hearing a hole? Decided from the sink's own position, not from levels alone."""

from dataclasses import dataclass
from typing import Literal

_FROZEN_S = 0.06
"""A sink that has nothing left and stands still for so long has gone silent."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the output saw at one moment."""

    now_s: float
    heard_frames: int
    written_frames: int
    starved: bool
    paused: bool


class UnderrunWatch:
    """Tells the beginning and the end of each audible hole.

    A sink reads ahead (mpv 0.6 s), so an empty ring is not a hole yet: it is one when everything
    delivered was heard, or when the position stands still.
    """

    def __init__(self) -> None:
        self.count = 0
        self._hole_at: int | None = None
        self._still_at = -1
        self._still_since_s = 0.0

    @property
    def in_hole(self) -> bool:
        """Silent, and it should not be."""
        return self._hole_at is not None

    def look(self, look: Look) -> Literal["underrun", "underrun_over"] | None:
        """One more look; answers what has changed."""
        if self._hole_at is not None:
            if look.heard_frames <= self._hole_at:
                return None
            self._hole_at = None
            return "underrun_over"
        if look.paused or not look.starved or not look.heard_frames:
            self._still_at = -1
            return None
        if look.heard_frames != self._still_at:
            self._still_at, self._still_since_s = look.heard_frames, look.now_s
        frozen = look.now_s - self._still_since_s >= _FROZEN_S
        if frozen or look.heard_frames >= look.written_frames:
            self._hole_at = look.heard_frames
            self.count += 1
            return "underrun"
        return None
