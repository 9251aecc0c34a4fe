"""Starts: the second `./run` to its first sound, and the player's first frame on a long list."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = 3
FRAMES = 5
ROWS = 100_000

FIRST_FRAME = """
import asyncio, gc, time
gc.disable()
from player.app import SegueApp
from player.screens.fake_engine import FakeEngine
gc.freeze(); gc.enable()

async def show():
    engine = FakeEngine(tracks={rows})
    app = SegueApp(engine, clock=engine.clock)
    async with app.run_test(size=(140, 40)) as pilot:
        while app.frame.page is None:
            await pilot.pause(0.001)
        page = app.frame.page
        page.show_kind("tracks")
        while page.tracks.phase != "ready":
            await pilot.pause(0.001)
        await pilot.pause(0.001)
        return time.process_time()

cpu = asyncio.run(show())
# Not getrusage: its peak is inherited from the process that started this one.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(cpu, int(peak.split()[1]) / 1024)
"""


def main():
    """Print everything."""
    first_frames()
    with tempfile.TemporaryDirectory() as folder:
        second_starts(Path(folder))


def first_frames():
    """CPU and memory of a fresh process until it shows the list of tracks."""
    figures = [fresh(FIRST_FRAME.format(rows=ROWS)) for _ in range(FRAMES)]
    bare = statistics.median(bare_python() for _ in range(FRAMES))
    cpu_s = statistics.median(cpu for cpu, _ in figures)
    memory = statistics.median(memory for _, memory in figures)
    print(
        f"first frame of {ROWS:,} tracks: {cpu_s:.2f} s CPU (goal 0.9), "
        f"{cpu_s / bare:.0f} x `python -c pass` (goal 60), {memory:.0f} MiB (goal 55)"
    )


def fresh(program):
    """What a new interpreter prints as numbers."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [float(word) for word in done.stdout.split()]


def bare_python():
    """CPU seconds of an interpreter that does nothing."""
    (cpu_s,) = fresh("import time; print(time.process_time())")
    return cpu_s


def second_starts(folder):
    """Seconds from `./run` to the first sample heard, by the trace; nothing runs before."""
    trace = folder / "trace"
    environment = {
        **os.environ, "SEGUE_HOME": str(folder / "player"),
        "SEGUE_SERVER_DATA": str(folder / "server"), "SEGUE_PRIVACY_KEYS": "file",
        "SEGUE_TRACE": str(trace),
    }  # fmt: skip
    waits = []
    for _ in range(1 + RUNS):
        trace.unlink(missing_ok=True)
        begin = time.monotonic()
        subprocess.run(
            [ROOT / "run"], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            check=True,
        )  # fmt: skip
        events = [json.loads(line) for line in trace.read_text().splitlines()]
        waits.append(next(e["t"] for e in events if e["event"] == "first_audio") - begin)
    again = ", ".join(f"{wait:.1f}" for wait in waits[1:])
    print(f"./run to first sound: {again} s (goal 3); the very first {waits[0]:.1f} s")


if __name__ == "__main__":
    main()
