"""What the collection asks of the world: the server's feed of marks and a place for them."""

from collections.abc import Sequence
from typing import Protocol

from sync.wire.collection import Mark, MarkPage


class MarkFeed(Protocol):
    """The server's marks of this account, as changes after a cursor (0: from the beginning)."""

    async def mark_changes(self, after: int) -> MarkPage:
        """The next changes, in order."""
        ...


class MarkStore(Protocol):
    """What the server has confirmed. Calls are short but block; they may come from any thread."""

    @property
    def cursor(self) -> int:
        """Where the next changes begin."""
        ...

    def apply(self, marks: Sequence[Mark], cursor: int) -> None:
        """Take marks on (value 0: forget) and move the cursor, both or neither."""
        ...

    def clear(self) -> None:
        """Forget everything and begin at 0."""
        ...

    def all(self) -> list[Mark]:
        """Every standing mark."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
