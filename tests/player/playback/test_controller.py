"""Scenarios over the whole streaming half, on virtual time."""

import asyncio
import itertools

import pytest

from player.errors import NotFoundError, ServerBusyError, UsageError
from player.playback.quality import Limits
from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.stage import Stage
from tests.player.playback.virtual_time import run_virtual


def scenario(**options):
    """A test that runs on a stage of its own."""

    def wrap(function):
        def test():
            async def play():
                stage = Stage(**options)
                async with stage.running():
                    await function(stage)
                stage.assert_heard_is_contiguous()

            run_virtual(play())

        test.__name__ = function.__name__
        test.__doc__ = function.__doc__
        return test

    return wrap


def kbps_heard(stage):
    return [heard.piece.kbps for heard in stage.sound.heard]


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


@scenario(kbps=400, latency_s=0.2)
async def test_requests_are_pipelined_so_that_the_link_does_not_idle(stage):
    stage.server.add_track("a", 300)
    stage.controller.play(["a"])
    await asyncio.sleep(3)
    busy, at = stage.link.busy_s, stage.clock.monotonic()
    await asyncio.sleep(20)
    share = (stage.link.busy_s - busy) / (stage.clock.monotonic() - at)
    assert share > 0.97


@scenario(kbps=4000)
async def test_quality_is_the_top_on_a_fast_link_and_stays(stage):
    stage.server.add_track("a", 200)
    stage.controller.play(["a"])
    await asyncio.sleep(150)
    rates = kbps_heard(stage)
    assert rates[8:] == [320] * len(rates[8:])
    assert stage.stalls() == 0
    assert sum(a != b for a, b in itertools.pairwise(rates)) <= 2


@scenario(kbps=lambda t: 1000 * 125 if t < 1060 else 110 * 125)
async def test_quality_goes_down_before_a_stall_on_a_link_that_slows(stage):
    stage.server.add_track("a", 600)
    stage.controller.play(["a"])
    await asyncio.sleep(500)
    rates = kbps_heard(stage)
    assert stage.stalls() == 0
    assert 320 in rates
    assert rates[-1] == 96


@scenario(kbps=lambda t: (240 if int(t / 7) % 2 else 130) * 125)
async def test_quality_does_not_oscillate_on_a_link_that_does(stage):
    stage.server.add_track("a", 900)
    stage.controller.play(["a"])
    await asyncio.sleep(850)
    rates = kbps_heard(stage)
    changes = sum(a != b for a, b in itertools.pairwise(rates))
    assert stage.stalls() == 0
    assert changes / (850 / 60) <= 0.6


@scenario()
async def test_buffer_stays_within_its_target_and_memory(stage):
    stage.server.add_track("a", 600)
    stage.controller.play(["a"])
    await asyncio.sleep(300)
    state = stage.controller.state()
    assert 105 < state["buffer_s"] <= 123
    lane = stage.controller._transport.lanes[0]
    assert lane.bytes_from(0) <= 16_100_000


@scenario()
async def test_seek_into_the_buffer_is_at_once_and_asks_nothing(stage):
    stage.server.add_track("a", 300)
    stage.controller.play(["a"])
    await asyncio.sleep(30)
    reads = len(stage.server.reads)
    stage.controller.seek(60_000)
    assert stage.controller.state()["position_ms"] in range(59_999, 60_001)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert stage.controller.state()["status"] == "playing"
    assert len(stage.server.reads) - reads <= 2
    stage.controller.seek_by(-30_000)
    await asyncio.sleep(0.5)
    assert 30_000 <= stage.controller.state()["position_ms"] < 31_000


@scenario(kbps=500)
async def test_seek_into_the_unknown_is_one_range_request_for_the_exact_piece(stage):
    stage.server.add_track("a", 300)
    stage.controller.play(["a"])
    await asyncio.sleep(5)
    stage.controller.pause()
    stage.controller.resume()
    before = len(stage.server.reads)
    at = stage.clock.monotonic()
    stage.controller.seek(250_000)
    await asyncio.sleep(2)
    piece = 250 * 44_100 // PIECE_SAMPLES
    _path, start, _end = stage.server.reads[before]
    track = stage.server.tracks["a"]
    assert start in {r.pieces[piece].start for r in track.renditions}
    first = next(e for e in stage.trace.named("first_audio") if e["t"] > at)
    assert first["t"] - at < 1.2
    assert stage.controller.state()["position_ms"] >= 250_000


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


@scenario()
async def test_a_fixed_quality_and_data_saver_are_kept(stage):
    stage.server.add_track("a", 60)
    stage.controller.set_limits(Limits(fixed_kbps=160))
    stage.controller.play(["a"])
    await asyncio.sleep(61)
    assert set(kbps_heard(stage)) == {160}


@scenario()
async def test_the_audio_device_going_away_pauses_with_a_line(stage):
    stage.server.add_track("a", 60)
    stage.controller.play(["a"])
    await asyncio.sleep(5)
    stage.sound.fail("unplugged")
    await asyncio.sleep(1)
    assert stage.controller.state()["status"] == "paused"
    assert stage.notices == [("error", "The audio device is gone: paused", "unplugged")]


@scenario()
async def test_nothing_is_told_while_nothing_changes(stage):
    stage.server.add_track("a", 30)
    stage.controller.play(["a"])
    await asyncio.sleep(12)
    told = len(stage.states)
    await asyncio.sleep(6)
    assert len(stage.states) - told <= 1
