"""What must not be played: damaged, withdrawn, not licensed."""

import asyncio

import pytest

from tests.player.playback.stage import Stage, scenario
from tests.player.playback.virtual_time import run_virtual


@scenario()
async def test_a_damaged_piece_is_fetched_again_and_never_played(stage):
    stage.server.add_track("a", 60)
    for stored in stage.server.tracks["a"].renditions:
        stage.server.faults.corrupt[stored.id, stored.pieces[5].offset + 100] = 1
    stage.controller.play(["a"])
    await asyncio.sleep(70)
    assert stage.stalls() == 0
    clear = {
        (r.kbps, n): r for r in stage.server.tracks["a"].renditions for n in range(len(r.pieces))
    }
    assert {(h.piece.kbps, h.piece.piece) for h in stage.sound.heard} <= set(clear)
    assert sum(h.size for h in stage.sound.heard) == 60 * 44_100


@scenario()
async def test_a_rendition_that_stays_damaged_is_left_for_another(stage):
    stage.server.add_track("a", 60)
    top = stage.server.tracks["a"].renditions[-1]
    stage.server.faults.corrupt[top.id, top.pieces[20].offset] = 10_000
    stage.controller.play(["a"])
    await asyncio.sleep(70)
    assert sum(h.size for h in stage.sound.heard) == 60 * 44_100
    assert stage.sound.heard[20].piece.kbps == 160


@scenario()
async def test_a_withdrawn_track_is_skipped_with_a_line(stage):
    stage.server.add_track("a", 15)
    stage.server.add_track("c", 15)
    stage.controller.play(["a", "gone", "c"])
    await asyncio.sleep(20)
    assert stage.controller.state()["track"]["id"] == "c"
    assert [n[1] for n in stage.notices] == ["“Song gone” is skipped: no such track"]
    await asyncio.sleep(15)
    assert stage.controller.state()["status"] == "idle"


@scenario()
async def test_a_first_track_that_is_gone_makes_way(stage):
    stage.server.add_track("c", 15)
    stage.controller.play(["gone", "c"])
    await asyncio.sleep(3)
    assert stage.controller.state()["track"]["id"] == "c"
    assert stage.controller.state()["status"] == "playing"


@scenario()
async def test_a_queue_of_tracks_that_are_gone_ends_soon(stage):
    stage.controller.play([f"gone{n}" for n in range(100)])
    await asyncio.sleep(30)
    assert stage.controller.state()["status"] == "idle"
    assert stage.server.grants < 20


@pytest.mark.parametrize("fault", ["for_device", "tamper"])
def test_a_licence_that_is_not_ours_is_refused_and_nothing_is_played(fault):
    async def play():
        stage = Stage()
        async with stage.running():
            stage.server.add_track("a", 60)
            setattr(stage.server.faults, fault, "another-device" if fault == "for_device" else True)
            stage.controller.play(["a", "a"])
            await asyncio.sleep(10)
            assert stage.sound.heard == []
            assert stage.controller.state()["status"] == "idle"
            assert stage.notices[0][0] == "error"
            assert "licence is refused" in stage.notices[0][1]

    run_virtual(play())


@scenario()
async def test_an_expired_licence_and_expired_addresses_are_renewed(stage):
    stage.server.faults.licence_s = 50
    stage.server.faults.address_s = 40
    stage.server.add_track("a", 400)
    stage.controller.play(["a"])
    await asyncio.sleep(390)
    assert stage.controller.state()["status"] == "playing"
    assert stage.stalls() == 0
    assert stage.server.grants > 3


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("alien_indexes", "its index cannot be read: not an index of version 2"),
        ("wrong_indexes", "the index is not the one that the manifest names"),
    ],
)
def test_an_index_that_cannot_be_used_ends_soon_in_one_line(fault, said):
    async def play():
        stage = Stage()
        async with stage.running():
            stage.server.add_track("a", 30)
            stage.server.add_track("b", 30)
            setattr(stage.server.faults, fault, True)
            stage.controller.play(["a", "b"])
            await asyncio.sleep(10)
            assert stage.controller.state()["status"] == "idle"
            assert [n[1] for n in stage.notices] == [
                f"“Song {name}” is skipped: {said}" for name in "ab"
            ]
            asked = stage.server.grants, len(stage.server.reads)
            assert asked[0] <= 2 * (1 + 3)
            await asyncio.sleep(60)
            assert (stage.server.grants, len(stage.server.reads)) == asked

    run_virtual(play())


@scenario()
async def test_a_kept_index_of_before_is_fetched_anew(stage):
    stage.server.add_track("a", 15)
    stage.server.faults.alien_indexes = True
    stage.controller.play(["a"])
    await asyncio.sleep(5)
    stage.server.faults.alien_indexes = False
    stage.controller.play(["a"])
    await asyncio.sleep(20)
    assert sum(h.size for h in stage.sound.heard) == 15 * 44_100
