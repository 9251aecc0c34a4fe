"""Playing a queue from its start to its end: order, edits, volume, what is told."""

import asyncio

import pytest

from player.errors import NotFoundError, UsageError
from tests.player.playback.stage import scenario


@scenario()
async def test_starts_with_the_first_piece_after_three_round_trips(stage):
    stage.server.add_track("a", 60)
    begun = stage.clock.monotonic()
    stage.controller.play(["a"])
    assert stage.controller.state()["status"] == "loading"
    await asyncio.sleep(1)
    state = stage.controller.state()
    assert state["status"] == "playing"
    first = stage.trace.named("first_audio")[0]
    assert first["t"] - begun < 0.4
    assert state["connection"]["state"] == "online"
    assert state["duration_ms"] == 60_000


@scenario()
async def test_plays_a_queue_to_its_end_without_a_gap(stage):
    for name in "abc":
        stage.server.add_track(name, 20)
    stage.controller.play(["a", "b", "c"])
    await asyncio.sleep(70)
    state = stage.controller.state()
    assert state["status"] == "idle"
    assert state["queue"]["index"] == 0
    assert sum(heard.size for heard in stage.sound.heard) == 3 * 20 * 44_100
    assert [e.track_id for e in stage.sound.events if e.kind == "track_started"] == ["a", "b", "c"]
    assert [e.kind for e in stage.sound.events if e.kind != "track_started"] == ["drained"]
    assert len(stage.trace.named("track_end")) == 3


@scenario(kbps=1000)
async def test_the_next_track_is_begun_early(stage):
    stage.server.add_track("a", 400)
    stage.server.add_track("b", 400)
    stage.controller.play(["a", "b"])
    await asyncio.sleep(60)
    at = stage.clock.monotonic()
    stage.controller.next()
    await asyncio.sleep(0.01)
    assert stage.controller.state()["status"] == "playing"
    assert stage.trace.named("first_audio")[-1]["t"] - at < 0.01
    assert stage.trace.named("skip")


@scenario()
async def test_editing_the_queue_changes_what_follows(stage):
    for name in "abcd":
        stage.server.add_track(name, 20)
    control = stage.controller
    control.play(["a", "b"])
    await asyncio.sleep(15)
    control.add(["c"], where="next")
    await asyncio.sleep(8)
    assert control.state()["track"]["id"] == "c"
    assert control.state()["next"]["id"] == "b"
    control.set_repeat("one")
    await asyncio.sleep(20)
    assert control.state()["track"]["id"] == "c"
    control.set_repeat()
    assert control.state()["repeat"] == "off"
    control.jump(control.rows(0, 1)[0].entry)
    await asyncio.sleep(1)
    assert control.state()["track"]["id"] == "a"
    control.remove([control.state()["entry"]])
    await asyncio.sleep(1)
    assert control.state()["track"]["id"] == "c"
    assert control.undo()
    control.clear()
    assert control.state()["queue"]["length"] == 1
    control.set_shuffle()
    assert control.state()["shuffle"]
    with pytest.raises(NotFoundError):
        control.move("e99", 0)
    with pytest.raises(NotFoundError):
        control.jump("e99")
    with pytest.raises(UsageError):
        control.play([])
    control.remove([control.state()["entry"]])
    assert control.state()["status"] == "idle"


@scenario()
async def test_prev_restarts_or_goes_back(stage):
    for name in "ab":
        stage.server.add_track(name, 60)
    control = stage.controller
    control.play(["a", "b"], start=1)
    await asyncio.sleep(10)
    control.prev()
    await asyncio.sleep(1)
    assert control.state()["track"]["id"] == "b"
    assert control.state()["position_ms"] < 1500
    control.prev()
    await asyncio.sleep(1)
    assert control.state()["track"]["id"] == "a"
    control.next()
    control.next()
    assert control.state()["status"] == "idle"


@scenario()
async def test_volume_and_mute(stage):
    control = stage.controller
    control.set_volume(140)
    assert stage.sound.volume == 100
    control.change_volume(-70)
    control.mute()
    assert (stage.sound.volume, control.state()["volume"]) == (0, 30)
    control.mute()
    assert stage.sound.volume == 30


@scenario()
async def test_a_growing_track_plays_on_as_it_grows(stage):
    stage.server.add_track("a", 60, growing=3)
    stage.controller.play(["a"])
    await asyncio.sleep(2)
    assert stage.controller.state()["status"] == "playing"
    stage.server.grow("a", 12)
    await asyncio.sleep(6)
    stage.server.grow("a", None)
    await asyncio.sleep(60)
    assert stage.stalls() == 0
    assert sum(h.size for h in stage.sound.heard) == 60 * 44_100
    assert stage.controller.state()["status"] == "idle"


@scenario()
async def test_a_growing_track_is_asked_about_gently(stage):
    stage.server.add_track("a", 400, growing=8)
    stage.controller.play(["a"])
    for pieces in range(16, 270, 8):  # twelve seconds of music every second
        await asyncio.sleep(1)
        stage.server.grow("a", pieces)
    stage.server.grow("a", None)
    assert stage.server.grants <= 12
    await asyncio.sleep(400)
    assert stage.stalls() == 0
    assert sum(h.size for h in stage.sound.heard) == 400 * 44_100


@scenario()
async def test_a_track_that_grows_slower_than_it_is_heard_is_not_asked_about_all_the_time(stage):
    stage.server.add_track("a", 60, growing=2)
    stage.controller.play(["a"])
    await asyncio.sleep(120)
    assert stage.server.grants <= 25
    stage.server.grow("a", None)
    await asyncio.sleep(80)
    assert sum(h.size for h in stage.sound.heard) == 60 * 44_100


@scenario()
async def test_nothing_is_told_while_nothing_changes(stage):
    stage.server.add_track("a", 30)
    stage.controller.play(["a"])
    await asyncio.sleep(12)
    told = len(stage.states)
    await asyncio.sleep(6)
    assert len(stage.states) - told <= 1


@scenario()
async def test_adding_within_the_last_moments_of_the_last_track_is_not_heard(stage):
    for name in "ab":
        stage.server.add_track(name, 20)
    stage.controller.play(["a"])
    await asyncio.sleep(17)
    generation = stage.sound.events[-1].generation
    stage.controller.add(["b"])
    await asyncio.sleep(20)
    state = stage.controller.state()
    assert (state["status"], state["track"]["id"]) == ("playing", "b")
    assert {event.generation for event in stage.sound.events} == {generation}
    assert [event.kind for event in stage.sound.events] == ["track_started", "track_started"]
    assert sum(heard.size for heard in stage.sound.heard if heard.piece.track_id == "a") == 882_000
    await asyncio.sleep(5)
    assert stage.controller.state()["status"] == "idle"
