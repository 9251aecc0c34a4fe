"""The playback trace: one JSON object a line for every event, for people and for the bench."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TextIO

TraceEvent = Literal[
    "chunk_requested",
    "chunk_received",
    "chunk_abandoned",
    "switch",
    "first_audio",
    "stall_begin",
    "stall_end",
    "seek",
    "skip",
    "track_start",
    "track_end",
]
Tracer = Callable[..., None]
"""Called as `tracer(event, track=..., piece=..., ...)`."""


def no_trace(event: TraceEvent, **fields: Any) -> None:
    """Nobody wants to know."""


class TraceFile:
    """Writes events to a file as they happen (`SEGUE_TRACE`)."""

    def __init__(self, path: Path, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._file: TextIO | None = path.open("a", encoding="utf-8", buffering=1)

    def __call__(self, event: TraceEvent, **fields: Any) -> None:
        """One line. Fields that are None are left out."""
        if self._file is None:
            return
        line = line_of(self._monotonic(), event, fields)
        try:
            self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        except OSError:
            self.close()  # a full disk must not stop the music

    def close(self) -> None:
        """No more lines."""
        if self._file is not None:
            file, self._file = self._file, None
            file.close()


class TraceList:
    """Keeps events in memory as they came, for whoever reads them one by one."""

    def __init__(self, monotonic: Callable[[], float], most: int = 10_000) -> None:
        self._monotonic = monotonic
        self._most = most
        self.lines: list[dict[str, Any]] = []

    def __call__(self, event: TraceEvent, **fields: Any) -> None:
        """One more."""
        self.lines.append({"t": self._monotonic(), "event": event, **fields})
        if len(self.lines) > self._most:
            del self.lines[: self._most // 10]

    def named(self, *events: TraceEvent) -> list[dict[str, Any]]:
        """The lines of some kinds."""
        return [line for line in self.lines if line["event"] in events]


def line_of(t: float, event: TraceEvent, fields: Mapping[str, Any]) -> dict[str, Any]:
    """An event as it is written. Fields that are None are left out."""
    line: dict[str, Any] = {"t": round(t, 4), "event": event}
    line.update((name, _rounded(value)) for name, value in fields.items() if value is not None)
    return line


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
