"""How good and how far ahead: rungs, switches, the buffer, the link kept busy."""

import asyncio
import itertools

from player.playback.quality import Limits
from tests.player.playback.stage import kbps_heard, scenario


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
async def test_a_fixed_quality_and_data_saver_are_kept(stage):
    stage.server.add_track("a", 60)
    stage.controller.set_limits(Limits(fixed_kbps=160))
    stage.controller.play(["a"])
    await asyncio.sleep(61)
    assert set(kbps_heard(stage)) == {160}
