"""The stores of the collection, in memory: for tests and throw-away servers."""

from collections.abc import Mapping, Sequence

from server_stub.engines.memory.events import MemoryEvents
from server_stub.kernel.events.envelope import Event
from sync.wire.catalog import EntityKind
from sync.wire.collection import Mark, MarkKind, MarkPage


class MemoryMarks:
    """The marks of all users."""

    def __init__(self, log: MemoryEvents | None = None) -> None:
        self._log = log or MemoryEvents()
        self._marks: dict[str, dict[tuple[str, str], tuple[int, Mark]]] = {}
        self._revision = 0

    async def put(
        self, user_id: str, marks: Sequence[Mark], events: Mapping[Mark, Event] | None = None
    ) -> None:
        """Take marks on, each unless a later one for the same thing is here."""
        own = self._marks.setdefault(user_id, {})
        for mark in marks:
            key = (mark.kind, mark.target)
            if key in own and _later(own[key][1], mark):
                continue
            self._revision += 1
            own[key] = (self._revision, mark)
            if events:
                self._log.add([events[mark]])

    async def changes(self, user_id: str, after: int, limit: int) -> MarkPage:
        """Marks changed after a cursor."""
        own = self._marks.get(user_id, {}).values()
        found = sorted((entry for entry in own if entry[0] > after), key=lambda entry: entry[0])
        part = found[:limit]
        return MarkPage(
            tuple(mark for _, mark in part), part[-1][0] if part else after, len(found) > limit
        )

    async def newest(self, user_id: str, kind: MarkKind, limit: int, after: int) -> list[Mark]:
        """Standing marks of a kind, latest first."""
        own = self._marks.get(user_id, {}).values()
        standing = [mark for _, mark in own if mark.kind == kind and mark.value]
        standing.sort(key=lambda mark: (-mark.at_ms, mark.target))
        return standing[after : after + limit]

    async def forget(self, user_id: str) -> None:
        """Erase a user's marks."""
        self._marks.pop(user_id, None)


class MemoryTargets:
    """What there is to mark, by kind."""

    def __init__(self, ids: Mapping[EntityKind, Sequence[str]]) -> None:
        self._ids = {kind: frozenset(some) for kind, some in ids.items()}

    async def existing(self, kind: EntityKind, ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that exist."""
        return self._ids.get(kind, frozenset()) & frozenset(ids)


def _later(kept: Mark, mark: Mark) -> bool:
    """Whether what is kept stands against a new one."""
    return (kept.at_ms, kept.value) >= (mark.at_ms, mark.value)
