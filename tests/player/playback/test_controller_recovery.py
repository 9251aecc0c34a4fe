"""A server that goes, is busy or cuts off, a device that is unplugged: playback goes on."""

import asyncio

from player.errors import ServerBusyError
from tests.player.playback.stage import Stage, scenario
from tests.player.playback.virtual_time import run_virtual


@scenario(kbps=1000)
async def test_a_server_away_for_20_s_is_not_heard(stage):
    stage.server.add_track("a", 300)
    stage.server.add_track("b", 300)
    stage.controller.set_volume(37)
    stage.controller.play(["a", "b"])
    await asyncio.sleep(60)
    stage.link.cut = True
    await asyncio.sleep(20)
    assert stage.controller.state()["status"] == "playing"
    if stage.controller.state()["buffer_s"] < 110:
        assert stage.controller.state()["connection"]["state"] == "offline"
    stage.link.cut = False
    await asyncio.sleep(120)
    state = stage.controller.state()
    assert (state["status"], state["volume"]) == ("playing", 37)
    assert 199_000 < state["position_ms"] < 201_000
    assert state["connection"]["state"] == "online"
    assert stage.stalls() == 0
    texts = [text for _level, text, _detail in stage.notices]
    assert len(texts) == 2
    assert texts[0].startswith("The server is away")
    assert texts[1] == "The server is back"


@scenario(kbps=300)
async def test_a_server_away_for_longer_than_the_buffer_stalls_once_and_goes_on_by_itself(stage):
    stage.server.add_track("a", 300)
    stage.controller.play(["a"])
    await asyncio.sleep(10)
    stage.link.cut = True
    await asyncio.sleep(200)
    state = stage.controller.state()
    assert state["status"] == "stalled"
    position = state["position_ms"]
    stage.link.cut = False
    await asyncio.sleep(40)
    state = stage.controller.state()
    assert state["status"] == "playing"
    assert state["position_ms"] > position
    assert stage.stalls() == 1


@scenario()
async def test_pausing_while_the_server_is_away_stays_paused_when_it_is_back(stage):
    stage.server.add_track("a", 100)
    stage.link.cut = True
    stage.controller.play(["a"])
    await asyncio.sleep(30)
    stage.controller.pause()
    stage.link.cut = False
    await asyncio.sleep(60)
    assert stage.controller.state()["status"] == "paused"
    assert stage.controller.state()["position_ms"] == 0
    stage.controller.toggle()
    await asyncio.sleep(2)
    assert stage.controller.state()["status"] == "playing"


@scenario()
async def test_a_busy_server_is_asked_again_when_it_said(stage):
    stage.server.add_track("a", 100)
    stage.server.faults.refuse = [ServerBusyError("too many", retry_after_s=8.0)]
    stage.controller.play(["a"])
    await asyncio.sleep(7)
    assert stage.controller.state()["status"] == "loading"
    await asyncio.sleep(4)
    assert stage.controller.state()["status"] == "playing"


@scenario()
async def test_bytes_received_before_a_cut_are_not_fetched_twice(stage):
    stage.link.rate = lambda _t: 100 * 125
    stage.server.add_track("a", 100)
    stage.controller.play(["a"])
    await asyncio.sleep(4.2)
    stage.link.cut = True
    await asyncio.sleep(3)
    stage.link.cut = False
    before = len(stage.server.reads)
    await asyncio.sleep(3)
    starts = {p.offset for r in stage.server.tracks["a"].renditions for p in r.pieces}
    resumed = [start for path, start, _ in stage.server.reads[before:] if "idx" not in path]
    assert any(start not in starts for start in resumed)


