"""Encoder processes: their tasks, their deaths, and who goes first."""

import asyncio
import os
import signal
from pathlib import Path

import msgspec
import pytest

from server_stub.engines.embedded.worker import Turns
from server_stub.engines.embedded.worker_orders import Begin, Hurry, Order
from server_stub.engines.embedded.worker_pool import EncoderPool, default_workers
from server_stub.streaming.errors import (
    EncoderLostError,
    PreparationFailedError,
    SourceDamagedError,
)
from server_stub.streaming.model.encoding import Began, EncodeTask, Opened, PieceWritten
from sync.wire.playback import PIECE_SAMPLES
from tests.server_stub.streaming.material import music, target, write_wav

SAMPLES = 3 * PIECE_SAMPLES


@pytest.fixture
async def pool():
    made = EncoderPool(1)
    yield made
    await made.close()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("source") / "source.wav", music(SAMPLES))


def task(source, folder, name="task", **options):
    return EncodeTask(
        id=name, source=os.fsencode(source), targets=(target(folder, "aac", 160),), **options
    )


async def test_a_task_runs_in_another_process(pool, source, tmp_path):
    events = []
    wanted = task(source, tmp_path, measure=True)
    done = await pool.run(wanted, events.append)
    assert done.duration_samples == SAMPLES
    assert done.loudness is not None
    assert isinstance(events[0], Opened)
    assert isinstance(events[1], Began)
    pieces = [event for event in events if isinstance(event, PieceWritten)]
    assert len(pieces) == 3
    size = await asyncio.to_thread(os.path.getsize, wanted.targets[0].path)
    assert size == events[1].init_bytes + sum(piece.size for piece in pieces)
    assert os.getpid() not in pool.process_ids


async def test_failures_cross_the_process_border(pool, source, tmp_path):
    with pytest.raises(SourceDamagedError):
        await pool.run(task(tmp_path / "missing.ogg", tmp_path), lambda _: None)
    with pytest.raises(PreparationFailedError) as caught:
        await pool.run(task(source, tmp_path / "no folder"), lambda _: None)
    assert not isinstance(caught.value, SourceDamagedError)


async def test_a_killed_worker_loses_its_tasks_and_is_replaced(pool, source, tmp_path):
    begun = asyncio.Event()
    running = asyncio.create_task(pool.run(task(source, tmp_path, "first"), lambda _: begun.set()))
    await begun.wait()
    (victim,) = pool.process_ids
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(EncoderLostError):
        await running
    done = await pool.run(task(source, tmp_path, "second"), lambda _: None)
    assert done.duration_samples == SAMPLES
    assert pool.process_ids != [victim]


async def test_a_closed_pool_takes_no_tasks(source, tmp_path):
    pool = EncoderPool(1)
    await pool.start()
    await pool.start()
    assert len(pool.process_ids) == 1
    running = asyncio.create_task(pool.run(task(source, tmp_path), lambda _: None))
    await asyncio.sleep(0)
    await pool.close()
    with pytest.raises(EncoderLostError):
        await running
    with pytest.raises(EncoderLostError):
        await pool.run(task(source, tmp_path), lambda _: None)


async def test_workers_end_with_the_server(pool):
    await pool.start()
    (pid,) = pool.process_ids
    worker = pool._workers[0]
    worker.process.stdin.close()
    assert await worker.process.wait() == 0
    assert pool.process_ids == []
    assert pid


async def test_a_listener_that_breaks_costs_only_its_worker(pool, source, tmp_path):
    def broken(_event):
        raise RuntimeError("a bug")

    with pytest.raises(EncoderLostError):
        await pool.run(task(source, tmp_path, "first"), broken)
    done = await pool.run(task(source, tmp_path, "second"), lambda _: None)
    assert done.duration_samples == SAMPLES


async def test_several_tasks_take_turns(pool, source, tmp_path):
    order = []
    tasks = [
        pool.run(task(source, tmp_path, name), lambda event: order.append(event.task_id))
        for name in ("one", "two")
    ]
    await asyncio.gather(*tasks)
    assert order.index("two") < len(order) - 1 - order[::-1].index("one")


def test_urgent_tasks_go_first():
    seen, turns = [], Turns()

    def work(name, blocks):
        for _ in range(blocks):
            seen.append(name)
            yield

    turns.add("patient", work("patient", 3), urgent=False)
    turns.add("other", work("other", 2), urgent=False)
    turns.step()
    turns.add("urgent", work("urgent", 2), urgent=True)
    for _ in range(3):
        turns.step()
    turns.hurry("patient")
    turns.hurry("unknown")
    while turns:
        turns.step()
    assert seen == ["patient", "urgent", "urgent", "patient", "patient", "other", "other"]


def test_orders_cross_the_pipe(source, tmp_path):
    sent = Begin(task(os.fsdecode(b"/music/\xff.ogg"), Path(tmp_path), urgent=True))
    assert msgspec.json.decode(msgspec.json.encode(sent), type=Order) == sent
    hurry = Hurry("task")
    assert msgspec.json.decode(msgspec.json.encode(hurry), type=Order) == hurry


def test_one_processor_is_left_for_the_server():
    assert default_workers() >= 1
