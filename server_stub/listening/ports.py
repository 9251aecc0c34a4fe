"""What listening needs kept. Times are Unix milliseconds."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from server_stub.kernel.events.envelope import Event
from sync.wire.events import Listen, PlayCount


class Place(NamedTuple):
    """Where a page of the history ended."""

    at: int
    id: str


class History(Protocol):
    """What the projection of listens knows."""

    async def history(self, user_id: str, limit: int, before: Place | None) -> Sequence[Listen]:
        """Listens, newest first, older than a place."""
        ...

    async def plays(self, user_id: str, limit: int) -> Sequence[PlayCount]:
        """Counts, most played first, then the one heard last."""
        ...


class Journal(Protocol):
    """Where reports go."""

    async def append(self, events: Sequence[Event]) -> None:
        """Keep events for good; again is as good as once."""
        ...
