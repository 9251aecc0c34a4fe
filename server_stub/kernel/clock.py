"""Time as a port, so that tests own it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Wall time."""

    def now(self) -> float:
        """Unix time in seconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()


class ManualClock:
    """A clock that moves only when told."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """Unix time in seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward (or back, with a negative number)."""
        self._now += seconds
