"""Getting over a server that is away: growing pauses for ever, and saying so in one line."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from player.errors import OfflineError, PlayerError, ServerBusyError, SignedOutError
from player.playback.ports import Clock

ConnectionState = Literal["online", "offline", "connecting", "signed_out"]


@dataclass(frozen=True, slots=True)
class Connection:
    """What is known about the way to the server."""

    state: ConnectionState = "connecting"
    detail: str = ""
    since: float = 0.0
    """Monotonic time of the last change of state."""


@dataclass(frozen=True, slots=True)
class BackoffNumbers:
    """Seconds between attempts."""

    first_s: float = 0.5
    factor: float = 1.7
    most_s: float = 20.0
    jitter: float = 0.25
    """Share by which a pause may be longer or shorter, so that clients do not come in step."""
    busy_most_s: float = 300.0
    """The longest wait that a server may ask for."""


class Recovery:
    """Shared by everything that talks to the server for playback: one pause, one state."""

    def __init__(
        self,
        clock: Clock,
        *,
        random: Random | None = None,
        numbers: BackoffNumbers | None = None,
        changed: Callable[[Connection], None] | None = None,
    ) -> None:
        self._clock = clock
        self._random = random or Random()
        self._numbers = numbers or BackoffNumbers()
        self._changed = changed or (lambda _connection: None)
        self._attempts = 0
        self._try_now = asyncio.Event()
        self.connection = Connection()

    @property
    def attempts(self) -> int:
        """Failures since the last success."""
        return self._attempts

    def succeeded(self) -> None:
        """The server answered."""
        self._attempts = 0
        self._say("online", "")

    def failed(self, error: PlayerError) -> float:
        """The server did not; how long to wait before the next attempt."""
        self._attempts += 1
        if isinstance(error, SignedOutError):
            self._say("signed_out", error.message)
        else:
            self._say("offline", error.message)
        return self.pause_s(error)

    def pause_s(self, error: PlayerError) -> float:
        """The pause after the attempts so far."""
        numbers = self._numbers
        exponent = min(self._attempts - 1, 30)
        pause = min(numbers.most_s, numbers.first_s * numbers.factor**exponent)
        pause *= 1 + numbers.jitter * (2 * self._random.random() - 1)
        if isinstance(error, ServerBusyError):
            return max(pause, min(error.retry_after_s, numbers.busy_most_s))
        return pause

    async def wait(self, error: PlayerError) -> None:
        """Note the failure and wait until another attempt is due, or until `hurry`."""
        pause = self.failed(error)
        self._try_now.clear()
        try:
            async with asyncio.timeout(pause):
                await self._try_now.wait()
        except TimeoutError:
            return

    def hurry(self) -> None:
        """Somebody asked for sound, or the network changed: try now."""
        self._try_now.set()

    def _say(self, state: ConnectionState, detail: str) -> None:
        if (state, detail) != (self.connection.state, self.connection.detail):
            changed = state != self.connection.state
            since = self._clock.monotonic() if changed else self.connection.since
            self.connection = Connection(state, detail, since)
            self._changed(self.connection)


def retryable(error: PlayerError) -> bool:
    """Whether waiting may help."""
    return isinstance(error, OfflineError | SignedOutError)
