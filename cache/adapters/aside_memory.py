"""Work done on the spot, or never: for tests and for files in memory."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class MemoryAside:
    """Implements `Aside`."""

    def __init__(self) -> None:
        self.hangs = False
        """While true nothing is ever done."""
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Things that are not done yet."""
        return self._waiting

    async def run(self, act: Callable[..., T], *args: Any) -> T:
        """Do it at once."""
        if self.hangs:
            self._waiting += 1
            await asyncio.Event().wait()
        return act(*args)

    async def close(self, within_s: float) -> None:
        """Nothing is under way, or it never ends."""
