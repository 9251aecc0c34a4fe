"""Notices that the machine slept (or this process was held up), so that nothing of before counts.

`monotonic` stands still during a suspend, `elapsed` goes on; a process that was stopped finds that
both went on without it. Either way the audio device and all connections may be gone.
"""

import asyncio
from collections.abc import Callable

from player.playback.ports import Clock

LOOK_EVERY_S = 5.0
SLEPT_S = 20.0
"""So much more than the time between two looks is no busy machine any more."""


class Wakefulness:
    """Calls `woke(seconds)` after the machine slept."""

    def __init__(self, clock: Clock, woke: Callable[[float], None]) -> None:
        self._clock = clock
        self._woke = woke

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            before = self._clock.elapsed()
            await asyncio.sleep(LOOK_EVERY_S)
            slept = self._clock.elapsed() - before - LOOK_EVERY_S
            if slept >= SLEPT_S:
                self._woke(slept)
