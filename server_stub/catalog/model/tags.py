"""What one audio file says about itself, and the rules that read values out of raw tag text."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from server_stub.catalog.model.lyrics import SongText
from server_stub.catalog.model.text import clean, identity
from sync.wire.catalog import Gain

MANY = 50
"""More values of one tag than this are not believed."""

_YEAR = re.compile(r"[12]\d{3}")
_DIGITS = re.compile(r"\d{1,6}")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_ARTIST_BREAKS = re.compile(r"\s*;\s*|\s+/\s+|\s*//\s*|\s+(?:feat\.?|ft\.|featuring)\s+", re.I)
_GENRE_BREAKS = re.compile(r"\s*[;,/\\|]\s*")
_NAME_BREAKS = re.compile(r"\s*;\s*|\s+/\s+")
_TRUE = frozenset({"1", "true", "yes", "y"})


@dataclass(frozen=True, slots=True)
class Audio:
    """What the stream is."""

    codec: str
    duration_ms: int
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What the tags say; empty where they are silent."""

    title: str = ""
    artists: tuple[str, ...] = ()
    artist_mbids: tuple[str, ...] = ()
    album: str = ""
    album_artists: tuple[str, ...] = ()
    album_artist_mbids: tuple[str, ...] = ()
    compilation: bool = False
    disc: int = 1
    number: int = 0
    year: int | None = None
    genres: tuple[str, ...] = ()
    isrc: str | None = None
    recording_mbid: str | None = None
    release_mbid: str | None = None
    label: str | None = None
    composers: tuple[str, ...] = ()
    gain: Gain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedFile:
    """All that was read from one file and the files beside it."""

    audio: Audio
    tags: Tags
    fingerprint: bytes
    cover: str | None = None
    cover_file: str | None = None
    """Path of the folder's picture; None when the picture is embedded."""
    lyrics: SongText | None = None
    damage: str | None = None


def first(values: Iterable[str]) -> str:
    """The first value that is not empty once cleaned."""
    return next((text for text in map(clean, values) if text), "")


def _several(values: Iterable[str], breaks: re.Pattern[str]) -> tuple[str, ...]:
    """The same few names stand in file after file: what was taken apart is kept."""
    return _taken_apart(tuple(values), breaks)


@lru_cache(8192)
def _taken_apart(values: tuple[str, ...], breaks: re.Pattern[str]) -> tuple[str, ...]:
    raw = [clean(value) for value in values]
    if len(raw) == 1:
        raw = [part.strip() for part in breaks.split(raw[0])]
    return tuple(dict.fromkeys(value for value in raw if value))[:MANY]


def artist_names(values: Iterable[str]) -> tuple[str, ...]:
    """Artists: tags with several values are taken as they are, a single value is split at signs
    that do not occur inside names (AC/DC and Earth, Wind & Fire stay whole)."""
    return _several(values, _ARTIST_BREAKS)


def people(values: Iterable[str]) -> tuple[str, ...]:
    """Composers and the like."""
    return _several(values, _NAME_BREAKS)


def genre_names(values: Iterable[str]) -> tuple[str, ...]:
    """Genres, without repeats that differ only in case."""
    return _genres(tuple(values))


@lru_cache(8192)
def _genres(values: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in values:
        for part in _GENRE_BREAKS.split(clean(value)):
            if part:
                found.setdefault(identity(part), part)
    return tuple(found.values())[:MANY]


def year(values: Iterable[str]) -> int | None:
    """The year in any date form that writes it with four digits."""
    for value in values:
        match = _YEAR.search(value[:64])
        if match:
            return int(match.group())
    return None


def ordinal(values: Iterable[str]) -> int:
    """The number of `3`, `03`, `3/12` or `A3`; 0 if there is none that can be believed."""
    for value in values:
        match = _DIGITS.search(value[:32])
        if match:
            number = int(match.group())
            return number if number < 10_000 else 0
    return 0


def isrc(values: Iterable[str]) -> str | None:
    """A well-formed recording code, without dashes."""
    for value in values:
        code = value[:64].upper().replace("-", "").replace(" ", "")
        if _ISRC.fullmatch(code):
            return code
    return None


def mbids(values: Iterable[str]) -> tuple[str, ...]:
    """The MusicBrainz ids in these values."""
    return tuple(match for value in values for match in _MBID.findall(value[:4096].lower()))[:MANY]


def mbid(values: Iterable[str]) -> str | None:
    """The first MusicBrainz id."""
    return next(iter(mbids(values)), None)


def flag(values: Iterable[str]) -> bool:
    """Whether a yes-or-no tag says yes."""
    return any(value.strip().casefold() in _TRUE for value in values)


def decibels(values: Iterable[str]) -> float | None:
    """A gain such as `-6.48 dB`."""
    return _measure(values, -60.0, 60.0)


def peak(values: Iterable[str]) -> float | None:
    """A linear peak such as `0.988`."""
    return _measure(values, 0.0, 64.0)


def r128(values: Iterable[str]) -> float | None:
    """An Opus gain (Q7.8, to -23 LUFS) as a ReplayGain (to -18 LUFS)."""
    for value in values:
        match = re.fullmatch(r"\s*([-+]?\d{1,6})\s*", value[:32])
        if match and abs(number := int(match.group(1))) <= 32_768:
            return round(number / 256 + 5.0, 2)
    return None


def _measure(values: Iterable[str], least: float, most: float) -> float | None:
    for value in values:
        match = _NUMBER.search(value[:32])
        if match:
            number = float(match.group().replace(",", "."))
            if math.isfinite(number) and least <= number <= most:
                return number
    return None
