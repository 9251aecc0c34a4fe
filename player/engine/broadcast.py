"""From changes to events: however much changes in one moment, each topic is pushed once."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from player.engine.protocol import Topic


class Publisher(Protocol):
    """Where events go."""

    def publish(self, topic: Topic, data: Any) -> None:
        """Push an event."""
        ...

    def present(self, topic: Topic) -> None:
        """Push the present state of a topic."""
        ...


class Broadcast:
    """`touch` a topic to have its present state pushed; `tell` pushes news that has no state."""

    def __init__(self) -> None:
        self._due: set[Topic] = set()
        self._publisher: Publisher | None = None
        self._pushed = _nothing

    def to(self, publisher: Publisher, pushed: Callable[[], None]) -> None:
        """Begin to push; `pushed` is called each time that states were."""
        self._publisher, self._pushed = publisher, pushed

    def touch(self, topic: Topic) -> None:
        """The state of a topic changed."""
        if not self._due:
            asyncio.get_running_loop().call_soon(self._push)
        self._due.add(topic)

    def tell(self, topic: Topic, data: Any) -> None:
        """Push this."""
        if self._publisher is not None:
            self._publisher.publish(topic, data)

    def notice(self, level: str, text: str, detail: str = "") -> None:
        """A line for people."""
        self.tell("notice", {"level": level, "text": text, "detail": detail})

    def _push(self) -> None:
        due, self._due = self._due, set()
        if self._publisher is not None:
            for topic in sorted(due):
                self._publisher.present(topic)
        self._pushed()


def _nothing() -> None:
    """Nobody wants to know yet."""
