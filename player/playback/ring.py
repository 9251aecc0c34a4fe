"""Decoded audio between the worker that decodes and the sink that plays: a fixed ring of frames."""

import threading
from collections.abc import Callable

import numpy as np

from player.playback.decode import CHANNELS, Pcm

FRAME_BYTES = 4 * CHANNELS


class PcmRing:
    """One writer, one reader. Reading only copies, and never waits for more than a copy.

    A ring lives for one generation: a seek or skip makes a new one and closes the old one, so a
    sink that still reads the old one gets nothing.
    """

    def __init__(self, capacity_frames: int) -> None:
        self._frames = np.zeros((capacity_frames, CHANNELS), np.float32)
        self._capacity = capacity_frames
        self._state = threading.Condition()
        self._written = 0
        self._read = 0
        self._short_reads = 0
        self._complete = False
        self._closed = False
        self._low = -1
        self._on_low: Callable[[], None] | None = None

    def write(self, pcm: Pcm) -> int:
        """Take as many frames as there is room for; answers how many."""
        with self._state:
            count = 0 if self._closed else min(len(pcm), self._capacity - self.level_frames)
            at = self._written % self._capacity
            first = min(count, self._capacity - at)
            self._frames[at : at + first] = pcm[:first]
            self._frames[: count - first] = pcm[first:count]
            self._written += count
            if count:
                self._state.notify_all()
            return count

    def read_into(self, buffer: memoryview | bytearray) -> int:
        """Fill a buffer of whole frames with what is there; answers how many frames that was."""
        target = np.frombuffer(buffer, np.float32).reshape(-1, CHANNELS)
        with self._state:
            count = min(len(target), self.level_frames)
            at = self._read % self._capacity
            first = min(count, self._capacity - at)
            target[:first] = self._frames[at : at + first]
            target[first:count] = self._frames[: count - first]
            self._read += count
            if count < len(target) and not self._complete:
                self._short_reads += 1
            alert = self._alert()
        if alert is not None:
            alert()
        return count

    def _alert(self) -> Callable[[], None] | None:
        """Who wants to know that the level has fallen, once each time it is asked for."""
        if self.level_frames > self._low:
            return None
        alert, self._on_low, self._low = self._on_low, None, -1
        return alert

    def wait(self, timeout_s: float) -> bool:
        """Wait until there is something to read. False: not yet, or nothing will come."""
        with self._state:
            if not self.level_frames and not self._closed and not self._complete:
                self._state.wait(timeout_s)
            return self.level_frames > 0

    def alert_below(self, level_frames: int, callback: Callable[[], None]) -> None:
        """Call once, from the reader's thread, when a read leaves no more than this."""
        with self._state:
            self._low, self._on_low = level_frames, callback

    def complete(self, complete: bool = True) -> None:
        """Say that nothing follows what is written (or that something does after all)."""
        with self._state:
            self._complete = complete
            self._state.notify_all()

    def close(self) -> None:
        """Drop everything: readers get nothing any more and writers leave nothing."""
        with self._state:
            self._closed = True
            self._read = self._written
            self._state.notify_all()

    @property
    def level_frames(self) -> int:
        """Frames that can be read now."""
        return self._written - self._read

    @property
    def free_frames(self) -> int:
        """Frames that can be written now."""
        return self._capacity - self.level_frames

    @property
    def capacity_frames(self) -> int:
        """Size of the ring."""
        return self._capacity

    @property
    def written_frames(self) -> int:
        """Frames written since the ring was made."""
        return self._written

    @property
    def read_frames(self) -> int:
        """Frames read since the ring was made."""
        return self._read

    @property
    def short_reads(self) -> int:
        """How often a reader wanted more than there was although more was to come."""
        return self._short_reads

    @property
    def ended(self) -> bool:
        """Everything was read and nothing follows: silence from here on is no fault."""
        return self._complete and not self.level_frames

    @property
    def closed(self) -> bool:
        """The generation is over."""
        return self._closed
