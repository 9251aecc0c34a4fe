"""When to ask a server again that could not be asked: pauses that grow and may be ended."""

import asyncio
import contextlib
from random import Random

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0


class Retrying:
    """A pause doubles up to five minutes, less up to half of it at random, so that the clients of
    a server that comes back do not arrive together."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._pause_s = FIRST_PAUSE_S
        self.wake = asyncio.Event()
        """Set: there is something to do, or a pause is to end."""

    def begin_anew(self) -> None:
        """The server answered, or may again: the next pause is the first."""
        self._pause_s = FIRST_PAUSE_S

    def hurry(self) -> None:
        """There may be a way to the server again: try at once."""
        self.begin_anew()
        self.wake.set()

    def next_s(self) -> float:
        """The next pause, and the one after it is longer."""
        pause, self._pause_s = self._pause_s, min(self._pause_s * 2, LONGEST_PAUSE_S)
        return pause * self._random.uniform(0.5, 1.0)

    async def rest(self, asked_s: float) -> None:
        """Pause for as long as the server asked (0: it did not), or until woken."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(asked_s or self.next_s()):  # wait_for may swallow a cancel
                await self.wake.wait()
