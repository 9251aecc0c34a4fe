"""The event log of one server: where events go, and the one table of who follows them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from server_stub.accounts import events as accounts_events
from server_stub.bootstrap.composition import Ground, collection, licensing, playlists
from server_stub.bootstrap.errors import StartError
from server_stub.collection import events as collection_events
from server_stub.engines.relational.events_log import RelationalEvents
from server_stub.engines.relational.events_projection import RelationalSnapshots
from server_stub.engines.relational.listening_store import RelationalListening
from server_stub.kernel.events.consuming import (
    Consumer,
    Happened,
    Reacting,
    Reading,
    Relaying,
    Worker,
)
from server_stub.kernel.events.erasure import SUBJECT_ERASED
from server_stub.kernel.events.ports import EventLog
from server_stub.kernel.events.projections import Projecting, Projection
from server_stub.kernel.events.retention import forget_old
from server_stub.kernel.events.types import EventType, Vocabulary
from server_stub.licensing import events as licensing_events
from server_stub.listening import events as listening_events
from server_stub.listening.model import effect as listening_effect
from server_stub.listening.service import ListeningService
from server_stub.playlists import events as playlists_events

TYPES: tuple[EventType[Any], ...] = (
    *accounts_events.TYPES,
    *licensing_events.TYPES,
    *collection_events.TYPES,
    *listening_events.TYPES,
    *playlists_events.TYPES,
    SUBJECT_ERASED,
)
"""Every event there is."""

EFFECTS: Mapping[str, Callable[[Happened], dict[str, Any]]] = {"listening": listening_effect}
"""By projection: what an event did to it."""

_DAY_MS = 86_400_000
_log = structlog.get_logger(__name__)


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
        """Drop events kept longer ago than that, as far as everybody has read them.

        Where another log carries them on, how long it keeps them is set there.
        """
        readers = [worker for worker in self.workers if worker.log is self.kept]
        projections = list(self.projections.values()) if self.log is self.kept else []
        before_ms = round(now_s * 1000) - days * _DAY_MS
        await forget_old(self.kept, self.kept, readers, (projections, self.snapshots), before_ms)

    async def drain(self) -> None:
        """Let everybody handle what there is now. Who cannot now does it later."""
        for worker in self.workers:
            try:
                await worker.drain()
            except Exception:  # noqa: BLE001 - one that fails must not keep the others from it
                _log.exception("a consumer is left behind", consumer=worker.consumer.name)


@asynccontextmanager
async def events(ground: Ground) -> AsyncIterator[Events]:
    """The log that the settings choose, and all who follow it."""
    kept = RelationalEvents(ground.database, ground.clock)
    settings = ground.settings.events
    if not settings.kafka:
        yield _followed(ground, kept, kept)
        return
    # Only who uses Kafka has its client installed.
    try:
        from server_stub.engines.kafka.events_log import KafkaEvents
    except ModuleNotFoundError as error:
        raise StartError(
            "the client for Kafka is not installed",
            remedy="Install it into the environment: pip install 'segue[kafka]'.",
        ) from error
    async with KafkaEvents(settings.kafka, settings.topic, kept) as log:
        yield _followed(ground, kept, log)


def _followed(ground: Ground, kept: RelationalEvents, log: EventLog) -> Events:
    """Who follows the log: each projection, and each context that must act on something."""
    reading = Reading(kept, Vocabulary(TYPES))
    projections: dict[str, Projection] = {"listening": RelationalListening(ground.database)}
    consumers: list[Consumer] = [Projecting(one, reading) for one in projections.values()]
    consumers += [
        _on_erasure("licensing", licensing(ground).forget, kept),
        _on_erasure("collection", collection(ground).forget, kept),
        _on_erasure("playlists", playlists(ground).forget, kept),
    ]
    workers = [Worker(log, consumer) for consumer in consumers]
    if log is not kept:
        workers.insert(0, Worker(kept, Relaying(log)))
    return Events(
        kept=kept,
        log=log,
        reading=reading,
        snapshots=RelationalSnapshots(ground.database),
        projections=projections,
        workers=workers,
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
