"""Questions to the catalog: which things, which part of the list, and the cursors between parts."""

import base64
import binascii
from dataclasses import dataclass, field

import msgspec

from server_stub.catalog.errors import BadCursorError
from server_stub.kernel.errors import InvalidError

PAGE_LIMIT = 500
DEFAULT_LIMIT = 50

Key = tuple[str | int, ...]
"""Where an entry stands in its list: the ordering values, its id last."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A part of a list: at most `limit` entries after the cursor `after`."""

    limit: int = DEFAULT_LIMIT
    after: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= PAGE_LIMIT:
            raise InvalidError(f"limit lies between 1 and {PAGE_LIMIT}, not {self.limit}")


@dataclass(frozen=True, slots=True)
class TrackQuery:
    """Tracks that fit all that is set. One album comes in its own order, all else by title."""

    artist: str | None = None
    album: str | None = None
    genre: str | None = None

    @property
    def order(self) -> "Order":
        """The list this query reads."""
        return ALBUM_ORDER if self.album else TITLE_ORDER


@dataclass(frozen=True, slots=True)
class AlbumQuery:
    """Albums that fit all that is set. `artist` made the album or a track of it."""

    artist: str | None = None
    genre: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One ordering; its name stands in the cursors, so that no list takes another's."""

    name: str
    types: tuple[type[str] | type[int], ...] = field(default=(str, str))


TITLE_ORDER = Order("title")
ALBUM_ORDER = Order("album", (int, int, str))
NAME_ORDER = Order("name")


def encode_cursor(order: Order, key: Key) -> str:
    """An opaque place in a list."""
    data = msgspec.json.encode([order.name, *key])
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_cursor(order: Order, cursor: str) -> Key:
    """The place a cursor of this order names. Raises BadCursorError for any other text."""
    try:
        data = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        values = msgspec.json.decode(data, type=list[str | int])
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise BadCursorError("the cursor is damaged", remedy=_REMEDY) from None
    if not values or values[0] != order.name or not _fits(values[1:], order):
        raise BadCursorError("the cursor belongs to another list", remedy=_REMEDY)
    return tuple(values[1:])


_REMEDY = "start again without a cursor"


def _fits(values: list[str | int], order: Order) -> bool:
    return [type(value) for value in values] == list(order.types) and all(
        abs(value) < 1 << 63 for value in values if isinstance(value, int)
    )
