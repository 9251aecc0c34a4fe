"""An outbox store without a disk: for tests of what stands on it, and for guests."""

from collections.abc import Sequence

from sync.outbox.model import Pending, Refusal
from sync.wire.intents import Intent, Verdicts


class MemoryOutboxStore:
    """Keeps intents in one dictionary, in the order they came."""

    def __init__(self) -> None:
        self._intents: dict[str, Intent] = {}
        self._refused: dict[str, str] = {}

    def add(self, intents: Sequence[Intent]) -> None:
        """Keep intents; known ids change nothing."""
        for intent in intents:
            self._intents.setdefault(intent.id, intent)

    def due(self, limit: int) -> list[Intent]:
        """The oldest that may be sent."""
        held: set[str] = set()
        due: list[Intent] = []
        for intent in self._intents.values():
            if intent.id in self._refused:
                held.add(intent.key)
            elif intent.key not in held and len(due) < limit:
                due.append(intent)
        return due

    def of_kind(self, kind: str) -> list[Intent]:
        """Everything of a kind."""
        return [intent for intent in self._intents.values() if intent.kind == kind]

    def settle(self, verdicts: Verdicts) -> None:
        """Forget what was applied, set aside what was refused."""
        for intent_id in verdicts.applied:
            self._intents.pop(intent_id, None)
            self._refused.pop(intent_id, None)
        for intent_id, reason in verdicts.refused.items():
            if intent_id in self._intents:
                self._refused[intent_id] = reason

    def refusals(self) -> list[Refusal]:
        """What was set aside."""
        return [
            Refusal(intent, self._refused[intent.id])
            for intent in self._intents.values()
            if intent.id in self._refused
        ]

    def retry(self, intent_id: str) -> bool:
        """Let a refused one go again."""
        return self._refused.pop(intent_id, None) is not None

    def drop(self, intent_id: str) -> bool:
        """Forget a refused one."""
        if self._refused.pop(intent_id, None) is None:
            return False
        del self._intents[intent_id]
        return True

    def pending(self) -> Pending:
        """How much there is."""
        return Pending(len(self._intents) - len(self._refused), len(self._refused))

    def close(self) -> None:
        """Nothing to let go of."""
