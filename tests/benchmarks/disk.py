"""How long the cache holds the event loop, on this disk and on one that takes 40 ms each time."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

from cache.adapters.aside_thread import ThreadAside
from cache.adapters.files_disk import DiskFiles
from cache.front import StoreFront
from cache.store import ChunkStore

PIECE = os.urandom(60_000)
PIECES = 40
KEPT = 400
SLOW_S = 0.04
BEAT_S = 0.001


class SlowFiles(DiskFiles):
    """A disk that thinks."""

    def append(self, name, parts):
        time.sleep(SLOW_S)
        return super().append(name, parts)

    def read(self, name, offset, size):
        time.sleep(SLOW_S)
        return super().read(name, offset, size)


async def _worst_ms(work):
    """The longest time between two beats of the loop while something works."""
    worst, done = 0.0, asyncio.Event()

    async def beat():
        nonlocal worst
        while not done.is_set():
            before = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            worst = max(worst, time.perf_counter() - before - BEAT_S)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0)
    await work()
    done.set()
    await beating
    return worst * 1000


async def _compare(files):
    """(in the loop, on a thread of its own)"""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = ChunkStore(files(folder / "a"), files(folder / "b"))
        front = StoreFront(files(folder / "c"), files(folder / "d"), ThreadAside())

        async def inline():
            for number in range(PIECES):
                start = number * len(PIECE)
                store.put("r", start, PIECE)
                store.get("r", start, start + len(PIECE))
                await asyncio.sleep(0.005)

        async def aside():
            for number in range(PIECES):
                start = number * len(PIECE)
                front.put("r", start, PIECE)
                await front.get("r", start, start + len(PIECE))
                await asyncio.sleep(0.005)

        found = await _worst_ms(inline), await _worst_ms(aside)
        await front.close()
        return found


def _first_look_ms():
    """Finding out what a file of many pieces holds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = ChunkStore(DiskFiles(folder / "a"), DiskFiles(folder / "b"))
        for number in range(KEPT):
            store.put("r", number * len(PIECE), PIECE)
        again = ChunkStore(DiskFiles(folder / "a"), DiskFiles(folder / "b"))
        begun = time.perf_counter()
        again.has("r", 0, len(PIECE))
        return (time.perf_counter() - begun) * 1000


def main():
    for label, files in (("this disk", DiskFiles), ("40 ms each time", SlowFiles)):
        inline, aside = asyncio.run(_compare(files))
        print(f"{label}: loop held {inline:.1f} ms, with a thread for the cache {aside:.1f} ms")
    print(f"first look at a file of {KEPT} pieces: {_first_look_ms():.1f} ms")
