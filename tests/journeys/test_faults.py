"""Every fault of the table through real sockets: what is heard, seen, and stays as it was."""

import asyncio
import re

import pytest

from tests.journeys.fault_loop import run_faulty
from tests.journeys.fault_stage import HOST, FaultStage
from tests.journeys.fault_table import ROWS, done

BEFORE_S, FAULT_S, AFTER_S = 6, 10, 30
VOLUME = 37


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")


def words(text):
    """A notice with its numbers and names taken out."""
    text = re.sub(r"“Song .”", "“Song T”", text.replace(HOST, "HOST"))
    return re.sub(r"\d+", "N", re.sub(r"\b[45]\d\d\b", lambda m: f"<{m[0]}>", text))


def expected(text):
    return re.sub(r"\d+", "N", re.sub(r"\b[45]\d\d\b", lambda m: f"<{m[0]}>", text))


def surroundings(stage):
    """What no fault may change."""
    state = stage.controller.state()
    rows = [(row.entry, row.track_id) for row in stage.controller.rows(0, 10)]
    return rows, state["volume"], stage.sound.volume, state["shuffle"], state["repeat"]


async def began(stage):
    """Three tracks in shuffled order, audible and loading."""
    for name in "abc":
        stage.server.add_track(name, 70)
    stage.controller.set_volume(VOLUME)
    stage.controller.set_shuffle(True)
    stage.controller.play(["a", "b", "c"])
    await asyncio.sleep(BEFORE_S)
    assert stage.controller.state()["status"] == "playing"


async def through(row, stage):
    await began(stage)
    before, track = surroundings(stage), stage.controller.state()["track"]["id"]
    met = len(stage.proxy.requests)
    await done(row.begin(stage))
    await asyncio.sleep(FAULT_S)
    asked = len(stage.proxy.requests) - met
    if row.heal is not None:
        await done(row.heal(stage))
    await asyncio.sleep(AFTER_S)
    state = stage.controller.state()
    assert surroundings(stage) == before
    assert asked <= row.requests
    told(row, stage)
    heard(row, stage, state, track)
    row.check(stage)


def told(row, stage):
    back = ["The server is back"] if row.heal is not None and row.seen else []
    notices = [(words(text), words(detail)) for _level, text, detail in stage.notices]
    assert [text for text, _ in notices] == [expected(row.seen)] * bool(row.seen) + back
    if row.seen:
        assert notices[0][1] == expected(row.remedy)


def heard(row, stage, state, track):
    assert state["status"] == ("stalled" if row.waits else "playing")
    assert stage.stalls() == row.waits
    stage.assert_heard_is_contiguous()
    if row.moves_on or row.waits:
        return
    assert state["track"]["id"] == track
    since = stage.clock.monotonic() - stage.trace.named("first_audio")[0]["t"]
    assert abs(state["position_ms"] / 1000 - since) < 0.1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_fault(row):
    async def play():
        stage = FaultStage(kbps=900, secure=row.secure)
        async with stage.on():
            await through(row, stage)
            for fault in stage.proxy.faults:
                assert fault.met
            if row.moves_on:
                await asyncio.sleep(30)
                state = stage.controller.state()
                assert state["status"] == "playing"
                assert state["queue"]["index"] == 1
                assert stage.stalls() == 0

    run_faulty(play())
