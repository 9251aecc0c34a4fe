"""A topic that is pushed at a steady pace, and only while somebody follows it."""

import asyncio
from collections.abc import Callable


class Pulse:
    """`look` whenever the audience may have changed; `push` sends the present state."""

    def __init__(
        self, audience: Callable[[], int], push: Callable[[], None], *, every_s: float = 1.0
    ) -> None:
        self._audience = audience
        self._push = push
        self._every_s = every_s
        self._timer: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Begin if somebody follows now, end if nobody does any more."""
        if not self._audience():
            self.stop()
        elif self._timer is None:
            self._wait()

    def stop(self) -> None:
        """No more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._every_s, self._beat)

    def _beat(self) -> None:
        self._push()
        self._wait()
