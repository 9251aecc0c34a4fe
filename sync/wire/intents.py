"""What a listener did, on its way from the outbox to the server."""

from typing import Any

import msgspec

from sync.wire.ids import new_id


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """One action. `id` is unique for ever: the server applies it once however often it arrives.

    `key` names what it acts on (`track:ID`, `playlist:ID`): intents of one key apply in their
    order. `at_ms` is when it happened, in Unix milliseconds. What `body` holds follows from
    `kind`.
    """

    kind: str
    key: str
    at_ms: int
    body: dict[str, Any] = msgspec.field(default_factory=dict)
    id: str = msgspec.field(default_factory=new_id)


class IntentBatch(msgspec.Struct, frozen=True):
    """Body of `POST /v1/intents`, in the order in which they happened."""

    intents: tuple[Intent, ...]


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """Answer to a batch: ids that are applied, and ids that will not be, with one line for the
    listener. What is in neither is to be sent again; nothing of a key applies after a refusal."""

    applied: frozenset[str] = frozenset()
    refused: dict[str, str] = msgspec.field(default_factory=dict)
