"""Which way to the ear."""

from collections.abc import Callable
from pathlib import Path

import structlog

from player.adapters.audio_null import NullSink
from player.errors import UsageError
from player.playback.errors import SinkUnavailableError
from player.playback.output import Output
from player.playback.sink import AudioSink

log = structlog.get_logger(__name__)

_AUTO = ("mpv", "miniaudio")


def open_output(name: str) -> tuple[Output, str]:
    """A working output, and why it is not the one that was wanted ("" if it is).

    A machine without sound still gets an engine: it plays to nobody and says so. Raises UsageError.
    """
    reasons = []
    for candidate in _AUTO if name == "auto" else (name,):
        try:
            output = Output(_sink(candidate))
            output.start()
        except SinkUnavailableError as error:
            log.warning("sink unavailable", sink=candidate, reason=error.message)
            reasons.append(f"{candidate}: {error.message}")
            continue
        return output, ""
    output = Output(NullSink())
    output.start()
    return output, "; ".join(reasons)


def _sink(name: str) -> AudioSink:
    if name.startswith("wav:"):
        return _wav(Path(name.removeprefix("wav:")))
    make = _SINKS.get(name)
    if make is None:
        raise UsageError(f"there is no sink {name}", remedy="mpv, miniaudio, null or wav:PATH")
    return make()


def _mpv() -> AudioSink:
    from player.adapters.audio_mpv import MpvSink  # needs libmpv, which may be missing

    return MpvSink()


def _miniaudio() -> AudioSink:
    from player.adapters.audio_miniaudio import MiniaudioSink  # only when mpv is not there

    return MiniaudioSink()


def _wav(path: Path) -> AudioSink:
    from player.adapters.audio_wav import WavSink  # a test's sink

    return WavSink(path)


_SINKS: dict[str, Callable[[], AudioSink]] = {
    "mpv": _mpv,
    "miniaudio": _miniaudio,
    "null": NullSink,
}
