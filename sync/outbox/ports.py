"""What the outbox asks of the world: a place that keeps, and a way to the server."""

from collections.abc import Sequence
from typing import Protocol

from sync.outbox.model import Pending, Refusal
from sync.wire.intents import Intent, Verdicts


class Carrier(Protocol):
    """The way to the server."""

    async def carry(self, intents: Sequence[Intent]) -> Verdicts:
        """Bring intents over, in order. What the answer does not name is sent again; nothing of a
        key may be applied after a refused one of that key.

        Raises CarrierAwayError if the server cannot be asked now, CarrierRefusedError if it will
        not take the batch as a whole.
        """
        ...


class OutboxStore(Protocol):
    """A durable list. Calls block; they may come from any thread, one at a time."""

    def add(self, intents: Sequence[Intent]) -> None:
        """Keep intents, all or none; they are on disk when this returns. Known ids change nothing.

        Raises OutboxFullError if there is no room on the disk.
        """
        ...

    def due(self, limit: int) -> list[Intent]:
        """The oldest that may be sent, in order: none whose key has a refused one before it."""
        ...

    def of_kind(self, kind: str) -> list[Intent]:
        """Everything of a kind, refused or not, in order."""
        ...

    def settle(self, verdicts: Verdicts) -> None:
        """Forget what was applied and set aside what was refused, both or neither."""
        ...

    def refusals(self) -> list[Refusal]:
        """What was set aside, oldest first."""
        ...

    def retry(self, intent_id: str) -> bool:
        """Let a refused one go again, in its old place; False if there is none."""
        ...

    def drop(self, intent_id: str) -> bool:
        """Forget a refused one; False if there is none."""
        ...

    def pending(self) -> Pending:
        """How much there is."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
