"""What the engine remembers from run to run: the queue, and the place in it with the volume."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import structlog

from player.engine.profiles import write_atomically
from player.playback.controller import Controller

log = structlog.get_logger(__name__)

_QUEUE_AFTER_S = 0.5
_PLACE_EVERY_S = 5.0


class Memory:
    """Saves soon after a change, and now and then while something plays; `save` at the end."""

    def __init__(self, folder: Path, controller: Controller, playing: Callable[[], bool]) -> None:
        self._queue_file = folder / "queue.json"
        self._place_file = folder / "place.json"
        self._controller = controller
        self._playing = playing
        self._revision = -1
        self._due: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None

    def recall(self) -> None:
        """Take up where the last run ended."""
        queue, place = _read(self._queue_file), _read(self._place_file)
        if queue is not None:
            self._controller.restore(queue, place or {"position_ms": 0})
            self._revision = self._controller.queue.revision

    def note(self) -> None:
        """Something changed."""
        if self._due is None and self._saving is None:
            changed = self._controller.queue.revision != self._revision
            pause_s = _QUEUE_AFTER_S if changed else _PLACE_EVERY_S
            self._due = asyncio.get_running_loop().call_later(pause_s, self._begin)

    async def save(self) -> None:
        """Save everything now, at the end: paused, for the next run begins so."""
        self._controller.pause()
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self._saving is not None:
            await asyncio.wait([self._saving])
        try:
            await self._save()
        except OSError as error:  # a full disk: what was saved before is taken up
            log.warning("state not saved", reason=str(error))

    def _begin(self) -> None:
        self._due = None
        self._saving = asyncio.create_task(self._save())
        self._saving.add_done_callback(self._saved)

    def _saved(self, task: asyncio.Task[None]) -> None:
        self._saving = None
        if not task.cancelled() and task.exception() is not None:
            log.warning("state not saved", reason=str(task.exception()))
        if self._playing() or self._controller.queue.revision != self._revision:
            self.note()

    async def _save(self) -> None:
        revision = self._controller.queue.revision
        place = msgspec.json.encode(self._controller.saved_place())
        if revision != self._revision:
            queue = msgspec.json.encode(self._controller.saved_queue())
            await asyncio.to_thread(write_atomically, self._queue_file, queue)
            self._revision = revision
        await asyncio.to_thread(write_atomically, self._place_file, place)


def _read(path: Path) -> dict[str, Any] | None:
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    return None
