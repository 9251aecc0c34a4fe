"""How good and how dear: choosing the quality, and saying that the connection is metered."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from player.engine.quality import Choice, QualityDesk, Wish
from player.engine.services.desk import Entry, Table


class QualityArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """quality"""

    quality: Choice | None = None


class MeteredArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """metered"""

    on: bool | None = None


class QualityService:
    """Answers with the limits in force; `changed` tells everybody."""

    def __init__(self, desk: QualityDesk, changed: Callable[[], None]) -> None:
        self._desk = desk
        self._changed = changed

    def commands(self) -> Table:
        """By name."""
        return {
            "quality": Entry(QualityArgs, self.quality),
            "metered": Entry(MeteredArgs, self.metered),
        }

    async def quality(self, args: QualityArgs) -> dict[str, Any]:
        """Choose, or ask what is chosen."""
        if args.quality is not None:
            await self._choose(msgspec.structs.replace(self._desk.wish, quality=args.quality))
        return self._desk.shown()

    async def metered(self, args: MeteredArgs) -> dict[str, Any]:
        """On, off, or over."""
        on = not self._desk.wish.metered if args.on is None else args.on
        await self._choose(msgspec.structs.replace(self._desk.wish, metered=on))
        return self._desk.shown()

    async def _choose(self, wish: Wish) -> None:
        self._desk.choose(wish)
        self._changed()
        await asyncio.to_thread(self._desk.save)
