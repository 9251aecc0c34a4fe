"""What the listener hears through the output, with processors: place, end, and joins are exact."""

import numpy as np
import pytest

from player.playback.sound.equaliser import PRESETS
from player.playback.sound.plan import UNTOUCHED, SoundPlan
from player.playback.sound.shape import TrackShape
from tests.player.playback.sound_clock import eventually
from tests.player.playback.sound_material import rendition
from tests.player.playback.test_output import ONE, RATE, TWO, Bench, a, b


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.output.close()


def play(bench, plan, *tracks):
    bench.output.arrange(plan)
    bench.output.play_from("a", 0, 1)
    for pieces, shape in tracks:
        for piece in pieces:
            bench.output.submit(piece, 1, shape)
    bench.output.finish(1)


WHOLE = TrackShape()
FADE = RATE // 2


@pytest.mark.parametrize("plan", [UNTOUCHED, SoundPlan(levels=True)], ids=["off", "limiter"])
def test_processors_that_have_nothing_to_do_are_not_heard(bench, plan):
    quiet = TrackShape(gain=1.0)
    play(bench, plan, (a().pieces, quiet), (b().pieces, quiet))
    bench.hear(ONE + TWO)
    eventually(lambda: "drained" in bench.kinds())
    assert np.array_equal(bench.pcm, np.concatenate([a().linear, b().linear]))


def test_with_everything_on_no_sample_is_lost_and_the_place_is_right(bench):
    plan = SoundPlan(curve=PRESETS["voice"], mono=True, levels=True)
    play(bench, plan, (a().pieces, WHOLE), (b().pieces, WHOLE))
    bench.hear(ONE - 500)
    assert bench.output.position() == ("a", bench.frames)
    bench.hear(ONE + TWO - bench.frames)
    eventually(lambda: "drained" in bench.kinds())
    assert bench.frames == ONE + TWO
    assert bench.output.position() == ("b", TWO)
    assert np.array_equal(bench.pcm[:, 0], bench.pcm[:, 1])


@pytest.mark.parametrize("speed", [0.5, 1.5, 3.0])
def test_the_clock_follows_the_speed(bench, speed):
    play(bench, SoundPlan(speed=speed), (a().pieces, WHOLE), (b().pieces, WHOLE))
    bench.hear(20_000)
    assert bench.output.position()[1] == pytest.approx(20_000 * speed, abs=2)
    bench.hear(round((ONE + TWO) / speed) - bench.frames)
    eventually(lambda: "drained" in bench.kinds())
    assert bench.frames == round((ONE + TWO) / speed)
    assert bench.output.position()[0] == "b"
    assert bench.output.position()[1] == pytest.approx(TWO, abs=4)
    started = [event.track_id for event in bench.events if event.kind == "track_started"]
    assert started == ["a", "b"]


def test_in_a_crossfade_the_next_track_is_what_plays(bench):
    first = TrackShape(total=ONE, fade_out_s=0.5)
    second = TrackShape(total=TWO, fade_in_s=0.5)
    play(bench, SoundPlan(levels=True), (a().pieces, first), (b().pieces, second))
    bench.hear(ONE - FADE + 100)
    eventually(lambda: bench.kinds().count("track_started") == 2)
    assert bench.output.position() == ("b", bench.frames - (ONE - FADE))
    bench.hear(ONE + TWO - FADE - bench.frames)
    eventually(lambda: "drained" in bench.kinds())
    assert bench.frames == ONE + TWO - FADE
    assert bench.output.position() == ("b", TWO)


def test_the_end_of_a_track_does_not_wait_for_a_late_one_until_silence(bench):
    first = TrackShape(total=ONE, fade_out_s=0.5)
    bench.output.play_from("a", 0, 1)
    for piece in a().pieces:
        bench.output.submit(piece, 1, first)
    bench.hear(ONE - 1_000)
    assert "underrun" not in bench.kinds()
    for piece in b().pieces:
        bench.output.submit(piece, 1, TrackShape(total=TWO, fade_in_s=0.5))
    bench.output.finish(1)
    eventually(lambda: bench.output._current.exhausted)
    bench.hear(bench.output._current.ring.written_frames - bench.frames)
    eventually(lambda: "drained" in bench.kinds())
    assert ONE + TWO - FADE <= bench.frames <= ONE + TWO
    assert np.array_equal(bench.pcm[: ONE - FADE], a().linear[: ONE - FADE])


def test_another_plan_counts_from_the_next_jump(bench):
    play(bench, UNTOUCHED, (a().pieces, WHOLE))
    bench.hear(5_000)
    bench.output.arrange(SoundPlan(mono=True))
    place = bench.output.position()
    bench.output.play_from(*place, 2)
    before = bench.frames
    for piece in a().pieces:
        bench.output.submit(piece, 2)
    bench.hear(3_000)
    pcm = bench.pcm
    assert np.array_equal(pcm[:before], a().linear[:before])
    assert np.array_equal(pcm[before:, 0], pcm[before:, 1])
    wanted = a().linear[place[1] : place[1] + len(pcm) - before].mean(axis=1)
    assert np.allclose(pcm[before:, 0], wanted, atol=1e-6)


def test_a_long_track_with_processors_fills_the_ring_and_no_more(bench):
    long = rendition(8 * 65_536, "aac", 96, track_id="a")
    play(bench, SoundPlan(levels=True), (long.pieces, WHOLE))
    bench.hear(1_000)
    eventually(lambda: bench.output._current.ring.free_frames == 0)
    left = 8 * 65_536 - bench.frames
    assert left / RATE - 1.6 <= bench.output.level_s() <= left / RATE
