"""What listeners mark, as events. Their subject is the user's id, their id that of the intent."""

from typing import Any

import msgspec

from server_stub.kernel.events.types import EventType


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """Something was liked, saved, followed or rated; with value 0, it is not any more."""

    kind: str
    target: str
    value: int


MARKED = EventType("collection.marked", Marked)

TYPES: tuple[EventType[Any], ...] = (MARKED,)
