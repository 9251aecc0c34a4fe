"""What the collection needs kept and known. Every method is one transaction."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from server_stub.kernel.events.envelope import Event
from sync.wire.catalog import EntityKind
from sync.wire.collection import Mark, MarkKind, MarkPage


class Marks(Protocol):
    """The marks of all users."""

    async def put(
        self, user_id: str, marks: Sequence[Mark], events: Mapping[Mark, Event] | None = None
    ) -> None:
        """Take marks on, each unless a later one for the same thing is here.

        What was taken on is told: its event is appended in the same transaction.

        Of two of the same moment the greater value holds, so that the order of arrival does not
        matter.
        """
        ...

    async def changes(self, user_id: str, after: int, limit: int) -> MarkPage:
        """Marks changed after a cursor (0: all), each once as it is now, taken away ones too."""
        ...

    async def newest(self, user_id: str, kind: MarkKind, limit: int, after: int) -> list[Mark]:
        """Standing marks of a kind, latest first, `after` of them left out."""
        ...

    async def forget(self, user_id: str) -> None:
        """Erase a user's marks."""
        ...


class Targets(Protocol):
    """What there is to mark."""

    async def existing(self, kind: EntityKind, ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that exist."""
        ...
