"""The three parts that decide, each by itself."""

from dataclasses import replace

import pytest

from player.playback.bandwidth import Estimate, LinkEstimator, LinkMeter, Transfer, blend
from player.playback.load_control import BufferControl, Load, LoadNumbers
from player.playback.quality import (
    BufferMap,
    FixedRungs,
    Flight,
    Limits,
    QualityNumbers,
    QualityView,
    Rung,
)

RUNGS = tuple(Rung(kbps, kbps * 186, kbps * 125.0) for kbps in (96, 160, 320))


def estimate(kbps, *, fast=None, error=0.4):
    return Estimate((fast or kbps) * 125.0, kbps * 125.0, error, 0.1, 10)


def view(**changes):
    plain = QualityView(RUNGS, 0, 60.0, 120.0, estimate(200))
    return replace(plain, **changes)


# ---------------------------------------------------------------------- bandwidth


def test_latency_is_not_rate():
    near, far = LinkEstimator(), LinkEstimator()
    for _transfer in range(20):
        near.observe(Transfer(50_000, 1.0, 0.01))
        far.observe(Transfer(50_000, 1.0, 1.0))
    assert near.estimate().slow == far.estimate().slow == pytest.approx(50_000)
    assert far.estimate().latency_s > 0.9 > 0.1 > near.estimate().latency_s


def test_the_fast_average_follows_before_the_slow_one():
    link = LinkEstimator()
    for _transfer in range(30):
        link.observe(Transfer(40_000, 1.0))
    steady = link.estimate()
    for _transfer in range(5):
        link.observe(Transfer(10_000, 1.0))
    now = link.estimate()
    assert now.fast < now.slow < steady.slow
    assert now.error > steady.error
    assert blend(now, 0.0) == pytest.approx(now.slow)
    assert blend(now, 1.0) == pytest.approx(now.fast)


def test_nothing_is_known_before_the_first_transfer_unless_remembered():
    assert not LinkEstimator().estimate().known
    assert blend(LinkEstimator().estimate(), 1.0) == 0.0
    remembered = LinkEstimator(remembered=30_000).estimate()
    assert remembered.known
    assert remembered.kbps == pytest.approx(240)


def test_an_outage_does_not_break_the_logarithms():
    link = LinkEstimator()
    for _transfer in range(50):
        link.observe(Transfer(1, 100.0))
    assert link.estimate().slow >= 30


def test_transfers_that_share_the_link_count_its_time_once():
    link = LinkEstimator()
    meter = LinkMeter(link)
    first = meter.asked(0.0)
    meter.received(first, 0, 0.1)
    second = meter.asked(0.5)
    for step in range(1, 11):
        meter.received(first, 5_000, 0.1 + step / 10)
        meter.received(second, 5_000, 0.1 + step / 10)
    meter.ended(first, 1.1)
    meter.ended(second, 1.1)
    meter.ended(meter.asked(2.0), 3.0)
    assert link.estimate().slow == pytest.approx(100_000)
    assert link.estimate().latency_s < 0.12
    assert meter.total_bytes == 100_000


# ---------------------------------------------------------------------- load control

LOAD = Load(
    buffer_s=60,
    buffer_bytes=1_000_000,
    left_s=100,
    early_s=0,
    piece_bytes=60_000,
    rate=20_000,
    bytes_per_s=20_000,
    stalled=False,
    ended=False,
)


def test_loads_up_to_the_target_and_the_memory():
    control = BufferControl()
    assert control.target_s == 120
    assert control.may_fetch(LOAD)
    assert not control.may_fetch(replace(LOAD, buffer_s=120))
    assert not control.may_fetch(replace(LOAD, buffer_bytes=15_950_000))


def test_the_next_track_is_begun_when_this_one_is_safe():
    control = BufferControl(LoadNumbers(early_from_s=57))
    assert control.fetch_early(LOAD)
    assert not control.fetch_early(replace(LOAD, buffer_s=50))
    assert not control.fetch_early(replace(LOAD, early_s=9))


@pytest.mark.parametrize(
    ("changes", "plays"),
    [
        ({"buffer_s": 0}, False),
        ({"buffer_s": 1.5}, True),
        ({"buffer_s": 1.5, "stalled": True}, False),
        ({"buffer_s": 1.5, "stalled": True, "ended": True}, True),
        ({"buffer_s": 1.5, "stalled": True, "rate": 40_000}, True),
        ({"buffer_s": 6, "stalled": True, "rate": 0}, True),
    ],
)
def test_when_to_play(changes, plays):
    assert BufferControl().may_play(replace(LOAD, **changes)) is plays


