"""A server of intents in memory, with the moods of a real one: for tests of what stands on it."""

from collections.abc import Callable, Sequence

from sync.errors import CarrierAwayError
from sync.wire.intents import Intent, Verdicts


class MemoryCarrier:
    """Applies every intent once, in order, unless `judge` gives a reason not to."""

    def __init__(self, judge: Callable[[Intent], str] = lambda intent: "") -> None:
        self.judge = judge
        self.applied: list[Intent] = []
        self.away = False
        self.loses_answers = False
        """The next batch is applied and its answer is lost on the way."""

    async def carry(self, intents: Sequence[Intent]) -> Verdicts:
        """Apply what is new. Raises CarrierAwayError."""
        if self.away:
            raise CarrierAwayError("the server is away")
        known = {intent.id for intent in self.applied}
        done: set[str] = set()
        refused: dict[str, str] = {}
        held: set[str] = set()
        for intent in intents:
            if intent.key in held:
                continue
            if intent.id not in known and (reason := self.judge(intent)):
                refused[intent.id] = reason
                held.add(intent.key)
                continue
            if intent.id not in known:
                self.applied.append(intent)
            done.add(intent.id)
        if self.loses_answers:
            self.loses_answers = False
            raise CarrierAwayError("the connection broke")
        return Verdicts(applied=frozenset(done), refused=refused)
