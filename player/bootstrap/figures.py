"""Diagnostics put together from everybody who knows a part."""

import platform
from collections.abc import Callable
from typing import Any

import msgspec

from player.bootstrap.parts import VERSION, Parts
from player.engine.home import Home
from player.engine.process_use import ProcessUse
from player.engine.services.diagnostics import DiagnosticsService
from player.playback.diagnostics.gauges import sound_report, store_report
from player.playback.diagnostics.report import Report
from player.settings import Settings


def diagnostics_service(home: Home, settings: Settings, parts: Parts) -> DiagnosticsService:
    """The service over these parts."""
    recorder = parts.streaming.recorder
    return DiagnosticsService(
        recorder, _report(parts), lambda: (_about(parts), _shown(settings)), home.diagnostics
    )


def _report(parts: Parts) -> Callable[[], Report]:
    process = ProcessUse()

    def report() -> Report:
        return msgspec.structs.replace(
            parts.streaming.recorder.report(),
            sound=sound_report(parts.output),
            store=store_report(parts.store),
            process=process.report(),
        )

    return report


def _about(parts: Parts) -> dict[str, Any]:
    return {
        "segue": VERSION,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "sink": parts.output.name,
        "limits": parts.quality.shown(),
    }


def _shown(settings: Settings) -> dict[str, Any]:
    """The settings; a recording sink is named without its file."""
    shown: dict[str, Any] = msgspec.to_builtins(settings)
    if settings.audio.sink.startswith("wav:"):
        shown["audio"]["sink"] = "wav"
    return shown
