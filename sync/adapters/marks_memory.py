"""Marks in memory, on both ends: a store, and a server's feed. For tests and guests."""

from collections.abc import Sequence

from sync.wire.collection import Mark, MarkKind, MarkPage


class MemoryMarkStore:
    """Confirmed marks in a dictionary."""

    def __init__(self) -> None:
        self._marks: dict[tuple[MarkKind, str], Mark] = {}
        self.cursor = 0

    def apply(self, marks: Sequence[Mark], cursor: int) -> None:
        """Take marks on and move the cursor."""
        for mark in marks:
            if mark.value:
                self._marks[mark.kind, mark.target] = mark
            else:
                self._marks.pop((mark.kind, mark.target), None)
        self.cursor = cursor

    def clear(self) -> None:
        """Forget everything and begin at 0."""
        self._marks.clear()
        self.cursor = 0

    def all(self) -> list[Mark]:
        """Every standing mark."""
        return list(self._marks.values())

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryMarkFeed:
    """What a server would say: changes in the order in which they were made."""

    def __init__(self, page_size: int = 2) -> None:
        self._changes: list[Mark] = []
        self._page_size = page_size

    def change(self, mark: Mark) -> None:
        """Somebody, maybe on another device, marked something."""
        self._changes.append(mark)

    def begin_anew(self) -> None:
        """The server lost everything, or is another one."""
        self._changes.clear()

    async def mark_changes(self, after: int) -> MarkPage:
        """The next changes."""
        end = min(after + self._page_size, len(self._changes))
        return MarkPage(tuple(self._changes[after:end]), end, end < len(self._changes))
