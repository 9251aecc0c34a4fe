"""Which way to the ear."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import structlog

from player.adapters.audio_null import NullSink
from player.adapters.head_sofa import SofaHead, system_file
from player.engine.curve_shelf import CurveShelf
from player.engine.home import Home
from player.engine.lyric_offsets import LyricOffsets
from player.engine.sound_wishes import SoundWishes
from player.errors import UsageError
from player.playback.errors import HeadUnreadableError, SinkUnavailableError
from player.playback.hearing import SoundStock
from player.playback.output import Output
from player.playback.sink import AudioSink
from player.playback.sound.head import Head, SphericalHead
from player.settings import SoundSettings

log = structlog.get_logger(__name__)

_AUTO = ("mpv", "miniaudio")


class SoundDesk(NamedTuple):
    """What a person chose of the sound, and where curves and offsets are kept."""

    wishes: SoundWishes
    shelf: CurveShelf
    offsets: LyricOffsets

    def stock(self) -> SoundStock:
        """What the player begins with."""
        return SoundStock(self.wishes.settings, self.shelf.curve, head_named)


def open_sound_desk(home: Home, settings: SoundSettings) -> SoundDesk:
    """Read what is kept. Blocks for small files."""
    return SoundDesk(
        SoundWishes(home.session / "sound.json", settings),
        CurveShelf(home.curves),
        LyricOffsets(home.session / "lyrics.json"),
    )


@lru_cache(maxsize=4)
def head_named(name: str) -> Head:
    """`auto` is the system's measured head or else the synthetic one; others are SOFA files.

    Raises HeadUnreadableError.
    """
    if name == "synthetic":
        return SphericalHead()
    if name != "auto":
        return SofaHead(Path(name).expanduser()).check()
    path = system_file()
    try:
        return SphericalHead() if path is None else SofaHead(path).check()
    except HeadUnreadableError as error:
        log.warning("measured head left out", reason=error.message)
        return SphericalHead()


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
