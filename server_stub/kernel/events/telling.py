"""Events that change no state and must not make anybody wait: they are kept a moment later."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.ports import EventLog

Tell = Callable[[Sequence[Event]], None]
_log = structlog.get_logger(__name__)


def tell_nobody(_events: Sequence[Event]) -> None:
    """For programs without a log."""


class Teller:
    """Appends in the background. What was told in the last moments before a crash may be lost."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, events: Sequence[Event]) -> None:
        """Keep events soon."""
        task = asyncio.create_task(self._append(events))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait until everything is kept."""
        await asyncio.gather(*self._tasks)

    async def _append(self, events: Sequence[Event]) -> None:
        try:
            await self._log.append(events)
        except Exception:  # noqa: BLE001 - whoever told it has done their part; listening goes on
            _log.exception("events could not be kept", types=[event.type for event in events])
