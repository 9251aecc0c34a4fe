"""The outbox at work: keeps what happens, and brings it to the server when there is a way."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TypeVar

from sync.errors import CarrierAwayError, CarrierRefusedError
from sync.outbox.model import Pending, Refusal
from sync.outbox.ports import Carrier, OutboxStore
from sync.retrying import Retrying
from sync.wire.intents import Intent, Verdicts

T = TypeVar("T")

BATCH = 200
"""Intents in one request."""


class Outbox:
    """`put` returns once the intent is on disk; `run` delivers for ever.

    A server that cannot be asked is asked again after a pause; `hurry` ends it. `on_change` is
    called in the event loop whenever `pending` is different, `on_applied` with the ids of what the
    server has done.
    """

    def __init__(
        self,
        store: OutboxStore,
        carrier: Carrier,
        *,
        on_change: Callable[[], None] = lambda: None,
        on_applied: Callable[[frozenset[str]], None] = lambda ids: None,
        random: Random | None = None,
    ) -> None:
        self._store = store
        self._carrier = carrier
        self._on_change = on_change
        self._on_applied = on_applied
        self._retrying = Retrying(random or Random())
        self._thread = ThreadPoolExecutor(1, "outbox")
        self._delivering = asyncio.Lock()
        self.pending = store.pending()
        self.trouble = ""
        """Why nothing gets through just now, in one line; empty if all is well."""

    async def put(self, *intents: Intent) -> None:
        """Keep intents; they survive a crash from here on. Raises OutboxFullError."""
        await self._changing(lambda: self._store.add(intents))
        self._retrying.wake.set()

    def hurry(self) -> None:
        """There may be a way to the server again: try at once."""
        self._retrying.hurry()

    async def waiting(self, kind: str) -> list[Intent]:
        """Everything of a kind that the server has not done yet, refused ones too, in order."""
        return await self._in_thread(lambda: self._store.of_kind(kind))

    async def refusals(self) -> list[Refusal]:
        """What the listener has to decide on."""
        return await self._in_thread(self._store.refusals)

    async def retry(self, intent_id: str) -> bool:
        """Send a refused intent again."""
        found = await self._changing(lambda: self._store.retry(intent_id))
        self._retrying.wake.set()
        return found

    async def drop(self, intent_id: str) -> bool:
        """Give a refused intent up; later ones of its key may go."""
        found = await self._changing(lambda: self._store.drop(intent_id))
        self._retrying.wake.set()
        return found

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._retrying.wake.clear()
            try:
                while await self.deliver():
                    pass
            except CarrierAwayError as error:
                self._say(str(error))
                await self._retrying.rest(error.retry_after_s)
                continue
            self._say("")
            self._retrying.begin_anew()
            await self._retrying.wake.wait()

    async def deliver(self) -> int:
        """Bring one batch over; how many were settled. Raises CarrierAwayError."""
        async with self._delivering:
            return await self._deliver()

    async def _deliver(self) -> int:
        batch = await self._in_thread(lambda: self._store.due(BATCH))
        if not batch:
            return 0
        verdicts = await self._carried(batch)
        if not verdicts.applied and not verdicts.refused:
            raise CarrierAwayError("the server did not answer for what was sent")
        await self._changing(lambda: self._store.settle(verdicts))
        if verdicts.applied:
            self._on_applied(verdicts.applied)
        return len(verdicts.applied) + len(verdicts.refused)

    async def close(self) -> None:
        """Let go of the store; what waits is sent by the next run."""
        await asyncio.to_thread(self._thread.shutdown)
        self._store.close()

    async def _carried(self, batch: Sequence[Intent]) -> Verdicts:
        """A batch that is refused as a whole is halved until the one is found that spoils it."""
        try:
            return await self._carrier.carry(batch)
        except CarrierRefusedError as error:
            if len(batch) == 1:
                return Verdicts(refused={batch[0].id: str(error)})
            return await self._carried(batch[: len(batch) // 2])

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._on_change()

    async def _changing(self, work: Callable[[], T]) -> T:
        def changed() -> tuple[T, Pending]:
            return work(), self._store.pending()

        result, self.pending = await self._in_thread(changed)
        self._on_change()
        return result

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
