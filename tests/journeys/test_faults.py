"""Every fault of the table through real sockets: what is heard, seen, and stays as it was."""

import asyncio
import re

import pytest

from tests.journeys.fault_loop import run_faulty
from tests.journeys.fault_proxy import Fault, grants
from tests.journeys.fault_stage import HOST, FaultStage
from tests.journeys.fault_table import ROWS, done

BEFORE_S, FAULT_S, AFTER_S = 6, 10, 30
VOLUME = 37


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")


def words(text):
    """A notice with its numbers and names taken out."""
    named = re.sub(r"“Song .”", "“Song T”", text.replace(HOST, "HOST"))
    return re.sub(r"(?<!answered )\b\d+", "N", named)


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
    back = [row.over] if row.heal is not None and row.seen else []
    notices = [(words(text), words(detail)) for _level, text, detail in stage.notices]
    assert [text for text, _ in notices] == [row.seen] * bool(row.seen) + back
    if row.seen:
        assert notices[0][1] == row.remedy


def heard(row, stage, state, track):
    assert state["status"] == ("stalled" if row.waits else "playing")
    assert stage.stalls() == row.waits
    stage.assert_heard_is_contiguous()
    if row.moves_on or row.waits:
        return
    assert state["track"]["id"] == track
    since = stage.clock.monotonic() - stage.trace.named("first_audio")[0]["t"]
    silent_s = FAULT_S if row.silent else 0
    assert abs(state["position_ms"] / 1000 + silent_s - since) < 0.2


@pytest.mark.parametrize("row", [row for row in ROWS if row.begin], ids=lambda row: row.name)
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


def away(stage):
    return [request.at for request in stage.proxy.requests]


def test_nothing_is_tried_for_ever_without_saying_so():
    """Half an hour without a server: told after two seconds and after ten minutes."""

    async def play():
        stage = FaultStage(kbps=900)
        async with stage.on():
            await began(stage)
            before = surroundings(stage)
            stage.proxy.faults.append(Fault(status=500))
            gone = stage.clock.monotonic()
            await asyncio.sleep(1800)
            told = [(words(text), level) for level, text, _ in stage.notices]
            assert told == [
                ("The server has trouble: N s are buffered, trying again by itself", "warn"),
                (
                    "The server has trouble for N min and N attempts: one a minute from now on",
                    "warn",
                ),
            ]
            asked = [at - gone for at in away(stage) if at > gone]
            assert sum(at < 60 for at in asked) <= 20
            assert sum(at > 900 for at in asked) <= 2 * 20
            assert stage.controller.state()["status"] == "stalled"
            assert stage.stalls() == 1
            connection = stage.controller.state()["connection"]
            assert connection["attempts"] > 30
            assert connection["retry_at"] > stage.clock.monotonic()
            stage.proxy.faults.clear()
            stage.controller.retry()
            await asyncio.sleep(1)
            assert stage.controller.state()["status"] == "playing"
            assert stage.texts()[-1] == "The server is back"
            assert surroundings(stage) == before

    run_faulty(play())


def test_a_track_that_always_fails_is_left_while_the_server_is_well():
    async def play():
        stage = FaultStage(kbps=900)
        async with stage.on():
            await began(stage)
            following = stage.controller.rows(1, 1)[0].track_id
            ids = {stored.id for stored in stage.server.tracks[following].renditions}
            stage.proxy.faults.append(
                Fault(where=lambda request: any(i in request.path for i in ids), status=500)
            )
            await asyncio.sleep(120)
            state = stage.controller.state()
            assert state["status"] == "playing"
            assert state["track"]["id"] == stage.controller.rows(2, 1)[0].track_id
            assert stage.stalls() == 0
            assert [words(text) for text in stage.texts()] == [
                "The server has trouble: N s are buffered, trying again by itself",
                "“Song T” is skipped: the server answered 500",
                "The server is back",
            ]
            assert stage.proxy.faults[0].met < 60

    run_faulty(play())


def test_signing_in_again_lets_it_go_on():
    async def play():
        stage = FaultStage(kbps=900)
        async with stage.on():
            await began(stage)
            stage.origin.access.clear()
            stage.origin.refresh.clear()
            stage.controller._grants.forget_all()
            await asyncio.sleep(100)
            assert stage.controller.state()["status"] == "stalled"
            place = stage.controller.state()["position_ms"]
            asked = len(stage.proxy.requests)
            await asyncio.sleep(1000)
            assert len(stage.proxy.requests) == asked
            await stage.sign_in_again()
            await asyncio.sleep(1)
            state = stage.controller.state()
            assert state["status"] == "playing"
            assert 0 <= state["position_ms"] - place < 1500
            assert stage.texts()[-1] == "Signed in: streaming goes on"

    run_faulty(play())


def test_after_a_sleep_no_request_goes_over_an_old_connection():
    async def play():
        stage = FaultStage(kbps=900)
        async with stage.on():
            await began(stage)
            stage.proxy.freeze()
            stage.slept_s += 600
            stage.server_clock.unix_offset += 600
            asked = stage.clock.monotonic()
            await asyncio.sleep(8)
            answered = [at - asked for at in away(stage) if at > asked]
            assert answered
            assert answered[0] < 6

    run_faulty(play())


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_is_not_asked_before(status):
    async def play():
        stage = FaultStage(kbps=900)
        async with stage.on():
            await began(stage)
            headers = {"Retry-After": "25"}
            fault = Fault(where=grants, times=1, status=status, headers=headers)
            stage.proxy.faults.append(fault)
            stage.controller._grants.forget_all()
            await asyncio.sleep(4)
            refused = next(r.at for r in stage.proxy.requests if grants(r) and r.at > 1006)
            stage.controller.retry()
            await asyncio.sleep(26)
            later = [at - refused for at in away(stage) if at > refused + 1]
            assert later[0] >= 24.9
            assert stage.controller.state()["status"] in ("playing", "stalled")

    run_faulty(play())
