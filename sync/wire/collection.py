"""What a listener marked: liked tracks, saved albums, followed artists, ratings."""

from typing import Literal

import msgspec

from sync.wire.catalog import EntityKind

MarkKind = Literal["liked", "saved", "followed", "rated"]

MARKS: dict[MarkKind, EntityKind] = {
    "liked": "track",
    "saved": "album",
    "followed": "artist",
    "rated": "track",
}
"""What each kind of mark is put on."""
MARK_INTENT = "marked"
"""Kind of the intents whose body is a Mark without its time."""
BEST_RATING = 5


class MarkWish(msgspec.Struct, frozen=True, kw_only=True):
    """Body of a `marked` intent. `value` 0 takes the mark away; a rating is 1 to 5, others 1."""

    kind: MarkKind
    target: str
    value: int = 1


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A mark as it is. Of two wishes for the same thing the later holds (`at_ms`, Unix)."""

    kind: MarkKind
    target: str
    value: int
    at_ms: int


class MarkPage(msgspec.Struct, frozen=True):
    """Marks that changed after a cursor, oldest change first; `next` is the following cursor."""

    items: tuple[Mark, ...]
    next: int
    more: bool
