"""What the outbox says of itself."""

from dataclasses import dataclass

from sync.wire.intents import Intent


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server will not do it: one line for the listener, who drops it or tries again."""

    intent: Intent
    reason: str


@dataclass(frozen=True, slots=True)
class Pending:
    """How much is on its way, and how much the listener has to decide on."""

    waiting: int = 0
    refused: int = 0
