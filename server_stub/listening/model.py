"""What a listen is worth: when it counts as a play, and what it changes.

The rule is the one listeners know from the services they come from: thirty seconds, or half of a
track shorter than a minute.
"""

from dataclasses import dataclass
from typing import Any

from server_stub.kernel.events.consuming import Happened
from server_stub.listening.events import TrackPlayed, TrackSkipped

PLAY_MS = 30_000


@dataclass(frozen=True, slots=True)
class Heard:
    """A listen, as history keeps it. Times are Unix ms."""

    user_id: str
    id: str
    at: int
    track_id: str
    heard_ms: int
    counted: bool
    skipped: bool


def is_play(heard_ms: int, duration_ms: int) -> bool:
    """Whether so much of a track counts as a play."""
    return heard_ms > 0 and heard_ms >= min(PLAY_MS, duration_ms / 2)


def heard(happened: Happened) -> Heard | None:
    """The listen that an event tells of; None if it tells of none."""
    payload = happened.payload
    if not isinstance(payload, TrackPlayed | TrackSkipped):
        return None
    return Heard(
        user_id=happened.event.subject,
        id=happened.event.id,
        at=happened.event.time_ms,
        track_id=payload.track_id,
        heard_ms=payload.heard_ms,
        counted=is_play(payload.heard_ms, payload.duration_ms),
        skipped=isinstance(payload, TrackSkipped),
    )


def effect(happened: Happened) -> dict[str, Any]:
    """What an event did to history and counts, for people who ask; empty if nothing."""
    listen = heard(happened)
    if listen is None:
        return {}
    return {
        "history": listen.id,
        "track_id": listen.track_id,
        "plays": int(listen.counted),
        "skips": int(listen.skipped),
        "heard_ms": listen.heard_ms,
    }
