"""Settings: typed, read once, handed on as sections: `settings.toml`, then `SEGUE_*` variables.

`SEGUE_AUDIO_SINK=null` overrides `sink` of the section `[audio]`, and so on for every field.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec

from player.errors import SettingsError
from sync.wire.playback import Codec

Megabytes = Annotated[int, msgspec.Meta(ge=64, le=4_000_000)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
Sink = Annotated[str, msgspec.Meta(pattern=r"^(auto|mpv|miniaudio|null|wav:.+)$")]


class AudioSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The way to the ear."""

    sink: Sink = "auto"
    """`auto` is mpv when libmpv is there, else miniaudio; `null` is silent, `wav:PATH` records."""
    codec: Codec = "aac"
    """Which of the two codecs to stream."""


class SoundSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to the sound. As it is, nothing: every sample is played as it was decoded.

    The commands `normalise`, `crossfade`, `eq`, `speed`, `spatial` and `mono` change it while it
    plays; what they set is remembered and goes before what stands here.
    """

    normalise: Literal["off", "auto", "track", "album"] = "off"
    """Bring tracks to one loudness; `auto` keeps the balance of an album that plays in order."""
    target_lufs: Annotated[float, msgspec.Meta(ge=-30, le=-8)] = -14.0
    """How loud that is: -14 as streaming services have it, -18 as ReplayGain."""
    preamp_db: Annotated[float, msgspec.Meta(ge=-15, le=15)] = 0.0
    """Added to every track while tracks are normalised."""
    crossfade_s: Annotated[float, msgspec.Meta(ge=0, le=12)] = 0.0
    """How long one track goes over into the next; an album in order is never faded."""
    eq: str = "off"
    """An equaliser's curve by name: one that comes with Segue or one that was imported."""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=3)] = 1.0
    """For spoken words: 0.5 to 3, at the same pitch."""
    spatial: str = "off"
    """Two loudspeakers in front of the head, for earphones: `auto` takes the system's measured
    head if there is one, `synthetic` the built-in one; else the path of a SOFA file."""
    mono: bool = False
    """Both channels to both ears."""
    sleep_fade_s: Annotated[float, msgspec.Meta(ge=0, le=120)] = 10.0
    """How slowly the sleep timer goes down."""


class StreamingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Quality and buffer."""

    quality: Literal["auto", "96", "160", "320", "saver"] = "auto"
    """A rung of the ladder, `auto` to follow the link, or `saver` for the least data."""
    metered: bool = False
    """Whether the connection is paid by volume: at most 160 kbps and little loaded ahead."""
    buffer_s: Seconds = 120.0
    """How far ahead to load."""


class CacheSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be kept on disk."""

    budget_mb: Megabytes = 2_048
    """Encrypted audio, oldest first out."""


class NetworkSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Talking to the server."""

    connect_timeout_s: Seconds = 5.0
    read_timeout_s: Seconds = 10.0
    """Longest silence in the middle of an answer."""
    refresh_s: Seconds = 300.0
    """How often a view that is open asks for changes of the library."""


class DisplaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The terminal player's look."""

    theme: Literal["auto", "afterglow", "daybreak", "terminal", "monochrome"] = "auto"
    """`auto` is Afterglow, or less where the terminal shows less or NO_COLOR is set."""
    plain: Literal["auto", "on", "off"] = "auto"
    """ASCII signs in place of drawn ones; `auto` where the locale or the terminal wants them."""


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The engine's log."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class PrivacySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where secrets live."""

    keys: Literal["auto", "keyring", "file"] = "auto"
    """The desktop's keyring, or an encrypted file; `auto` takes the first that works."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All sections."""

    audio: AudioSettings = AudioSettings()
    sound: SoundSettings = SoundSettings()
    streaming: StreamingSettings = StreamingSettings()
    cache: CacheSettings = CacheSettings()
    network: NetworkSettings = NetworkSettings()
    display: DisplaySettings = DisplaySettings()
    log: LogSettings = LogSettings()
    privacy: PrivacySettings = PrivacySettings()


@dataclass(frozen=True)
class Mistake:
    """Something in the settings that cannot be used, where it stands and what to do."""

    where: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}; {self.remedy}"


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises SettingsError with the first mistake."""
    settings, mistakes = check(path, environment)
    if mistakes:
        raise SettingsError(str(mistakes[0]))
    return settings


def check(
    path: Path, environment: Mapping[str, str] = os.environ
) -> tuple[Settings, tuple[Mistake, ...]]:
    """The settings as far as they are usable, and every mistake in them."""
    text, values, mistakes = _read(path)
    sections = get_type_hints(Settings)
    merged: dict[str, dict[str, tuple[str, Any]]] = {name: {} for name in sections}
    for name, body in values.items():
        if name not in sections or not isinstance(body, dict):
            where = _line_of(path, text, "", name)
            mistakes.append(Mistake(where, f"there is no section [{name}]", _known(sections)))
            continue
        for key, value in body.items():
            merged[name][key] = (_line_of(path, text, name, key), value)
    _overlay(merged, sections, environment)
    built = {name: _section(kind, merged[name], mistakes) for name, kind in sections.items()}
    return Settings(**built), tuple(mistakes)


def _read(path: Path) -> tuple[str, dict[str, Any], list[Mistake]]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return "", {}, []
    except (OSError, UnicodeDecodeError) as error:
        return "", {}, [Mistake(str(path), f"cannot be read: {error}", "repair or remove it")]
    try:
        return text, tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
        return text, {}, [Mistake(str(path), str(error), "correct the line")]


def _overlay(
    merged: dict[str, dict[str, tuple[str, Any]]],
    sections: Mapping[str, type],
    environment: Mapping[str, str],
) -> None:
    for name, kind in sections.items():
        for field in msgspec.structs.fields(kind):
            variable = f"SEGUE_{name}_{field.name}".upper()
            if variable in environment:
                merged[name][field.name] = (variable, environment[variable])


def _section(kind: type, found: dict[str, tuple[str, Any]], mistakes: list[Mistake]) -> Any:
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    good: dict[str, Any] = {}
    for key, (where, value) in found.items():
        if key not in fields:
            mistakes.append(Mistake(where, f"there is no setting {key}", _known(fields)))
            continue
        lenient = where.startswith("SEGUE_")  # variables are text, numbers included
        try:
            good[key] = msgspec.convert(value, fields[key].type, strict=not lenient)
        except msgspec.ValidationError as error:
            remedy = f"without it the value is {fields[key].default!r}"
            mistakes.append(Mistake(where, f"{key} = {value!r}: {error}", remedy))
    return kind(**good)


def _known(names: Mapping[str, Any]) -> str:
    return f"known are {', '.join(names)}"


def _line_of(path: Path, text: str, section: str, key: str) -> str:
    """`file:line` of a key (or of a section's head), as well as a reader would find it."""
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.split("#", 1)[0].strip()
        if bare.startswith("["):
            current = bare.strip("[] ")
            if not section and current == key:
                return f"{path}:{number}"
        elif current == section and bare.split("=", 1)[0].strip() == key:
            return f"{path}:{number}"
    return str(path)
