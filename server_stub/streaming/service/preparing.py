"""Preparing a library in the background: what to do next, what to do again, what to delete."""

import asyncio
import contextlib
from dataclasses import dataclass

import structlog

from server_stub.kernel.errors import SegueError
from server_stub.streaming.errors import SourceDamagedError
from server_stub.streaming.model.renditions import LADDER, data_name, index_name
from server_stub.streaming.ports import Sources
from server_stub.streaming.service.known import KnownRenditions
from server_stub.streaming.service.passes import Pass, Passes, Stores

_BATCH = 500
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PreparingSettings:
    """How eagerly the library is prepared."""

    poll_s: float = 2.0
    """How often to look whether the library has changed."""
    full_scan_polls: int = 30
    """After so many polls every file is compared, even if the library's version stood still."""
    attempts: int = 3
    """How often a pass that failed through no fault of the source is tried."""
    retry_s: float = 30.0
    """Wait before the second try; twice as long before each next one."""


class Preparer:
    """One loop that keeps the encoder busy. `wake` makes it look for work at once."""

    def __init__(
        self,
        sources: Sources,
        stores: Stores,
        passes: Passes,
        known: KnownRenditions,
        settings: PreparingSettings,
    ) -> None:
        self._sources = sources
        self._stores = stores
        self._passes = passes
        self._encoder = passes.encoder
        self._known = known
        self._clock = passes.clock
        self._settings = settings
        self._woken = asyncio.Event()
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._seen_version: int | None = None
        self._polls = 0

    def wake(self) -> None:
        """Something changed: a track was imported, requested, or finished."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._stores.preparations.recover()
        await self._encoder.start()
        try:
            while True:
                self._woken.clear()
                await self.turn()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._settings.poll_s):
                        await self._woken.wait()
        finally:
            await self._stop()

    async def turn(self) -> None:
        """Look at everything once, and start as many jobs as the encoder can do."""
        await self._enroll()
        await self.sweep()
        while len(self._jobs) < self._encoder.capacity:
            busy = self._passes.busy_tracks | set(self._jobs)
            track_id = await self._stores.preparations.claim(self._clock.now(), busy)
            if track_id is None:
                return
            self._jobs[track_id] = asyncio.create_task(self._job(track_id))

    async def idle(self) -> None:
        """Return when nothing is being prepared and nothing can be claimed."""
        await self.turn()
        while self._jobs:
            await asyncio.wait(self._jobs.values())
            await self.turn()

    async def sweep(self) -> None:
        """Delete the bytes of renditions that nobody may play any more."""
        while doomed := await self._stores.preparations.doomed(_BATCH):
            self._known.drop([one.id for one in doomed])
            for one in doomed:
                self._stores.workspace.forget(one.id)
                await self._stores.blobs.delete(data_name(one.id, one.codec))
                await self._stores.blobs.delete(index_name(one.id))
            await self._stores.preparations.erase([one.id for one in doomed])

    async def settle(self, running: Pass) -> None:
        """Wait for a pass, and record its failure if it fails. Raises what it raised."""
        source = running.source
        try:
            if running.task:
                await asyncio.shield(running.task)
        except SourceDamagedError as error:
            log.warning("source cannot be prepared", track=source.track_id, reason=error.detail)
            await self._stores.findings.damaged(source.track_id, error.detail)
            await self._stores.preparations.fail(
                source.track_id, running.renditions, error.detail, None
            )
            raise
        except SegueError as error:
            await self._retry_later(running, error)
            raise
        finally:
            self.wake()

    async def _stop(self) -> None:
        for job in self._jobs.values():
            job.cancel()
        await asyncio.gather(*self._jobs.values(), return_exceptions=True)

    async def _enroll(self) -> None:
        version = await self._sources.version()
        self._polls += 1
        due = self._polls % self._settings.full_scan_polls == 0
        if version == self._seen_version and not due:
            return
        while found := await self._sources.unprepared(_BATCH):
            await self._stores.preparations.enroll(found)
        while gone := await self._sources.vanished(_BATCH):
            await self._stores.preparations.remove(gone)
        self._seen_version = version

    async def _job(self, track_id: str) -> None:
        try:
            await self._prepare(track_id)
        except SegueError as error:
            log.info("preparation failed", track=track_id, reason=error.detail)
        except Exception as error:
            log.exception("preparation broke", track=track_id)
            await self._stores.preparations.fail(track_id, (), f"internal error: {error!r}", None)
        finally:
            del self._jobs[track_id]
            self.wake()

    async def _prepare(self, track_id: str) -> None:
        """Make what is missing of the ladder. A listener's own pass may begin at any await: no
        rendition is made twice, because what is read counts only if no pass ended meanwhile."""
        while True:
            await self._passes.quiet(track_id)
            ended = self._passes.ended
            source = await self._sources.source(track_id)
            if source is None:
                await self._stores.preparations.remove([track_id])
                return
            track = await self._stores.preparations.track(track_id)
            if ended == self._passes.ended and track_id not in self._passes.busy_tracks:
                break
        done = track.rungs_of(source.revision) if track else set()
        missing = [rung for rung in LADDER if rung not in done]
        await self.settle(self._passes.start(source, missing, urgent=False, completes_ladder=True))

    async def _retry_later(self, running: Pass, error: SegueError) -> None:
        track_id = running.source.track_id
        track = await self._stores.preparations.track(track_id)
        attempts = track.attempts if track else 0
        again = attempts + 1 < self._settings.attempts
        wait_s = self._settings.retry_s * 2**attempts
        retry_at = self._clock.now() + wait_s if again else None
        await self._stores.preparations.fail(track_id, running.renditions, error.detail, retry_at)
