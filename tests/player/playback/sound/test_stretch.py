"""Speed changes how long it takes, not how it sounds; a place in the track stays in its place."""

import numpy as np
import pytest

from player.playback.sound.chain import Chain
from player.playback.sound.plan import SoundPlan
from player.playback.sound.stretch import FASTEST, SLOWEST, TOLERANCE_S
from tests.player.playback.sound.runs import RATE, rms_db, run, tone

SPEEDS = (SLOWEST, 0.8, 1.25, 2.0, FASTEST)


def at_speed(pcm, speed, rate=RATE):
    return run(Chain(lambda: SoundPlan(speed=speed).steps(rate)), pcm, (3_000, 7_001))


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("samples", [1, 500, 44_100, 100_001])
def test_the_length_is_exact(speed, samples):
    assert len(at_speed(tone(300, 3)[:samples], speed)) == round(samples / speed)


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("hz", [110, 440, 2_000])
def test_pitch_and_level_stay(speed, hz):
    before = tone(hz, 6)
    after = at_speed(before, speed)[2_000:-4_000]
    spectrum = np.abs(np.fft.rfft(after[:, 0] * np.hanning(len(after))))
    assert np.argmax(spectrum) * RATE / len(after) == pytest.approx(hz, rel=0.01)
    assert rms_db(after) == pytest.approx(rms_db(before), abs=0.5)


@pytest.mark.parametrize("speed", SPEEDS)
def test_places_do_not_drift(speed):
    """Bursts of noise every half second are found where the clock says, to the end."""
    rng = np.random.default_rng(2)
    pcm = (0.001 * rng.standard_normal((10 * RATE, 2))).astype(np.float32)
    places = np.arange(RATE // 2, 10 * RATE - RATE // 2, RATE // 2)
    for place in places:
        burst = rng.standard_normal(2_400) * np.hanning(2_400)
        pcm[place : place + 2_400] += 0.3 * burst.astype(np.float32)[:, None]
    out = np.abs(at_speed(pcm, speed)[:, 0])
    for place in places:
        middle = (place + 1_200) / speed
        begin = int(middle - 0.12 * RATE)
        around = out[begin : int(middle + 0.12 * RATE)] ** 2
        found = begin + np.sum(around * np.arange(len(around))) / np.sum(around)
        assert abs(found - middle) * speed / RATE < TOLERANCE_S + 0.008
