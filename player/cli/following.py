"""`segue status --follow`: what changes, as it changes."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from player.cli import printing
from player.cli.printing import Printer

_FOLLOW_S = 1.0
"""So often at most a line is printed while nothing but figures changes."""
_FIGURES = frozenset({"position_ms", "at", "buffered_ms", "buffer_s", "cache"})


class Pushing(Protocol):
    """An engine that tells what changes."""

    def call(self, command: str, **args: Any) -> Any:
        """Run a command."""
        ...

    def events(self) -> Iterator[tuple[str, Any]]:
        """(topic, data), until the engine goes away."""
        ...


def follow(engine: Pushing, printer: Printer, clock: Callable[[], float] = time.monotonic) -> None:
    """Programs get every state; people a line when something is different, and what is said."""
    engine.call("subscribe", topics=["state"] if printer.as_json else ["state", "notice"])
    before: dict[str, Any] = {}
    due = 0.0
    for topic, news in engine.events():
        if topic == "notice":
            printer.result(news, [printing.notice_line(news)])
            continue
        state = {name: value for name, value in news.items() if name not in _FIGURES}
        if printer.as_json or state != before or clock() >= due:
            printer.result(news, [" ".join(printing.state_lines(news, printer)[:2])])
            before, due = state, clock() + _FOLLOW_S
