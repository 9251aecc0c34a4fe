"""The event log of one server: where events go, and the one table of who follows them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server_stub.accounts import events as accounts_events
from server_stub.bootstrap.composition import Ground, collection, licensing
from server_stub.engines.relational.events_log import RelationalEvents
from server_stub.engines.relational.events_projection import RelationalSnapshots
from server_stub.engines.relational.listening_store import RelationalListening
from server_stub.kernel.events.consuming import Consumer, Happened, Reacting, Reading, Worker
from server_stub.kernel.events.erasure import SUBJECT_ERASED
from server_stub.kernel.events.ports import EventLog
from server_stub.kernel.events.projections import Projecting, Projection
from server_stub.kernel.events.retention import forget_old
from server_stub.kernel.events.types import EventType, Vocabulary
from server_stub.licensing import events as licensing_events
from server_stub.listening import events as listening_events
from server_stub.listening.model import effect as listening_effect
from server_stub.listening.service import ListeningService

TYPES: tuple[EventType[Any], ...] = (
    *accounts_events.TYPES,
    *licensing_events.TYPES,
    *listening_events.TYPES,
    SUBJECT_ERASED,
)
"""Every event there is."""

EFFECTS: Mapping[str, Callable[[Happened], dict[str, Any]]] = {"listening": listening_effect}
"""By projection: what an event did to it."""

_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Events:
    """The log with everything around it."""

    kept: RelationalEvents
    """Where every event is appended: archive, keys and outbox."""
    log: EventLog
    """Where consumers read."""
    reading: Reading
    snapshots: RelationalSnapshots
    projections: Mapping[str, Projection]
    workers: Sequence[Worker]

    async def forget_older_than(self, days: int, now_s: float) -> None:
        """Drop events kept longer ago than that, as far as everybody has read them."""
        await forget_old(
            self.log,
            self.kept,
            self.workers,
            (list(self.projections.values()), self.snapshots),
            round(now_s * 1000) - days * _DAY_MS,
        )


def events(ground: Ground) -> Events:
    """Who follows the log: each projection, and each context that must act on something."""
    kept = RelationalEvents(ground.database, ground.clock)
    reading = Reading(kept, Vocabulary(TYPES))
    projections: dict[str, Projection] = {"listening": RelationalListening(ground.database)}
    consumers: list[Consumer] = [Projecting(one, reading) for one in projections.values()]
    consumers += [
        _on_erasure("licensing", licensing(ground).forget, kept),
        _on_erasure("collection", collection(ground).forget, kept),
    ]
    return Events(
        kept=kept,
        log=kept,
        reading=reading,
        snapshots=RelationalSnapshots(ground.database),
        projections=projections,
        workers=[Worker(kept, consumer) for consumer in consumers],
    )


def listening(ground: Ground, kept: RelationalEvents) -> ListeningService:
    """Reports in, history out."""
    return ListeningService(kept, RelationalListening(ground.database), ground.clock)


def _on_erasure(
    context: str, forget: Callable[[str], Awaitable[None]], keys: RelationalEvents
) -> Consumer:
    """A context that keeps something of people besides events, and drops it with them."""

    async def react(happened: Happened) -> None:
        await forget(happened.event.subject)

    return Reacting(context, Reading(keys, Vocabulary([SUBJECT_ERASED])), react)
