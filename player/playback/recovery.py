"""Getting over a server that is away: growing pauses, and saying so in one line.

A failure that heals within `quiet_s` is nobody's concern. One that lasts is told; one that lasts
longer than `patience_s` is told again and from then on tried less often. Whoever does not want to
wait says `hurry`. Requests that fail while others are answered are another matter: `Persistence`
counts them, so that nothing is asked for for ever.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from player.errors import (
    OfflineError,
    PlayerError,
    ServerBusyError,
    ServerFailedError,
    SignedOutError,
)
from player.playback.ports import Clock

ConnectionState = Literal["online", "offline", "connecting", "signed_out"]
Patience = Literal["quiet", "told", "long"]
OWN_TRIES = 4
"""So often one request may fail by itself, over five seconds, before another way is tried."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What is known about the way to the server."""

    state: ConnectionState = "connecting"
    detail: str = ""
    since: float = 0.0
    """Monotonic time of the last change of state."""
    patience: Patience = "quiet"
    """Whether the trouble has lasted long enough to be told, or so long that it is tried less."""
    attempts: int = 0
    """Failures since the last success."""
    retry_at: float = 0.0
    """Monotonic time of the next attempt, while there is trouble."""
    error: PlayerError | None = None


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
    quiet_s: float = 2.0
    """Trouble that is over sooner is not told."""
    patience_s: float = 600.0
    """After so long it is told once more, and pauses are `long_s`."""
    long_s: float = 60.0


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
        self._quiet: asyncio.TimerHandle | None = None
        self._try_now = asyncio.Event()
        self._busy_until = 0.0
        self.answers = 0
        """How often the server was there when it was asked."""
        self.connection = Connection()

    def succeeded(self) -> None:
        """The server answered."""
        self.answers += 1
        if self.connection.state in ("online", "signed_out"):
            return  # who is signed out may read on where addresses were given
        if self._quiet is not None:
            self._quiet.cancel()
            self._quiet = None
        self._show(Connection("online", since=self._clock.monotonic()))

    def failed(self, error: PlayerError, tries: int = 1) -> float:
        """The server did not; how long to wait before the next attempt.

        `tries`: how often this very request has failed. Failures of requests that were under way
        together count once.
        """
        now = self._clock.monotonic()
        before = self.connection
        fresh = before.state not in ("offline", "signed_out")
        attempts = 1 if fresh else before.attempts + (now >= before.retry_at)
        patience: Patience = "quiet" if fresh else before.patience
        since = now if fresh else before.since
        if patience == "told" and now - since >= self._numbers.patience_s:
            patience = "long"
        pause = self._pause_s(error, max(attempts, tries), patience)
        retry_at = now + pause
        if not fresh and now < before.retry_at:
            retry_at = before.retry_at
        if isinstance(error, ServerBusyError):
            self._busy_until = retry_at = max(retry_at, now + pause)
        state: ConnectionState = "signed_out" if isinstance(error, SignedOutError) else "offline"
        if state == "signed_out":
            patience = "told"
        told = Connection(state, error.message, since, patience, attempts, retry_at, error)
        if fresh and patience == "quiet":
            loop = asyncio.get_running_loop()
            self._quiet = loop.call_later(self._numbers.quiet_s, self._lasts)
        self._show(told)
        return max(pause, retry_at - now)

    async def wait(self, error: PlayerError, tries: int = 1) -> None:
        """Note the failure and wait until another attempt is due, or until `hurry`."""
        pause = self.failed(error, tries)
        self._try_now.clear()
        try:
            async with asyncio.timeout(pause):
                await self._try_now.wait()
        except TimeoutError:
            return

    async def turn(self) -> None:
        """Wait as long as the server has asked everybody to."""
        left = self._busy_until - self._clock.monotonic()
        if left > 0:
            await asyncio.sleep(left)

    def eased(self) -> None:
        """The server is well, only not with what was asked for: the next request is another one."""
        self.connection = replace(self.connection, attempts=0, retry_at=self._clock.monotonic())

    def signed_in(self) -> None:
        """There is a session (again)."""
        if self.connection.state == "signed_out":
            self._show(Connection("connecting", since=self._clock.monotonic()))
        self.hurry()

    def hurry(self) -> None:
        """Somebody asked for sound, or the network changed: try now."""
        self.connection = replace(self.connection, retry_at=self._clock.monotonic())
        self._try_now.set()

    def _pause_s(self, error: PlayerError, tries: int, patience: Patience) -> float:
        numbers = self._numbers
        pause = min(numbers.most_s, numbers.first_s * numbers.factor ** min(tries - 1, 30))
        pause = numbers.long_s if patience == "long" else pause
        pause *= 1 + numbers.jitter * (2 * self._random.random() - 1)
        if isinstance(error, ServerBusyError):
            return max(pause, min(error.retry_after_s or 0.0, numbers.busy_most_s))
        return pause

    def _lasts(self) -> None:
        """The trouble was not over soon."""
        self._quiet = None
        if self.connection.patience == "quiet":
            self._show(replace(self.connection, patience="told"))

    def _show(self, connection: Connection) -> None:
        self.connection = connection
        self._changed(connection)


class Persistence:
    """Counts one request's failures that are its own: the server answered others in between."""

    def __init__(self, recovery: Recovery) -> None:
        self._recovery = recovery
        self._answers = recovery.answers
        self._own = 0
        self.tries = 0

    def progressed(self) -> None:
        """The request itself was answered in part."""
        self.tries = self._own = 0

    def failed(self, error: PlayerError) -> None:
        """It failed once more."""
        self.tries += 1
        answers, self._answers = self._answers, self._recovery.answers
        if answers != self._answers or isinstance(error, ServerFailedError):
            self._own += 1

    @property
    def spent(self) -> bool:
        """Whether it is time to look elsewhere."""
        return self._own >= OWN_TRIES


def retryable(error: PlayerError) -> bool:
    """Whether waiting may help."""
    return isinstance(error, OfflineError | SignedOutError)
