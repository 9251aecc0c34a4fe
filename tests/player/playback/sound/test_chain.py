"""A chain changes nothing when nothing is wanted, and its blocks' sizes never matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.playback.sound.biquad import Band
from player.playback.sound.chain import Chain, Steps
from player.playback.sound.equaliser import PRESETS, Curve
from player.playback.sound.head import SphericalHead
from player.playback.sound.plan import UNTOUCHED, SoundPlan
from player.playback.sound.processor import QUANTUM
from tests.player.playback.sound.runs import RATE, run
from tests.player.playback.sound_material import music

EVERYTHING = SoundPlan(
    speed=1.3, curve=PRESETS["voice"], head=SphericalHead(), mono=True, levels=True
)
PLANS = {
    "equaliser": SoundPlan(curve=PRESETS["bass"]),
    "spatial": SoundPlan(head=SphericalHead()),
    "mono": SoundPlan(mono=True),
    "limiter": SoundPlan(levels=True),
    "speed": SoundPlan(speed=1.5),
    "slow": SoundPlan(speed=0.7, mono=True),
    "everything": EVERYTHING,
}


def chain_of(plan):
    return Chain(lambda: plan.steps(RATE))


def loud(samples):
    """Music that the limiter has to work on."""
    return music(samples) * 3


def test_a_chain_of_nothing_hands_on_the_very_arrays():
    chain = chain_of(UNTOUCHED)
    block = music(5_000)
    assert chain.idle
    assert chain.push(block) is block
    assert not len(chain.finish())


@pytest.mark.parametrize(
    "plan",
    [
        UNTOUCHED,
        SoundPlan(curve=Curve((Band("peak", 1_000, 0.0),))),
        SoundPlan(speed=1.0, mono=False),
    ],
)
def test_what_changes_nothing_is_not_in_the_chain(plan):
    assert plan.idle
    assert plan.steps(RATE) == Steps(None, [])


def test_a_limiter_that_has_nothing_to_do_is_bit_exact():
    quiet = music(70_000) * 0.5
    assert np.array_equal(run(chain_of(SoundPlan(levels=True)), quiet, (777, 5_000)), quiet)


@pytest.mark.parametrize("name", PLANS)
@settings(max_examples=12, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 9_000), min_size=1, max_size=6), samples=st.integers(1, 30_000)
)
def test_results_do_not_depend_on_the_size_of_blocks(name, sizes, samples):
    plan, pcm = PLANS[name], loud(30_000)[:samples]
    whole = run(chain_of(plan), pcm, (samples,))
    if len(sizes) < 2:
        sizes = [*sizes, 4_000]
    assert np.array_equal(run(chain_of(plan), pcm, sizes), whole)
    assert len(whole) == round(samples / plan.speed)


@pytest.mark.parametrize("name", PLANS)
def test_the_input_is_left_as_it_was(name):
    pcm = loud(20_000)
    before = pcm.copy()
    run(chain_of(PLANS[name]), pcm)
    assert np.array_equal(pcm, before)


@pytest.mark.parametrize("name", ["equaliser", "limiter", "everything", "slow"])
def test_a_second_run_after_the_end_is_like_the_first(name):
    chain, pcm = chain_of(PLANS[name]), loud(25_000)
    assert np.array_equal(run(chain, pcm), run(chain, pcm))


def test_an_end_without_a_beginning_is_nothing():
    assert not len(chain_of(EVERYTHING).finish())


def test_frames_that_are_owed_are_counted():
    chain = chain_of(SoundPlan(levels=True))
    given_out = len(chain.push(loud(QUANTUM + 10)))
    assert chain.held_frames == QUANTUM + 10 - given_out > 0
    assert chain.output_frame() == QUANTUM + 10
    chain.finish()
    assert (chain.held_frames, chain.output_frame()) == (0, QUANTUM + 10)


def test_latency_is_taken_off_a_click_stays_where_it_is():
    pcm = np.zeros((20_000, 2), np.float32)
    pcm[10_000] = 0.9
    for plan in (SoundPlan(levels=True), SoundPlan(curve=PRESETS["bass"]), SoundPlan(mono=True)):
        out = run(chain_of(plan), pcm)
        assert int(np.argmax(np.abs(out[:, 0]))) == 10_000
