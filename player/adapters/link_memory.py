"""A link without a network: latency and a rate over time, shared by all who use it."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from player.errors import OfflineError
from player.playback.ports import Clock

BLOCK_BYTES = 2048
DARK_STEP_S = 0.1


class MemoryLink:
    """Delivers bytes when a link of this rate would have. `rate(t)` gives bytes a second."""

    def __init__(
        self, clock: Clock, rate: Callable[[float], float], *, latency_s: float = 0.05
    ) -> None:
        self._clock = clock
        self.rate = rate
        self.latency_s = latency_s
        self.cut = False
        """While true nothing arrives and every transfer breaks."""
        self._free_at = 0.0
        self.delivered_bytes = 0
        self.busy_s = 0.0

    async def round_trip(self) -> None:
        """Ask and wait for the answer to begin. Raises OfflineError."""
        self._check()
        await asyncio.sleep(self.latency_s)
        self._check()

    async def deliver(self, data: bytes) -> AsyncGenerator[bytes, None]:
        """The bytes as they arrive. Raises OfflineError."""
        for start in range(0, len(data), BLOCK_BYTES):
            block = data[start : start + BLOCK_BYTES]
            now = self._clock.monotonic()
            begun = max(now, self._free_at)
            done = self._done(begun, len(block))
            self._free_at = done
            await asyncio.sleep(done - now)
            self._check()
            self.busy_s += done - begun
            self.delivered_bytes += len(block)
            yield block

    def _done(self, at: float, size: float) -> float:
        """When so many bytes are through if they begin at a time."""
        while True:
            rate = self.rate(at)
            if rate * DARK_STEP_S >= size:
                return at + size / rate
            size -= rate * DARK_STEP_S
            at += DARK_STEP_S

    def _check(self) -> None:
        if self.cut:
            raise OfflineError("the memory link is cut")
