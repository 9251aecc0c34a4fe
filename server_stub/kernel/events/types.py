"""Types of events: a name, a version, a typed payload, and how older versions become today's.

An event is stored as `segue.NAME.vVERSION`. A payload may gain fields with defaults without a new
version; any other change makes one, with a function that turns the old data into the new.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.errors import EventDamagedError, EventTooNewError
from sync.wire.ids import new_id

P = TypeVar("P", bound=msgspec.Struct)

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Data of one version as data of the next."""

_TYPE = re.compile(r"segue\.([a-z.-]+)\.v([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who an event is about, and when and with which id it happened."""

    subject: str
    time_ms: int
    id: str = ""
    """Empty for a fresh one."""


@dataclass(frozen=True)
class EventType(Generic[P]):
    """One type of event, in its newest version."""

    name: str
    """`context.what-happened`, in the past tense."""
    payload: type[P]
    personal: bool = True
    upcasts: tuple[Upcast, ...] = ()
    """From version 1 to 2, from 2 to 3, and so on; as many as there are old versions."""

    @property
    def version(self) -> int:
        """The newest."""
        return len(self.upcasts) + 1

    def event(self, occasion: Occasion, payload: P) -> Event:
        """An event of this type."""
        return Event(
            id=occasion.id or new_id(),
            source=f"/{self.name.partition('.')[0]}",
            type=f"segue.{self.name}.v{self.version}",
            subject=occasion.subject,
            time_ms=occasion.time_ms,
            data=msgspec.json.encode(payload),
            personal=self.personal,
        )

    def read(self, event: Event, version: int) -> P:
        """The payload of an event in this or an older version.

        Raises EventDamagedError or EventTooNewError.
        """
        if version > self.version:
            raise EventTooNewError(
                f"{event.type} is newer than this program", remedy="Install the newer version."
            )
        try:
            if version == self.version:
                return msgspec.json.decode(event.data, type=self.payload)
            data = msgspec.json.decode(event.data)
            for upcast in self.upcasts[version - 1 :]:
                data = upcast(data)
            return msgspec.convert(data, self.payload)
        except (msgspec.MsgspecError, KeyError, TypeError) as error:
            raise EventDamagedError(f"event {event.id} is no {event.type}: {error}") from error


class Vocabulary:
    """The types that a reader understands."""

    def __init__(self, types: Iterable[EventType[Any]]) -> None:
        self._types: Mapping[str, EventType[Any]] = {one.name: one for one in types}

    def read(self, event: Event) -> Any:
        """The payload, of an opened event; None if its type is none of these.

        Raises EventDamagedError or EventTooNewError.
        """
        named = _TYPE.fullmatch(event.type)
        known = self._types.get(named[1]) if named else None
        return known.read(event, int(named[2])) if known and named else None
