"""A pool of encoder processes: encoding never shares the server's interpreter lock."""

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass, field

import msgspec
import structlog

from server_stub.engines.embedded.worker_orders import Begin, Hurry, Order
from server_stub.streaming.errors import (
    EncoderLostError,
    PreparationFailedError,
    SourceDamagedError,
)
from server_stub.streaming.model.encoding import Encoded, EncodeEvent, EncodeTask, Failed
from server_stub.streaming.ports import Watch

_COMMAND = (sys.executable, "-m", "server_stub.engines.embedded.worker")
_LONGEST_LINE = 1 << 20
log = structlog.get_logger(__name__)


def default_workers() -> int:
    """One processor is left for the server."""
    return max(1, (os.cpu_count() or 1) - 1)


@dataclass(slots=True)
class _Running:
    """A task in a worker."""

    task: EncodeTask
    watch: Watch
    done: "asyncio.Future[Encoded]"


@dataclass(slots=True)
class _Worker:
    """One process and what it is doing."""

    process: asyncio.subprocess.Process
    running: dict[str, _Running] = field(default_factory=dict)
    listener: "asyncio.Task[None] | None" = None

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    def send(self, order: Order) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write(msgspec.json.encode(order) + b"\n")


class EncoderPool:
    """Workers start with `start` (or the first task), and are replaced when they die."""

    def __init__(self, workers: int | None = None) -> None:
        self._size = workers or default_workers()
        self._workers: list[_Worker] = []
        self._starting = asyncio.Lock()
        self._closed = False

    @property
    def capacity(self) -> int:
        """How many tasks make progress at once."""
        return self._size

    @property
    def process_ids(self) -> list[int]:
        """The living workers."""
        return [worker.process.pid for worker in self._workers if worker.alive]

    async def start(self) -> None:
        """Start the workers that are missing."""
        async with self._starting:
            self._workers = [worker for worker in self._workers if worker.alive]
            while len(self._workers) < self._size and not self._closed:
                self._workers.append(await self._spawn())

    async def run(self, task: EncodeTask, watch: Watch) -> Encoded:
        """Give a task to the worker with the least to do."""
        await self.start()
        if self._closed:
            raise EncoderLostError("the encoder is closed")
        worker = min(self._workers, key=_load)
        running = _Running(task, watch, asyncio.get_running_loop().create_future())
        worker.running[task.id] = running
        worker.send(Begin(task))
        return await running.done

    def hurry(self, task_id: str) -> None:
        """A task became urgent."""
        for worker in self._workers:
            if task_id in worker.running:
                worker.send(Hurry(task_id))

    async def close(self) -> None:
        """Kill the workers."""
        self._closed = True
        async with self._starting:
            for worker in self._workers:
                _kill(worker)
            listeners = [worker.listener for worker in self._workers if worker.listener]
            await asyncio.gather(*listeners)
            self._workers = []

    async def _spawn(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            *_COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
        worker = _Worker(process)
        worker.listener = asyncio.create_task(_listen(worker))
        return worker


def _load(worker: _Worker) -> tuple[int, int]:
    return sum(one.task.urgent for one in worker.running.values()), len(worker.running)


async def _listen(worker: _Worker) -> None:
    """Pass events on until the process ends; then all it was doing is lost."""
    decoder: msgspec.json.Decoder[EncodeEvent] = msgspec.json.Decoder(EncodeEvent)
    output = worker.process.stdout
    try:
        while output is not None and (line := await output.readline()):
            if line.endswith(b"\n"):
                _dispatch(worker, decoder.decode(line))
    except Exception:
        log.exception("the report of an encoder cannot be taken", process=worker.process.pid)
        _kill(worker)
    finally:
        await _bury(worker)


def _kill(worker: _Worker) -> None:
    with contextlib.suppress(ProcessLookupError):
        worker.process.kill()


async def _bury(worker: _Worker) -> None:
    """Wait until the process is gone, and tell those who wait for its tasks."""
    if worker.process.stdin is not None:
        worker.process.stdin.close()
    await worker.process.wait()
    for running in worker.running.values():
        if not running.done.done():
            running.done.set_exception(EncoderLostError("an encoder process ended"))
    worker.running.clear()


def _dispatch(worker: _Worker, event: EncodeEvent) -> None:
    running = worker.running.get(event.task_id)
    if running is None or running.done.done():
        return
    running.watch(event)
    if not isinstance(event, Encoded | Failed):
        return
    del worker.running[event.task_id]
    if isinstance(event, Encoded):
        running.done.set_result(event)
    else:
        kind = SourceDamagedError if event.permanent else PreparationFailedError
        running.done.set_exception(kind(event.reason))
