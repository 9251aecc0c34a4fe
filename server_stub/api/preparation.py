"""How far renditions are, as the API tells it."""

from typing import Any

import msgspec


class FailedPreparation(msgspec.Struct, frozen=True):
    """A track that could not be prepared."""

    track_id: str
    reason: str


class NotedPreparation(msgspec.Struct, frozen=True):
    """A track that was prepared although something is odd about its file."""

    track_id: str
    note: str
    """What is odd, for people."""


class PreparationProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Preparation of the whole library."""

    tracks: int
    """Tracks in all."""
    ready: int
    """Tracks whose renditions are all there."""
    working: int = 0
    """Tracks being encoded."""
    waiting: int = 0
    """Tracks that wait for it; they play all the same, being encoded when asked for."""
    failed: int = 0
    """Tracks that were given up until their file changes."""
    renditions_ready: int = 0
    """Renditions that can be played."""
    bytes_ready: int = 0
    """Their bytes."""
    failures: tuple[FailedPreparation, ...] = ()
    """The newest of the failed ones."""
    notes: tuple[NotedPreparation, ...] = ()
    """The newest of those with something odd about them."""


def told(progress: Any) -> PreparationProgress:
    """What streaming counted, for the wire."""
    return msgspec.convert(progress, PreparationProgress, from_attributes=True)
