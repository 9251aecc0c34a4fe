"""The store in front of playback: no disk is waited for longer than it is worth."""

import asyncio
import threading

import pytest

from cache.adapters.aside_memory import MemoryAside
from cache.adapters.aside_thread import ThreadAside
from cache.adapters.files_memory import MemoryFiles
from cache.front import HANGS, HANGS_REMEDY, REST_S, SLOW_IN_A_ROW, WAITING_MOST, StoreFront
from tests.player.playback.virtual_time import run_virtual

DATA = bytes(5000)


class World:
    def __init__(self):
        self.files = MemoryFiles()
        self.aside = MemoryAside()
        self.notices = []
        self.front = StoreFront(
            self.files,
            MemoryFiles(),
            self.aside,
            notice=lambda text, remedy: self.notices.append((text, remedy)),
            clock=lambda: asyncio.get_running_loop().time(),
        )

    async def put(self, name):
        self.front.put(name, 0, DATA)
        await asyncio.sleep(0)


def on_world(function):
    def test():
        async def play():
            await function(World())

        run_virtual(play())

    return test


@on_world
async def test_what_was_put_is_there(world):
    await world.put("a")
    assert world.front.has("a", 0, 5000)
    assert await world.front.get("a", 0, 5000) == DATA
    assert await world.front.get("b", 0, 5000) is None
    assert (world.front.hits, world.front.misses) == (1, 1)
    world.front.write("p", b"x")
    await asyncio.sleep(0)
    assert await world.front.read("p") == b"x"
    assert 5000 < world.front.used_bytes < world.front.budget_bytes


@on_world
async def test_damaged_bytes_and_everything_can_be_forgotten(world):
    await world.put("a")
    world.front.drop("a", 0, 5000)
    await asyncio.sleep(0)
    assert not world.front.has("a", 0, 5000)
    await world.put("b")
    assert await world.front.clear() > 5000
    assert world.front.used_bytes == 0


@on_world
async def test_a_full_disk_is_told_and_tried_again(world):
    world.files.capacity_bytes = 7000
    world.front.pin({"a"})
    await world.put("a")
    await world.put("b")
    assert [text for text, _ in world.notices] == [
        "The disk is full: nothing more is kept on this device, playing goes on"
    ]
    assert world.front.trouble == "no space left in memory"
    world.files.capacity_bytes = None
    await world.put("b")
    assert not world.front.has("b", 0, 5000)
    await asyncio.sleep(61)
    await world.put("b")
    assert world.front.has("b", 0, 5000)
    assert world.front.trouble is None
    assert world.notices[1:] == [("Music is kept on this device again", "")]


@on_world
async def test_a_disk_that_hangs_costs_half_a_second_and_then_nothing(world):
    await world.put("a")
    world.aside.hangs = True
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _piece in range(20):
        assert await world.front.get("a", 0, 5000) is None
    assert loop.time() - begun == 0.5 * SLOW_IN_A_ROW
    assert world.notices == [(HANGS, HANGS_REMEDY)]
    assert world.front.trouble == "the disk hangs"
    assert not world.front.has("a", 0, 5000)
    world.aside.hangs = False
    await asyncio.sleep(REST_S)
    assert await world.front.get("a", 0, 5000) == DATA
    assert world.front.trouble is None
    await world.front.close()


@on_world
async def test_memory_is_not_for_what_the_disk_cannot_take(world):
    world.aside.hangs = True
    for number in range(3 * WAITING_MOST):
        await world.put(f"r{number}")
    assert world.aside.waiting <= WAITING_MOST + 1
    await world.front.close()


@pytest.mark.parametrize("patient", [True, False])
async def test_a_slow_disk_does_not_hold_the_event_loop(patient):
    gate = threading.Event()

    class SlowFiles(MemoryFiles):
        def read(self, name, offset, size):
            gate.wait(20)
            return super().read(name, offset, size)

    files = SlowFiles()
    files.append("p", [b"document"])
    front = StoreFront(MemoryFiles(), files, ThreadAside())
    asked = asyncio.create_task(front.read("p"))
    await asyncio.sleep(0)
    assert not asked.done()
    if patient:
        gate.set()
    assert await asked == (b"document" if patient else None)
    gate.set()
    await front.close()
