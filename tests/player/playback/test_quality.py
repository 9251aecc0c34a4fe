"""The three parts that decide, each by itself."""

from dataclasses import replace

import pytest

from player.playback.bandwidth import (
    BandwidthNumbers,
    Estimate,
    LinkEstimator,
    LinkMeter,
    Transfer,
    blend,
)
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


def test_the_trough_is_how_far_the_link_fell_behind_at_its_worst():
    numbers = BandwidthNumbers(trough_guess_s=0.0)
    link = LinkEstimator(numbers)
    for _second in range(30):
        link.observe(Transfer(30_000, 1.0))
    assert link.estimate().trough_s == 0
    for _second in range(30):
        link.observe(Transfer(6_000, 1.0))
    assert link.estimate().trough_s == pytest.approx(15, abs=0.01)
    for _second in range(int(numbers.trough_half_life_s)):
        link.observe(Transfer(30_000, 1.0))
    assert link.estimate().trough_s == pytest.approx(7.5, abs=0.2)


def test_an_unknown_link_is_trusted_only_in_time():
    link = LinkEstimator()
    at_first = link.estimate().trough_s
    for _second in range(600):
        link.observe(Transfer(30_000, 1.0))
    assert link.estimate().trough_s < 0.5 * at_first


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
    control = BufferControl()
    assert control.fetch_early(replace(LOAD, buffer_s=119))
    assert not control.fetch_early(replace(LOAD, buffer_s=100))
    assert not control.fetch_early(replace(LOAD, buffer_s=119, early_s=30))


def test_who_skips_is_loaded_for_otherwise_until_tracks_are_heard_out():
    control = BufferControl()
    control.jumped()
    assert control.target_s == 350
    assert control.fetch_early(replace(LOAD, buffer_s=50))
    control.heard_out()
    control.heard_out()
    assert control.target_s == 350
    control.heard_out()
    assert control.target_s == 120
    assert not control.fetch_early(replace(LOAD, buffer_s=50))


def test_another_depth_scales_what_goes_with_it():
    shallow = BufferControl(LoadNumbers.with_target(30))
    assert shallow.target_s == 30
    assert shallow.fetch_early(replace(LOAD, buffer_s=29.6))
    shallow.jumped()
    assert shallow.target_s == pytest.approx(87.5)
    deep = BufferControl(LoadNumbers.with_target(240))
    assert deep.target_s == 240
    assert deep.fetch_early(replace(LOAD, buffer_s=119))


def test_the_deepest_buffer_of_the_best_quality_is_within_the_budget():
    numbers = LoadNumbers()
    seconds = numbers.restless.target_s + numbers.early_s
    assert seconds * 320 * 125 * 1.02 < numbers.budget_bytes


@pytest.mark.parametrize(
    ("changes", "plays"),
    [
        ({"buffer_s": 0}, False),
        ({"buffer_s": 1.5}, True),
        ({"buffer_s": 1.5, "stalled": True}, False),
        ({"buffer_s": 1.5, "stalled": True, "ended": True}, True),
        ({"buffer_s": 1.5, "stalled": True, "rate": 40_000}, True),
        ({"buffer_s": 6, "stalled": True, "rate": 0}, True),
        ({"buffer_s": 1.5, "stalled": True, "coming": False}, True),
        ({"buffer_s": 1.5, "starting": True}, False),
        ({"buffer_s": 1.5, "starting": True, "rate": 90_000}, True),
        ({"buffer_s": 1.5, "starting": True, "rate": 90_000, "bytes_per_s": 0.0}, True),
        ({"buffer_s": 1.5, "starting": True, "ended": True}, True),
        ({"buffer_s": 1.5, "starting": True, "coming": False}, True),
        ({"buffer_s": 3.3, "starting": True}, True),
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


def test_a_remembered_rate_makes_the_first_choice():
    remembered = LinkEstimator(remembered=45_000).estimate()
    choice = BufferMap().choose(view(previous=None, estimate=remembered, buffer_s=0.0))
    assert (choice.rung, choice.reason) == (1, "start")


def test_a_link_that_died_once_is_given_more_reserve():
    calm = replace(estimate(200), trough_s=0.0)
    died = replace(estimate(200), trough_s=60.0)
    seconds = range(121)
    first = [s for s in seconds if BufferMap().choose(view(buffer_s=s, estimate=calm)).rung]
    again = [s for s in seconds if BufferMap().choose(view(buffer_s=s, estimate=died)).rung]
    assert min(again) - min(first) > 15


def test_the_beginning_of_the_next_track_is_like_this_one_if_that_can_be_kept_up():
    early = view(previous=None, playing=2, early=True, buffer_s=60.0)
    assert BufferMap().choose(early).reason == "ahead"
    assert BufferMap().choose(early).rung == 2
    assert BufferMap().choose(replace(early, playing=0)).rung == 0
    assert BufferMap().choose(replace(early, playing=None)).rung == 0
    assert BufferMap().choose(replace(early, estimate=estimate(40))).rung < 2


def test_longer_pieces_move_the_thresholds():
    coarse = replace(QualityNumbers().deep, keep=(1.0,), up=(1.0,))
    rule = BufferMap(QualityNumbers(coarse=coarse))
    short = [s for s in range(200) if rule.choose(view(buffer_s=s, piece_s=1.0)).rung]
    long = [s for s in range(200) if rule.choose(view(buffer_s=s, piece_s=4.0)).rung]
    assert short != long


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


SLOW = estimate(20)
FLIGHT = Flight(2, 60_000, 5_000, 3.0, 1.5, 2.0, 120.0, RUNGS, SLOW, SLOW)


def test_a_piece_that_comes_too_late_is_left_for_a_lower_one():
    assert BufferMap().leave_for(FLIGHT) == 0
    enough = estimate(300)
    safe = replace(FLIGHT, buffer_s=100.0, estimate=enough, foreseen=enough)
    assert BufferMap().leave_for(safe) is None
    assert BufferMap().leave_for(replace(FLIGHT, rung=0)) is None
    assert BufferMap().leave_for(replace(FLIGHT, seconds=0.5)) is None
    assert BufferMap().leave_for(replace(FLIGHT, received=55_000)) is None
    unknown = LinkEstimator().estimate()
    assert BufferMap().leave_for(replace(FLIGHT, estimate=unknown)) is None


def test_a_link_that_dies_in_flight_is_noticed_while_there_is_buffer():
    before = estimate(300)
    link = LinkEstimator()
    for _transfer in range(60):
        link.observe(Transfer(37_500, 1.0))
    flight = replace(FLIGHT, buffer_s=60.0, estimate=before, received=500)
    fine = replace(flight, foreseen=link.foresee(Transfer(18_000, 0.5)))
    dying = replace(flight, seconds=20.0, foreseen=link.foresee(Transfer(500, 20.0)))
    assert BufferMap().leave_for(fine) is None
    assert BufferMap().leave_for(dying) == 1
    assert BufferMap().leave_for(replace(dying, buffer_s=15.0)) == 0
    assert link.estimate().fast == pytest.approx(37_500)


def test_fixed_rungs_in_turn():
    rule = FixedRungs((96, 320, 200))
    assert [rule.choose(view()).rung for _piece in range(4)] == [0, 2, 1, 0]
    assert rule.leave_for(FLIGHT) is None
    with pytest.raises(ValueError, match="at least one"):
        FixedRungs(())
