"""The trace file and the pauses between attempts."""

import asyncio
import json
from random import Random

from player.errors import OfflineError, ServerBusyError, SignedOutError
from player.playback.recovery import Recovery
from player.playback.trace import TraceFile, TraceList, no_trace
from tests.player.playback.virtual_time import LoopClock, run_virtual


def test_one_json_object_a_line(tmp_path):
    trace = TraceFile(tmp_path / "trace", lambda: 12.345678)
    trace("chunk_requested", track="a", kbps=96, buffer_s=1.23456, reason=None)
    trace("seek", track="a")
    trace.close()
    trace("skip")
    lines = [json.loads(line) for line in (tmp_path / "trace").read_text().splitlines()]
    assert lines[0] == {
        "t": 12.3457,
        "event": "chunk_requested",
        "track": "a",
        "kbps": 96,
        "buffer_s": 1.2346,
    }
    assert lines[1]["event"] == "seek"


def test_the_list_is_bounded():
    no_trace("skip")
    trace = TraceList(lambda: 0.0, most=100)
    for number in range(500):
        trace("seek", number=number)
    assert len(trace.lines) <= 100
    assert trace.lines[-1]["number"] == 499


def test_pauses_grow_to_a_limit_and_success_ends_them():
    said = []
    recovery = Recovery(LoopClock(), random=Random(1), changed=said.append)

    async def fail():
        pauses = [recovery.failed(OfflineError("away")) for _attempt in range(20)]
        recovery.succeeded()
        return pauses, recovery.failed(OfflineError("away"))

    pauses, again = run_virtual(fail())
    assert pauses[0] < 1
    assert 15 <= pauses[-1] <= 25
    assert again < 1
    assert [connection.state for connection in said] == ["offline", "online", "offline"]


def test_a_busy_server_says_how_long():
    async def fail():
        recovery = Recovery(LoopClock())
        busy = recovery.failed(ServerBusyError("later", retry_after_s=30))
        recovery.failed(SignedOutError("gone"))
        return busy, recovery.connection.state, recovery.attempts

    assert run_virtual(fail()) == (30, "signed_out", 2)


def test_hurry_ends_a_wait():
    async def wait():
        recovery = Recovery(LoopClock())
        for _attempt in range(10):
            recovery.failed(OfflineError("away"))
        loop = asyncio.get_running_loop()
        loop.call_later(0.25, recovery.hurry)
        begun = loop.time()
        await recovery.wait(OfflineError("away"))
        return loop.time() - begun

    assert run_virtual(wait()) < 0.3