@scenario()
async def test_the_audio_device_going_away_pauses_with_a_line_and_goes_on_when_it_returns(stage):
    stage.server.add_track("a", 60)
    stage.controller.set_volume(37)
    stage.controller.play(["a"])
    await asyncio.sleep(5)
    stage.sound.fail("unplugged")
    await asyncio.sleep(20)
    state = stage.controller.state()
    assert (state["status"], state["position_ms"] // 100) == ("paused", 48)
    assert stage.notices == [
        (
            "error",
            "The audio device is gone: paused at 0:04, going on when it is back",
            "unplugged; connect it or another one; `segue retry` tries at once",
        )
    ]
    stage.sound.mend()
    await asyncio.sleep(16)
    state = stage.controller.state()
    assert (state["status"], state["volume"]) == ("playing", 37)
    assert 5_000 < state["position_ms"] < 20_000
    assert stage.notices[1:] == [("info", "The audio device is back", "")]


@scenario()
async def test_an_audio_device_that_is_awaited_is_tried_at_once_on_demand(stage):
    stage.server.add_track("a", 60)
    stage.controller.play(["a"])
    await asyncio.sleep(5)
    stage.sound.fail("unplugged")
    await asyncio.sleep(20)
    stage.sound.mend()
    stage.controller.retry()
    await asyncio.sleep(0.1)
    assert stage.controller.state()["status"] == "playing"


@scenario()
async def test_who_pauses_without_an_audio_device_is_not_surprised_by_music(stage):
    stage.server.add_track("a", 60)
    stage.controller.play(["a"])
    await asyncio.sleep(5)
    stage.sound.fail("unplugged")
    await asyncio.sleep(2)
    stage.controller.pause()
    stage.sound.mend()
    await asyncio.sleep(60)
    assert stage.controller.state()["status"] == "paused"
    stage.controller.resume()
    await asyncio.sleep(1)
    assert stage.controller.state()["status"] == "playing"


@scenario()
async def test_an_audio_device_that_stays_away_is_given_up_with_a_line(stage):
    stage.server.add_track("a", 60)
    stage.controller.play(["a"])
    await asyncio.sleep(5)
    stage.sound.fail("unplugged")
    await asyncio.sleep(700)
    tried = len(stage.sound.events)
    text = "No audio device for 10 min: paused at 0:04 until you press play"
    assert stage.notices[-1] == ("warn", text, "unplugged")
    stage.sound.mend()
    await asyncio.sleep(600)
    assert len(stage.sound.events) == tried
    stage.controller.resume()
    await asyncio.sleep(1)
    assert stage.controller.state()["status"] == "playing"


@scenario()
async def test_after_a_sleep_connections_and_device_are_opened_again_at_the_same_place(stage):
    stage.server.add_track("a", 300)
    stage.controller.play(["a"])
    await asyncio.sleep(21)
    before = stage.controller.state()["position_ms"]
    stage.clock.slept_s = 600
    await asyncio.sleep(6)
    state = stage.controller.state()
    assert state["status"] == "playing"
    assert 5_900 < state["position_ms"] - before < 6_100
    assert stage.server.hang_ups == 1
    assert stage.notices == [("info", "Awake after 10 min: going on at 0:24", "")]


@scenario()
async def test_a_track_that_is_withdrawn_is_heard_as_far_as_it_is_here(stage):
    stage.link.rate = lambda _t: 60_000
    for name in "ab":
        stage.server.add_track(name, 200)
    stage.controller.play(["a", "b"])
    await asyncio.sleep(20)
    stage.server.faults.gone.add("a")
    del stage.server.tracks["a"]
    here = stage.controller.state()["buffered_ms"]
    await asyncio.sleep(5)
    assert stage.controller.state()["track"]["id"] == "a"
    await asyncio.sleep(here / 1000 - 15)
    assert stage.controller.state()["track"]["id"] == "b"
    assert [text for _level, text, _remedy in stage.notices] == [
        "“Song a” stops early: no such track"
    ]
    assert stage.stalls() == 0


@scenario()
async def test_some_tracks_that_are_gone_are_passed_without_a_stall(stage):
    for name in ("a", "z"):
        stage.server.add_track(name, 30)
    stage.controller.play(["a", *"bcde", "z"])
    await asyncio.sleep(35)
    assert stage.controller.state()["track"]["id"] == "z"
    assert stage.stalls() == 0
    gone = {row.track_id for row in stage.controller.rows(0, 9)} - {"a", "z"}
    avoided = stage.controller.detours.entries
    assert {stage.controller.queue.track_of(entry) for entry in avoided} == gone


@scenario()
async def test_many_tracks_that_are_gone_end_after_the_one_that_plays(stage):
    for name in ("a", "z"):
        stage.server.add_track(name, 30)
    stage.controller.play(["a", *"bcdefg", "z"])
    await asyncio.sleep(20)
    assert stage.controller.state()["status"] == "playing"
    assert stage.notices[-1][:2] == ("error", "“Song f” cannot be played: no such track")
    await asyncio.sleep(15)
    assert stage.controller.state()["status"] == "idle"
    assert sum(heard.size for heard in stage.sound.heard) == 30 * 44_100


@scenario(kbps=lambda t: 60_000 if t < 1010 else 4_000)
async def test_a_link_that_is_too_slow_is_told(stage):
    stage.server.add_track("a", 200)
    stage.controller.play(["a"])
    await asyncio.sleep(120)
    told = [notice for notice in stage.notices if "too slow" in notice[1]]
    assert told[0] == (
        "warn",
        "The link is too slow: playing goes on when enough is here",
        "choose a lower quality or another network",
    )
    assert stage.stalls()


def test_after_an_accident_it_goes_on_by_itself_and_after_an_ordinary_end_it_does_not():
    async def play():
        stage = Stage()
        stage.server.add_track("a", 100)
        async with stage.running():
            stage.controller.play(["a"])
            await asyncio.sleep(20)
            queue, place = stage.controller.saved_queue(), stage.controller.saved_place()
            stage.controller.pause()
            ended = stage.controller.saved_place()
        for saved, later_s, status in (
            (place, 30, "playing"),
            (place, 300, "paused"),
            (ended, 30, "paused"),
        ):
            stage.clock.unix_offset += later_s
            stage.build()
            stage.controller.restore(queue, saved)
            stage.controller.session_changed()
            async with stage.running():
                await asyncio.sleep(3)
                state = stage.controller.state()
                assert state["status"] == status
                assert 19_000 < state["position_ms"] < 24_000
            stage.clock.unix_offset -= later_s

    run_virtual(play())
