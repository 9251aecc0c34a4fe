"""Diagnostics: the figures, with or without their histories, and the bundle to export."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from player.engine import bundle
from player.engine.services.desk import Entry, Nothing, Table
from player.errors import PlayerError, UsageError
from player.playback.diagnostics.report import Report, without_histories


class ExportArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """diagnostics.export"""

    out: str = ""
    """A file to write; empty: one in the profile's folder."""
    minutes: float = 60.0
    """How far back."""


class Recording(Protocol):
    """What was recorded."""

    def lines(self, since: float = 0.0) -> list[str]:
        """Events as lines of the trace."""
        ...

    def link_samples(self, since: float = 0.0) -> list[dict[str, Any]]:
        """The link as a trace of the bench."""
        ...


class DiagnosticsService:
    """`report` gives all figures; `about` versions and settings for a bundle."""

    def __init__(
        self,
        recording: Recording,
        report: Callable[[], Report],
        about: Callable[[], tuple[dict[str, Any], dict[str, Any]]],
        folder: Path,
    ) -> None:
        self._recording = recording
        self._report = report
        self._about = about
        self._folder = folder

    def commands(self) -> Table:
        """By name."""
        return {
            "diagnostics": Entry(Nothing, self.show),
            "diagnostics.export": Entry(ExportArgs, self.export),
        }

    def summary(self) -> dict[str, Any]:
        """The figures without their histories, as a part of the state."""
        return {"diagnostics": msgspec.to_builtins(without_histories(self._report()))}

    async def show(self, _: Nothing) -> dict[str, Any]:
        """All figures."""
        return self.present()

    def present(self) -> dict[str, Any]:
        """The `diagnostics` event."""
        figures: dict[str, Any] = msgspec.to_builtins(self._report())
        return figures

    async def export(self, args: ExportArgs) -> dict[str, Any]:
        """Write a bundle. Raises UsageError, PlayerError."""
        path = Path(args.out) if args.out else self._folder / _name()
        if not path.is_absolute():
            raise UsageError(f"{path} is not the whole path of a file")
        since = max(0.0, time.monotonic() - args.minutes * 60)
        about, settings = self._about()
        parts = bundle.Bundle(
            link=self._recording.link_samples(since),
            lines=self._recording.lines(since),
            diagnostics=self.present(),
            settings=settings,
            about=about,
        )
        try:
            await asyncio.to_thread(bundle.write, path, parts)
        except OSError as error:
            raise PlayerError(f"the bundle cannot be written: {error}") from error
        link_s = sum(row["duration_ms"] for row in parts.link) / 1000
        return {"out": str(path), "events": len(parts.lines), "link_s": link_s}


def _name() -> str:
    return f"segue-diagnostics-{time.strftime('%Y%m%d-%H%M%S')}.zip"
