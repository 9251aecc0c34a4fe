"""An intent: something a listener did that the server must hear of."""

from dataclasses import dataclass, field

import msgspec

from sync.wire.ids import new_id


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """One action. `id` is unique for ever: the server applies it once however often it arrives.

    `key` names what it acts on (`playlist:ID`, `track:ID`): intents of one key arrive in their
    order. `at_ms` is when it happened, in Unix milliseconds. `body` is JSON.
    """

    kind: str
    key: str
    at_ms: int
    body: bytes = b"{}"
    id: str = msgspec.field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server will not do it: one line for the listener, who drops it or tries again."""

    intent: Intent
    reason: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the server said to a batch: ids it has applied, and ids it will not, with the reason."""

    applied: frozenset[str] = frozenset()
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """How much is on its way, and how much the listener has to decide on."""

    waiting: int = 0
    refused: int = 0
