"""Covers by id: found and decoded in the background, kept at the size they are shown in."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path

from player.errors import PlayerError
from player.widgets.artwork import artwork
from player.widgets.cover import Picture

Find = Callable[[str, int], Awaitable[Path]]
"""Called with (cover id, pixels wanted). Raises PlayerError."""

_KEPT = 400
_SIZES = (64, 160, 320, 640)


def decode(path: Path, columns: int, lines: int) -> Picture:
    """A picture file as cells. Raises OSError if it is no picture."""
    from PIL import Image

    with Image.open(path) as image:
        image.draft("RGB", (columns * 2, lines * 4))
        small = image.convert("RGB").resize((columns, 2 * lines), Image.Resampling.BOX)
    data = small.tobytes()
    pixels = tuple((data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3))
    return Picture(columns, lines, pixels)


class Covers:
    """Answers with what is here (else a scene drawn from the id) and calls back when more is."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._pictures: OrderedDict[tuple[str, int, int], Picture] = OrderedDict()
        self._missing: set[str] = set()
        self._tasks: dict[tuple[str, int, int], asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Semaphore(2)

    def picture(
        self, cover: str | None, fallback: str, cells: tuple[int, int], landed: Callable[[], None]
    ) -> Picture:
        """The cover in so many (columns, lines); `landed` is called once if it comes later."""
        columns, lines = cells
        if cover is None or cover in self._missing:
            return artwork(fallback, columns, lines)
        key = (cover, columns, lines)
        here = self._pictures.get(key)
        if here is not None:
            self._pictures.move_to_end(key)
            return here
        if key not in self._tasks:
            task = asyncio.create_task(self._load(key, landed), name=f"cover {cover}")
            self._tasks[key] = task
            task.add_done_callback(lambda _: self._tasks.pop(key, None))
        return artwork(fallback, columns, lines)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values())

    def forget_missing(self) -> None:
        """Look again for covers that could not be had (the server is back)."""
        self._missing.clear()

    def close(self) -> None:
        """Stop looking."""
        for task in tuple(self._tasks.values()):
            task.cancel()

    async def _load(self, key: tuple[str, int, int], landed: Callable[[], None]) -> None:
        cover, columns, lines = key
        size = next((s for s in _SIZES if s >= max(columns, 2 * lines)), _SIZES[-1])
        async with self._one_at_a_time:
            try:
                path = await self._find(cover, size)
                picture = await asyncio.to_thread(decode, path, columns, lines)
            except (OSError, ValueError, PlayerError):
                self._missing.add(cover)
                return
        self._pictures[key] = picture
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        landed()