# ---------------------------------------------------------------------- quality


def test_more_buffer_never_lowers_the_quality():
    rule = BufferMap()
    chosen = [rule.choose(view(buffer_s=float(s))).rung for s in range(121)]
    assert chosen == sorted(chosen)
    assert chosen[0] == 0


def test_hysteresis_keeps_what_is_played():
    rule = BufferMap()
    up = min(s for s in range(200) if rule.choose(view(buffer_s=float(s), previous=0)).rung >= 1)
    keep = min(s for s in range(200) if rule.choose(view(buffer_s=float(s), previous=1)).rung >= 1)
    assert up - keep > 20


def test_thresholds_scale_with_the_buffer():
    rule = BufferMap()
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        deep = rule.choose(view(buffer_s=share * 120, target_s=120.0))
        short = rule.choose(view(buffer_s=share * 60, target_s=60.0))
        assert deep.rung == short.rung


def test_real_sizes_count_not_labels():
    rule = BufferMap()
    heavy = tuple(replace(rung, bytes_per_s=2 * rung.bytes_per_s) for rung in RUNGS)
    assert rule.choose(view(rungs=heavy, buffer_s=50.0)).rung < (
        rule.choose(view(buffer_s=50.0)).rung
    )


def test_a_plainly_fast_link_gets_the_top_at_once():
    choice = BufferMap().choose(view(buffer_s=1.0, estimate=estimate(2000)))
    assert (choice.rung, choice.reason) == (2, "link")
    careful = BufferMap(QualityNumbers(bypass=0.0))
    assert careful.choose(view(buffer_s=1.0, previous=None, estimate=estimate(700))).rung == 2


def test_the_first_piece_starts_low_when_nothing_is_known():
    unknown = LinkEstimator().estimate()
    choice = BufferMap().choose(view(previous=None, estimate=unknown, buffer_s=0.0))
    assert (choice.rung, choice.reason) == (0, "start")
    assert BufferMap().choose(view(previous=1, estimate=unknown)).rung == 1


@pytest.mark.parametrize(
    ("limits", "rung", "reason"),
    [
        (Limits(fixed_kbps=160), 1, "fixed"),
        (Limits(fixed_kbps=64), 0, "fixed"),
        (Limits(max_kbps=160), 1, "limit"),
        (Limits(data_saver=True), 0, "saver"),
    ],
)
def test_limits_of_person_and_plan(limits, rung, reason):
    choice = BufferMap().choose(view(limits=limits, buffer_s=119.0, estimate=estimate(5000)))
    assert (choice.rung, choice.reason) == (rung, reason)


def test_one_rung_is_no_choice():
    assert BufferMap().choose(view(rungs=RUNGS[:1])).reason == "only"


def test_the_reason_names_what_changed():
    rule = BufferMap()
    assert rule.choose(view(buffer_s=110.0, previous=0, estimate=estimate(250))).reason == "buffer"
    assert rule.choose(view(buffer_s=5.0, previous=2, estimate=estimate(100))).reason == "link"
    assert rule.choose(view(buffer_s=5.0, previous=0)).reason == "steady"


FLIGHT = Flight(2, 60_000, 5_000, 3.0, 1.5, 2.0, RUNGS, estimate(20))


def test_a_piece_that_comes_too_late_is_left_for_a_lower_one():
    assert BufferMap().leave_for(FLIGHT) == 0
    assert BufferMap().leave_for(replace(FLIGHT, buffer_s=100.0)) is None
    assert BufferMap().leave_for(replace(FLIGHT, rung=0)) is None
    assert BufferMap().leave_for(replace(FLIGHT, seconds=0.5)) is None
    assert BufferMap().leave_for(replace(FLIGHT, received=55_000)) is None


def test_fixed_rungs_in_turn():
    rule = FixedRungs((96, 320, 200))
    assert [rule.choose(view()).rung for _piece in range(4)] == [0, 2, 1, 0]
    assert rule.leave_for(FLIGHT) is None
    with pytest.raises(ValueError, match="at least one"):
        FixedRungs(())
