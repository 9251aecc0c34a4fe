"""Covers and lyrics on disk: seen once, they are there without the server."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from player.engine.profiles import write_atomically
from player.errors import OfflineError, SignedOutError

_FRESH_S = 86_400.0
_BUDGET_BYTES = 256 << 20


class Keepsakes:
    """One folder of small files, the longest unused ones first out."""

    def __init__(self, folder: Path, *, budget_bytes: int = _BUDGET_BYTES) -> None:
        self._folder = folder
        self._budget = budget_bytes
        self._fetching: dict[str, asyncio.Task[bytes | None]] = {}

    async def lasting(self, name: str, fetch: Callable[[], Awaitable[bytes | None]]) -> Path | None:
        """The file of something that never changes, fetched the first time; None if not to be had.

        Raises what the fetch raises.
        """
        path = self._folder / name
        if not await asyncio.to_thread(_used, path) and await self._fetch(path, fetch) is None:
            return None
        return path

    async def changing(
        self, name: str, fetch: Callable[[], Awaitable[bytes | None]]
    ) -> bytes | None:
        """Bytes of something that may change: asked for again after a day, if that is possible.

        None if there is nothing. Raises what the fetch raises if nothing is kept either.
        """
        path = self._folder / name
        kept, age_s = await asyncio.to_thread(_read, path)
        if kept is not None and age_s < _FRESH_S:
            return kept or None
        try:
            return await self._fetch(path, fetch)
        except (OfflineError, SignedOutError):
            if kept is None:
                raise
            return kept or None

    def prune(self) -> int:
        """Remove what is over the budget; bytes kept. Blocks."""
        files = [(p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob("*")]
        kept = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if kept <= self._budget:
                break
            path.unlink(missing_ok=True)
            kept -= size
        return kept

    async def _fetch(
        self, path: Path, fetch: Callable[[], Awaitable[bytes | None]]
    ) -> bytes | None:
        """Fetch and keep, once however many ask at the same time."""
        task = self._fetching.get(path.name)
        if task is None:
            task = asyncio.create_task(_fetched(path, fetch))
            self._fetching[path.name] = task
            task.add_done_callback(lambda _: self._fetching.pop(path.name, None))
        return await task


async def _fetched(path: Path, fetch: Callable[[], Awaitable[bytes | None]]) -> bytes | None:
    data = await fetch()
    await asyncio.to_thread(write_atomically, path, data or b"")
    return data


def _used(path: Path) -> bool:
    """Whether something is kept; notes the use for pruning."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        path.touch()
        return path.stat().st_size > 0
    except OSError:
        return False
    path.unlink()
    return False


def _read(path: Path) -> tuple[bytes | None, float]:
    try:
        return path.read_bytes(), time.time() - path.stat().st_mtime
    except OSError:
        return None, 0.0
