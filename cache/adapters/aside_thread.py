"""Work on a thread of its own, one thing after the other.

A daemon thread and no pool: a disk that hangs must not keep the process from ending.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Job = Callable[[], None]


class ThreadAside:
    """Implements `Aside`. The thread starts with the first thing to do."""

    def __init__(self, name: str = "segue-cache") -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Things that are not done yet."""
        return self._waiting

    async def run(self, act: Callable[..., T], *args: Any) -> T:
        """Do it and wait for the result. Who stops waiting does not stop it."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            try:
                result = act(*args)
            except Exception as error:  # noqa: BLE001 - it is the waiter's
                _tell(loop, self._failed, done, error)
            else:
                _tell(loop, self._succeeded, done, result)

        self._waiting += 1
        if not self._thread.is_alive():
            self._thread.start()
        self._jobs.put(job)
        return await done

    async def close(self, within_s: float) -> None:
        """Finish what was begun, unless that takes too long."""
        if self._thread.is_alive():
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join, within_s)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _succeeded(self, done: "asyncio.Future[T]", result: T) -> None:
        self._waiting -= 1
        if not done.done():
            done.set_result(result)

    def _failed(self, done: "asyncio.Future[T]", error: Exception) -> None:
        self._waiting -= 1
        if not done.done():
            done.set_exception(error)


def _tell(loop: asyncio.AbstractEventLoop, act: Callable[..., None], *args: Any) -> None:
    with suppress(RuntimeError):  # the loop has ended: nobody waits any more
        loop.call_soon_threadsafe(act, *args)
