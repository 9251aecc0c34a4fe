"""The engine's own affairs: ending, and what the cache holds."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from player.engine.services.desk import Entry, Nothing, Table


class HouseService:
    """`stop` ends the engine; `clear_cache` empties the cache of audio."""

    def __init__(self, stop: Callable[[], None], clear_cache: Callable[[], Awaitable[int]]) -> None:
        self._stop = stop
        self._clear_cache = clear_cache

    def commands(self) -> Table:
        """By name."""
        return {
            "stop": Entry(Nothing, self.stop),
            "cache.clear": Entry(Nothing, self.clear),
        }

    async def stop(self, _: Nothing) -> dict[str, Any]:
        """End soon after this answer."""
        asyncio.get_running_loop().call_soon(self._stop)
        return {"stopping": True}

    async def clear(self, _: Nothing) -> dict[str, Any]:
        """Empty the cache; what plays is fetched again when it is needed."""
        return {"freed_bytes": await self._clear_cache()}
