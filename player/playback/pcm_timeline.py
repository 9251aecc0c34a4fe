"""Which sample of which track a frame of the output is."""

import threading
from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """From this output frame on, the track's samples follow each other from `sample`."""

    frame: int
    track_id: str
    sample: int
    step: float = 1.0
    """Track samples per output frame; not 1 only where a track is resampled to join another."""


class Timeline:
    """Marks of one generation, in the order of frames.

    Frames count audio only: what a sink plays while it has nothing (silence) is no frame, so the
    position cannot run on through an underrun.
    """

    def __init__(self, track_id: str, sample: int) -> None:
        self._lock = threading.Lock()
        self._marks = [Mark(0, track_id, sample)]
        self._announced = 0

    def begin_track(self, mark: Mark) -> None:
        """A track starts at a frame. The first one of the generation only gets its step."""
        with self._lock:
            last = self._marks[-1]
            if (mark.frame, mark.track_id) == (last.frame, last.track_id):
                self._marks[-1] = mark
            else:
                self._marks.append(mark)

    def locate(self, frame: int) -> tuple[str, int]:
        """Track and sample at a frame."""
        with self._lock:
            mark = self._marks[max(0, bisect_right(self._marks, frame, key=_frame) - 1)]
        return mark.track_id, mark.sample + int((frame - mark.frame) * mark.step)

    def newly_heard(self, heard_frames: int) -> list[Mark]:
        """Marks whose first frame was heard since the last call; older ones are forgotten."""
        with self._lock:
            passed = bisect_right(self._marks, heard_frames - 1, key=_frame)
            news = self._marks[self._announced : passed]
            self._announced = max(self._announced, passed)
            surplus = max(0, self._announced - 1)
            del self._marks[:surplus]
            self._announced -= surplus
            return news

    def next_mark(self) -> int | None:
        """The frame of the first mark not announced yet."""
        with self._lock:
            return (
                self._marks[self._announced].frame if self._announced < len(self._marks) else None
            )


def _frame(mark: Mark) -> int:
    return mark.frame
