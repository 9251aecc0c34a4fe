"""What the engine said, typed: the state that every view draws from."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from sync.wire.catalog import Track

Status = Literal["idle", "loading", "playing", "paused", "stalled"]
Repeat = Literal["off", "all", "one"]
ConnectionState = Literal["online", "offline", "connecting", "signed_out"]
Section = Literal["played", "now", "yours", "context"]


class Quality(msgspec.Struct, frozen=True):
    """The rendition that is heard and why."""

    codec: str = ""
    kbps: int = 0
    rung: int = 0
    rungs: int = 3
    change: str = ""
    reason: str = ""


class QueueSummary(msgspec.Struct, frozen=True):
    """Where the queue stands."""

    revision: int = 0
    index: int | None = None
    length: int = 0


class Connection(msgspec.Struct, frozen=True):
    """How the engine stands with its server."""

    state: ConnectionState = "connecting"
    server: str = ""
    user: str = ""
    detail: str = ""


class CacheUse(msgspec.Struct, frozen=True):
    """Room taken on the disk."""

    bytes: int = 0
    budget_bytes: int = 0


class Limits(msgspec.Struct, frozen=True):
    """What the person chose and the plan allows; 0 kbps: not known, or no limit."""

    quality: str = "auto"
    metered: bool = False
    plan_kbps: int = 0

    def words(self) -> str:
        """What holds the quality, if anything does; what is buffered may still be another."""
        said = {"auto": "", "saver": "data saver"}.get(self.quality, f"fixed {self.quality}")
        return " ".join(word for word in (said, "metered" if self.metered else "") if word)


class Sound(msgspec.Struct, frozen=True):
    """What of the sound a view needs."""

    speed: float = 1.0
    """Seconds of a track heard in a second."""


class PlayerState(msgspec.Struct, frozen=True):
    """The whole state of playback. Times in ms; `at` is the monotonic moment of `position_ms`."""

    status: Status = "idle"
    track: Track | None = None
    entry: str | None = None
    position_ms: float = 0
    at: float = 0.0
    duration_ms: float = 0
    buffered_ms: float = 0
    buffer_s: float = 0.0
    quality: Quality | None = None
    volume: int = 0
    muted: bool = False
    shuffle: bool = False
    repeat: Repeat = "off"
    queue: QueueSummary = QueueSummary()
    next: Track | None = None
    connection: Connection = Connection()
    sink: str = ""
    cache: CacheUse = CacheUse()
    limits: Limits = Limits()
    sound: Sound = Sound()
    liked: bool = False
    """Whether the current track is."""
    lyrics_offset_ms: int = 0
    """So much earlier (+) are the lyrics of this track shown."""

    def position(self, now: float) -> float:
        """The place in the track at a monotonic moment, in ms."""
        place = self.position_ms
        if self.status == "playing":
            place += max(0.0, now - self.at) * 1000 * self.sound.speed
        return min(place, self.duration_ms) if self.duration_ms else place


class LibrarySummary(msgspec.Struct, frozen=True):
    """What the library holds."""

    revision: int = 0
    tracks: int = 0
    albums: int = 0
    artists: int = 0
    syncing: bool = False


class Notice(msgspec.Struct, frozen=True):
    """Something the user should know."""

    text: str
    level: Literal["info", "warn", "error"] = "info"
    detail: str = ""


class QueueRow(msgspec.Struct, frozen=True):
    """A row of the queue and why it is there."""

    entry: str
    track: Track
    section: Section = "context"
    reason: str = ""


def state_from(data: Mapping[str, Any]) -> PlayerState:
    """The state in an event or answer. Raises msgspec.ValidationError if it is none."""
    return msgspec.convert(data, PlayerState, strict=False)


def artists_of(track: Track) -> str:
    """The names on a track as one text."""
    return ", ".join(artist.name for artist in track.artists)
