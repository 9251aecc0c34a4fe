"""How it sounds: normalising, crossfade, equaliser, speed, speakers, mono; the sleep timer; lyrics
in step with what is heard."""

import asyncio
import re
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from player.engine.curve_shelf import CurveShelf
from player.engine.lyric_offsets import LyricOffsets
from player.engine.services.desk import Entry, Nothing, Table
from player.engine.sound_wishes import SoundWishes
from player.errors import NotFoundError, UsageError
from player.playback.listening import Listening

_MINUTES = re.compile(r"^(?:(\d+)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*(?:m|min|minutes?)?)?$")
_TRACKS = re.compile(r"^(?:(\d+)\s+)?(?:track|song)s?$")
_MOST_SLEEP_S = 86_400.0
_MOST_TRACKS = 1_000


class SoundArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """sound.set: what is left out stays as it is; ranges are those of the settings file."""

    normalise: str | None = None
    target_lufs: float | None = None
    preamp_db: float | None = None
    crossfade_s: float | None = None
    eq: str | None = None
    speed: float | None = None
    spatial: str | None = None
    mono: bool | None = None
    sleep_fade_s: float | None = None


class SwitchArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """sound.mono"""

    on: bool | None = None


class ImportArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """eq.import"""

    name: str
    text: str


class BandsArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """eq.bands"""

    bands: str


class SleepArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """sleep"""

    when: str = ""


class OffsetArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """lyrics.offset"""

    track: str = ""
    ms: int | None = None
    delta_ms: int | None = None


class SoundBooks(Protocol):
    """What is kept of the sound."""

    @property
    def wishes(self) -> SoundWishes:
        """What was chosen."""
        ...

    @property
    def shelf(self) -> CurveShelf:
        """Equaliser curves."""
        ...

    @property
    def offsets(self) -> LyricOffsets:
        """Of lyrics."""
        ...


class SoundService:
    """Every command takes effect at once and is remembered; each answers with the state."""

    def __init__(
        self, listening: Listening, books: SoundBooks, state: Callable[[], dict[str, Any]]
    ) -> None:
        self._listening = listening
        self._wishes, self._shelf, self._offsets = books.wishes, books.shelf, books.offsets
        self._state = state

    def commands(self) -> Table:
        """By name."""
        return {
            "sound.set": Entry(SoundArgs, self.set),
            "sound.mono": Entry(SwitchArgs, self.mono),
            "sound.reset": Entry(Nothing, self.reset),
            "eq.list": Entry(Nothing, self.curves),
            "eq.import": Entry(ImportArgs, self.import_curve),
            "eq.bands": Entry(BandsArgs, self.bands),
            "sleep": Entry(SleepArgs, self.sleep),
            "lyrics.offset": Entry(OffsetArgs, self.lyrics_offset),
        }

    async def set(self, args: SoundArgs) -> dict[str, Any]:
        """Change some settings; none of them shows how it is."""
        values = msgspec.to_builtins(args)
        if values:
            await self._apply(values)
        return self._state()

    async def mono(self, args: SwitchArgs) -> dict[str, Any]:
        """On, off, or over."""
        on = not self._listening.settings.mono if args.on is None else args.on
        return await self.set(SoundArgs(mono=on))

    async def reset(self, _: Nothing) -> dict[str, Any]:
        """As the settings file says."""
        self._wishes.forget()
        self._listening.set(self._wishes.settings)
        await asyncio.to_thread(self._wishes.save)
        return self._state()

    async def curves(self, _: Nothing) -> dict[str, Any]:
        """Names of equaliser curves."""
        presets, imported = await asyncio.to_thread(self._shelf.names)
        return {"presets": presets, "imported": imported, "eq": self._listening.settings.eq}

    async def import_curve(self, args: ImportArgs) -> dict[str, Any]:
        """Take a curve of AutoEq on, and use it."""
        curve = await asyncio.to_thread(self._shelf.keep, args.name, args.text)
        await self._apply({"eq": args.name})
        return {"eq": args.name, "bands": len(curve.bands), "preamp_db": curve.preamp_db}

    async def bands(self, args: BandsArgs) -> dict[str, Any]:
        """Use bands as they are typed."""
        name = await asyncio.to_thread(self._shelf.keep_typed, args.bands)
        return await self.set(SoundArgs(eq=name))

    async def sleep(self, args: SleepArgs) -> dict[str, Any]:
        """Set the timer, or take it back; nothing named shows it."""
        when = args.when.strip().lower()
        if when == "off":
            self._listening.stay_awake()
        elif (tracks := _tracks(when)) is not None:
            self._listening.sleep_after_tracks(tracks)
        elif when:
            self._listening.sleep_after_s(_seconds(when))
        return self._state()

    async def lyrics_offset(self, args: OffsetArgs) -> dict[str, Any]:
        """Show the lyrics of a track earlier (+) or later (-), from now on."""
        playing = self._state()["track"]
        track = args.track or (playing["id"] if playing else "")
        if not track:
            raise NotFoundError("nothing plays", remedy="name a track")
        if args.ms is not None:
            self._offsets.set(track, args.ms)
        elif args.delta_ms is not None:
            self._offsets.set(track, self._offsets.of(track) + args.delta_ms)
        await asyncio.to_thread(self._offsets.save)
        self._listening.changed()
        return {"track": track, "ms": self._offsets.of(track)}

    async def _apply(self, values: dict[str, Any]) -> None:
        """Heard first, then remembered."""
        settings = self._wishes.with_(values)
        await asyncio.to_thread(self._listening.prepare, settings)
        self._listening.set(settings)
        self._wishes.choose(values)
        await asyncio.to_thread(self._wishes.save)


def _tracks(when: str) -> int | None:
    """`track`, `3 tracks`."""
    found = _TRACKS.match(when)
    if found is None:
        return None
    tracks = int(found[1] or 1)
    if not 1 <= tracks <= _MOST_TRACKS:
        raise UsageError(f"{tracks} tracks are none or too many")
    return tracks


def _seconds(when: str) -> float:
    """`30`, `45m`, `1h 30m`."""
    found = _MINUTES.match(when)
    seconds = 0.0 if found is None else 3600 * int(found[1] or 0) + 60 * float(found[2] or 0)
    if not 0 < seconds <= _MOST_SLEEP_S:
        remedy = "minutes (30), 1h 30m, track, 3 tracks, or off"
        raise UsageError(f"{when} is no time to sleep at", remedy=remedy)
    return seconds
