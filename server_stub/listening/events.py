"""What listeners report, as events."""

from typing import Any

import msgspec

from server_stub.kernel.events.types import EventType


class TrackPlayed(msgspec.Struct, frozen=True, kw_only=True):
    """A track was heard to its end."""

    track_id: str
    heard_ms: int
    duration_ms: int
    offline: bool = False
    session_id: str = ""


class TrackSkipped(msgspec.Struct, frozen=True, kw_only=True):
    """A track was left before its end."""

    track_id: str
    heard_ms: int
    duration_ms: int
    position_ms: int
    offline: bool = False
    session_id: str = ""


class TrackSought(msgspec.Struct, frozen=True, kw_only=True):
    """The listener moved inside a track."""

    track_id: str
    from_ms: int
    to_ms: int
    session_id: str = ""


class TrackDownloaded(msgspec.Struct, frozen=True, kw_only=True):
    """A track was kept for offline listening."""

    track_id: str
    session_id: str = ""


class Searched(msgspec.Struct, frozen=True, kw_only=True):
    """A search led to a choice, or was given up."""

    text: str
    chosen: str = ""
    session_id: str = ""


TRACK_PLAYED = EventType("listening.track-played", TrackPlayed)
TRACK_SKIPPED = EventType("listening.track-skipped", TrackSkipped)
TRACK_SOUGHT = EventType("listening.track-sought", TrackSought)
TRACK_DOWNLOADED = EventType("listening.track-downloaded", TrackDownloaded)
SEARCHED = EventType("listening.searched", Searched)

TYPES: tuple[EventType[Any], ...] = (
    TRACK_PLAYED,
    TRACK_SKIPPED,
    TRACK_SOUGHT,
    TRACK_DOWNLOADED,
    SEARCHED,
)
