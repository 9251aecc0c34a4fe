"""The end of a person's data, as an event: whoever keeps a read model of them drops it."""

import msgspec

from server_stub.kernel.events.types import EventType


class SubjectErased(msgspec.Struct, frozen=True):
    """Somebody's data is to be forgotten. The event itself names only the random id."""


SUBJECT_ERASED = EventType("subjects.erased", SubjectErased, personal=False)
