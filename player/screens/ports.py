"""What the screens need from outside: an engine to call, and a clock."""

import time
from datetime import datetime
from typing import Any, Protocol

from player.engine.client import Subscription
from player.engine.protocol import Topic


class Engine(Protocol):
    """The engine as a view sees it; `player.engine.client.EngineClient` is one."""

    async def connect(self) -> None:
        """Connect. Raises PlayerError."""
        ...

    async def call(self, command: str, **args: Any) -> Any:
        """Run a command; its result. Raises PlayerError."""
        ...

    def subscribe(self, *topics: Topic) -> Subscription:
        """News of these topics, and of `engine`, from now on; the present state comes first."""
        ...

    def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription; what nobody else follows is not sent any more."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


class Clock(Protocol):
    """Time, so that it can be stopped."""

    def monotonic(self) -> float:
        """Seconds on the clock that states are stamped with."""
        ...

    def now(self) -> datetime:
        """The time of day here."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds since some moment in the past."""
        return time.monotonic()

    def now(self) -> datetime:
        """The time of day here."""
        return datetime.now().astimezone()


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start_s: float = 1000.0) -> None:
        self._monotonic_s = start_s

    def monotonic(self) -> float:
        """Seconds since some moment in the past."""
        return self._monotonic_s

    def now(self) -> datetime:
        """Always the same evening."""
        return datetime.fromisoformat("2026-11-23T21:47:00+00:00")

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._monotonic_s += seconds
