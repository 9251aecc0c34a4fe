"""The end of a person's data, as an event: whoever keeps a read model of them drops it."""

import msgspec

from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.types import EventType


class SubjectErased(msgspec.Struct, frozen=True):
    """Somebody's data is to be forgotten. The event itself names only the random id."""


SUBJECT_ERASED = EventType("subjects.erased", SubjectErased, personal=False)
_ANY_VERSION = f"segue.{SUBJECT_ERASED.name}.v"


def is_erasure(event: Event) -> bool:
    """Whether a log must destroy the key of this event's subject."""
    return event.type.startswith(_ANY_VERSION)
