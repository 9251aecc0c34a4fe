"""What a listener did, reported in batches: `POST /v1/events`.

Every report carries an id that its device made once (22 characters of base62) and the time at
which it happened, so that it may be sent late and again and still counts once, at its real time.
"""

import msgspec

BATCH_LIMIT = 200
"""Reports in one request."""


class Played(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="played"):
    """A track was heard, and went on to its end."""

    id: str
    at: int
    """Unix time in ms at which the track had begun."""
    track_id: str
    heard_ms: int
    """How much of it was heard; what was sought over does not count."""
    duration_ms: int
    offline: bool = False


class Skipped(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="skipped"):
    """A track was left before its end."""

    id: str
    at: int
    """Unix time in ms at which the track had begun."""
    track_id: str
    heard_ms: int
    duration_ms: int
    position_ms: int
    """Where it was left."""
    offline: bool = False


class Sought(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="sought"):
    """The listener moved inside a track."""

    id: str
    at: int
    track_id: str
    from_ms: int
    to_ms: int


class Downloaded(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="downloaded"):
    """A track was kept for offline listening."""

    id: str
    at: int
    track_id: str


class Searched(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="searched"):
    """A search led to a choice, or was given up."""

    id: str
    at: int
    text: str
    chosen: str = ""
    """Link of what was chosen, such as `segue:track:ID`."""


Report = Played | Skipped | Sought | Downloaded | Searched
REPORT_KINDS = ("played", "skipped", "sought", "downloaded", "searched")
"""Kinds of reports; an intent of one of these kinds carries the same."""


class ReportBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `POST /v1/events`."""

    reports: tuple[Report, ...]


class Refusal(msgspec.Struct, frozen=True):
    """A report that will never be taken; sending it again is no use."""

    id: str
    reason: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `POST /v1/events`: every report is in one of the two."""

    accepted: tuple[str, ...]
    """Kept for good, now or earlier."""
    refused: tuple[Refusal, ...] = ()


class Listen(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the listening history."""

    id: str
    at: int
    """Unix time in ms at which the track had begun."""
    track_id: str
    heard_ms: int
    counted: bool
    """Whether it was long enough to count as a play."""


class PlayCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often somebody played a track."""

    track_id: str
    plays: int
    skips: int
    heard_ms: int
    first_at: int
    last_at: int
    """Unix ms of the newest listen."""


class ListenPage(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/me/history`, newest first."""

    items: tuple[Listen, ...]
    next: str | None = None
    """The cursor of the next page."""


class PlayCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/me/plays`, most played first."""

    items: tuple[PlayCount, ...]
