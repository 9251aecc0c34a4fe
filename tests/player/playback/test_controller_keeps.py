"""What an engine leaves behind and takes up again: cached audio, the session."""

import asyncio

from tests.player.playback.stage import Stage, scenario
from tests.player.playback.virtual_time import run_virtual


def test_what_is_cached_plays_without_the_server_in_a_new_engine():
    async def play():
        stage = Stage()
        stage.server.add_track("a", 60)
        async with stage.running():
            stage.controller.play(["a"])
            await asyncio.sleep(30)
        stage.build()
        stage.link.cut = True
        async with stage.running():
            stage.controller.play(["a"])
            await asyncio.sleep(61)
            assert sum(h.size for h in stage.sound.heard) == 60 * 44_100
            assert stage.stalls() == 0
            assert stage.controller.state()["status"] == "idle"

    run_virtual(play())


def test_what_is_cached_does_not_play_after_the_licence():
    async def play():
        stage = Stage()
        stage.server.add_track("a", 60)
        async with stage.running():
            stage.controller.play(["a"])
            await asyncio.sleep(30)
        stage.build()
        stage.link.cut = True
        stage.clock.unix_offset += 100_000
        async with stage.running():
            stage.controller.play(["a"])
            await asyncio.sleep(60)
            assert stage.sound.heard == []
            assert stage.controller.state()["connection"]["state"] == "offline"

    run_virtual(play())


@scenario()
async def test_damaged_cache_bytes_are_fetched_again(stage):
    stage.server.add_track("a", 30)
    stage.controller.play(["a"])
    await asyncio.sleep(31)
    for content in stage.files.contents.values():
        for place in range(2000, len(content), 5000):
            content[place] ^= 1
    stage.sound.heard.clear()
    stage.controller.play(["a"])
    await asyncio.sleep(31)
    assert sum(h.size for h in stage.sound.heard) == 30 * 44_100


@scenario()
async def test_a_full_disk_costs_one_line(stage):
    stage.files.capacity_bytes = 300_000
    stage.server.add_track("a", 60)
    stage.controller.play(["a"])
    await asyncio.sleep(61)
    assert sum(h.size for h in stage.sound.heard) == 60 * 44_100
    assert len(stage.store_notices) == 1
    assert "disk is full" in stage.store_notices[0]


def test_a_session_is_taken_up_where_it_ended_paused_and_quiet():
    async def play():
        stage = Stage()
        for name in "ab":
            stage.server.add_track(name, 100)
        async with stage.running():
            stage.controller.play(["a", "b"], start=1)
            stage.controller.set_volume(20)
            await asyncio.sleep(42)
            queue, place = stage.controller.saved_queue(), stage.controller.saved_place()
        stage.build()
        stage.controller.restore(queue, place)
        reads = stage.server.grants + len(stage.server.reads)
        async with stage.running():
            await asyncio.sleep(5)
            state = stage.controller.state()
            assert (state["status"], state["track"]["id"]) == ("paused", "b")
            assert 41_000 < state["position_ms"] < 42_500
            assert state["volume"] == 20
            assert stage.server.grants + len(stage.server.reads) == reads
            stage.controller.toggle()
            await asyncio.sleep(3)
            assert 43_000 < stage.controller.state()["position_ms"] < 46_000

    run_virtual(play())


def test_something_else_can_be_played_right_after_a_session_was_taken_up():
    async def play():
        stage = Stage()
        for name in "ab":
            stage.server.add_track(name, 100)
        async with stage.running():
            stage.controller.play(["a"])
            await asyncio.sleep(5)
            queue, place = stage.controller.saved_queue(), stage.controller.saved_place()
        stage.build()
        stage.controller.restore(queue, place)
        async with stage.running():
            stage.controller.play(["b"])
            await asyncio.sleep(3)
            state = stage.controller.state()
            assert (state["status"], state["track"]["id"]) == ("playing", "b")

    run_virtual(play())


def test_a_damaged_save_leaves_an_empty_queue():
    async def play():
        stage = Stage()
        stage.controller.restore({"order": "?"}, {"volume": "loud"})
        async with stage.running():
            stage.controller.resume()
            stage.controller.seek(5)
            assert stage.controller.state()["status"] == "idle"

    run_virtual(play())
