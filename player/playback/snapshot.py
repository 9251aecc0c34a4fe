"""The player's state as views see it: plain values, made when something changed."""

from typing import Any, Literal

import msgspec

from player.playback.lane import Lane
from player.playback.ports import Catalogue
from player.playback.queue import PlayQueue
from player.playback.recovery import Connection
from player.playback.transport import Transport
from sync.wire.playback import PIECE_SAMPLES

Status = Literal["idle", "loading", "playing", "paused", "stalled"]


def status_of(transport: Transport) -> Status:
    """What the player is doing."""
    if not transport.lanes:
        return "idle"
    if not transport.wanted:
        return "paused"
    if transport.stalled:
        return "stalled"
    return "playing" if transport.sounding else "loading"


def queue_state(queue: PlayQueue, catalogue: Catalogue) -> dict[str, Any]:
    """The part of the state that the queue tells."""
    following = [] if queue.repeat == "one" else queue.upcoming(1)
    return {
        "shuffle": queue.shuffle,
        "repeat": queue.repeat,
        "queue": {"revision": queue.revision, "index": queue.index, "length": len(queue)},
        "next": track_json(catalogue, queue.track_of(following[0])) if following else None,
    }


def transport_state(transport: Transport, catalogue: Catalogue, now: float) -> dict[str, Any]:
    """The part of the state that is about the current track."""
    lane = transport.lanes[0] if transport.lanes else None
    return {
        "status": status_of(transport),
        "track": track_json(catalogue, lane.track_id) if lane else None,
        "entry": lane.entry if lane else None,
        "position_ms": transport.position_ms(),
        "at": now,
        "duration_ms": _duration_ms(lane, catalogue),
        "buffered_ms": transport.buffered_ms(),
        "buffer_s": round(transport.loader.buffer_s(), 2),
        "quality": _quality(lane, transport.place().sample) if lane else None,
    }


def connection_state(connection: Connection) -> dict[str, Any]:
    """The part of the state that is about the server; `retry_at` is on the clock of `at`."""
    return {
        "state": connection.state,
        "detail": connection.detail,
        "remedy": "" if connection.error is None else connection.error.remedy,
        "attempts": connection.attempts,
        "retry_at": None if connection.error is None else connection.retry_at,
    }


def track_json(catalogue: Catalogue, track_id: str) -> dict[str, Any] | None:
    """A track as wire JSON, None if the library does not know it."""
    track = catalogue.track(track_id)
    return None if track is None else msgspec.to_builtins(track)


def _duration_ms(lane: Lane | None, catalogue: Catalogue) -> int:
    if lane is None:
        return 0
    if lane.duration_samples is not None:
        return lane.duration_samples * 1000 // lane.rate
    track = catalogue.track(lane.track_id)
    return 0 if track is None else track.duration_ms


def _quality(lane: Lane, sample: int) -> dict[str, Any] | None:
    """The quality heard now, and how it differs from the one before."""
    number = sample // PIECE_SAMPLES
    piece = lane.pieces.get(number)
    if piece is None:
        return None
    ladder = sorted({r.kbps for r in lane.ladder()} | {piece.kbps})
    before = lane.last_other_kbps(number)
    change = "" if before is None else "up" if piece.kbps > before else "down"
    return {
        "codec": piece.codec,
        "kbps": piece.kbps,
        "rung": ladder.index(piece.kbps),
        "rungs": len(ladder),
        "change": change,
        "reason": lane.reasons.get(number, ""),
    }
