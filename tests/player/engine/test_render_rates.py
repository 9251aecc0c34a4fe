"""At which rates a rendering is fetched: in turn, or as a listener on this link would get it."""

import itertools

import pytest

from player.engine.services.render import Kitchen, _pieces, _ready
from player.engine.services.render_rates import RatesAsHeard, RatesInTurn
from player.errors import NotAllowedError
from player.playback.bandwidth import LinkEstimator, LinkMeter
from player.playback.download import Downloader
from player.playback.grants import GrantBook
from player.playback.lane import Lane
from player.playback.media import MediaDesk
from player.playback.quality import BufferMap, Limits
from player.playback.recovery import Recovery
from tests.player.playback.stage import Stage
from tests.player.playback.virtual_time import run_virtual

FREE = Limits()


def rendered(kbps, rates=None, *, limits=FREE, ceiling=0, tracks=("a",)):
    """Rates of the pieces of tracks over a link."""

    async def work():
        stage = Stage(kbps=kbps)
        clock = stage.clock
        grants = GrantBook(stage.server, stage.rights, stage.store, clock=clock, codec="aac")
        bandwidth = LinkEstimator()
        meter = LinkMeter(bandwidth)
        downloader = Downloader(stage.server, grants, Recovery(clock), meter=meter, clock=clock)
        as_heard = RatesAsHeard(
            BufferMap(), bandwidth, target_s=120.0, limits=lambda: limits, monotonic=clock.monotonic
        )
        desk = MediaDesk(downloader, grants, stage.store, stage.store)
        kitchen = Kitchen(grants, desk, as_heard, lambda: ceiling)
        chosen = []
        for track in tracks:
            stage.server.add_track(track, 180)
            lane = await _ready(kitchen, Lane(track, track, "aac"), rates or as_heard)
            pieces = _pieces(kitchen, lane, rates or as_heard)
            chosen += [piece.kbps async for piece in pieces]
        await grants.close()
        return chosen

    return run_virtual(work())


def test_a_list_goes_on_over_the_borders_of_tracks():
    chosen = rendered(9000, RatesInTurn((96, 320, 160)), tracks=("a", "b"))
    assert chosen == list(itertools.islice(itertools.cycle((96, 320, 160)), len(chosen)))


def test_auto_follows_a_link_that_is_too_slow_for_the_top():
    chosen = rendered(140)
    assert 320 not in chosen
    assert chosen.count(96) > len(chosen) / 2


def test_auto_is_the_top_on_a_fast_link():
    chosen = rendered(5000)
    assert set(chosen[8:]) == {320}


def test_auto_comes_down_when_the_link_does():
    chosen = rendered(lambda t: (2000 if t < 1012 else 90) * 125, tracks=("a", "b"))
    assert 320 in chosen
    assert chosen[-1] == 96


def test_auto_keeps_to_the_limits():
    assert set(rendered(5000, limits=Limits(data_saver=True))) == {96}
    assert set(rendered(5000, limits=Limits(max_kbps=160), ceiling=160)[8:]) == {160}


def test_a_rate_above_the_plan_is_refused_at_once():
    with pytest.raises(NotAllowedError, match="at most 160"):
        rendered(5000, RatesInTurn((96, 320)), ceiling=160)
