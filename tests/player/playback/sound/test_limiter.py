"""Nothing comes out above the ceiling, also between the samples; what is below is untouched."""

from pathlib import Path

import av
import numpy as np
import pytest

from player.playback.sound.chain import Chain, Steps
from player.playback.sound.limiter import Limiter, true_peaks
from tests.player.playback.sound.runs import RATE, rms_db, run, tone, true_peak_db
from tests.player.playback.sound_material import rendition

REAL = sorted(Path("/usr/share/games/wesnoth").glob("*/data/core/music/*.ogg"))[:40:10]


def limited(pcm, rate=RATE):
    return run(Chain(lambda: Steps(None, [Limiter(rate)])), pcm)


def real(path, seconds=8):
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        planes, have = [], 0
        for frame in container.decode(audio=0):
            for out in resampler.resample(frame):
                planes.append(out.to_ndarray())
                have += out.samples
            if have >= seconds * RATE:
                break
    return np.concatenate(planes, 1).T[: seconds * RATE]


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("gain", [2, 6])
def test_music_stays_under_the_ceiling(rate, gain):
    loud = rendition(4 * rate, "aac", 160, rate=rate).linear * gain
    assert true_peak_db(loud) > 0
    assert true_peak_db(limited(loud, rate)) <= -1 + 0.1


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_music_pushed_by_12_db_stays_under_the_ceiling(path):
    loud = real(path) * 4
    out = limited(loud)
    assert len(out) == len(loud)
    assert true_peak_db(out) <= -1 + 0.1
    assert rms_db(out) > rms_db(loud) - 9


def test_a_peak_between_the_samples_is_seen():
    """A sine at a quarter of the rate, 45 degrees off: its samples are 3 dB below its peak."""
    wave = np.sin(np.pi / 2 * np.arange(4_000) + np.pi / 4)
    pcm = np.stack([wave, wave], 1).astype(np.float32)
    assert np.abs(pcm).max() == pytest.approx(0.7071, abs=1e-3)
    assert true_peaks(pcm)[100:-100].max() == pytest.approx(1.0, abs=0.02)


def test_below_the_ceiling_not_a_bit_changes():
    quiet = tone(1_000, 2.0, 0.85)
    assert np.array_equal(limited(quiet), quiet)


def test_only_the_surroundings_of_a_peak_are_turned_down_and_gently():
    pcm = tone(200, 3.0, 0.3)
    pcm[RATE : RATE + 200] *= 5
    out = limited(pcm)
    gain = np.abs(out[:, 0]) / np.maximum(np.abs(pcm[:, 0]), 1e-9)
    assert np.array_equal(out[: RATE - 500], pcm[: RATE - 500])
    assert np.array_equal(out[2 * RATE :], pcm[2 * RATE :])
    moving = np.abs(pcm[:, 0]) > 0.05
    steps = np.abs(np.diff(gain[moving]))
    assert steps.max() < 0.05


def test_the_balance_of_left_and_right_is_kept():
    pcm = tone(300, 1.0, 1.4)
    pcm[:, 1] *= 0.25
    out = limited(pcm)
    where = np.abs(pcm[:, 0]) > 0.01
    assert np.allclose(out[where, 1] / out[where, 0], 0.25, rtol=1e-4)
