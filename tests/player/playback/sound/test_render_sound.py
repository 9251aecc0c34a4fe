"""Rendering is untouched unless it is asked for; then it is what would be heard."""

import numpy as np
import pytest

from player.playback.render import WavRender
from player.playback.sound.equaliser import PRESETS
from player.playback.sound.loudness import gain_db
from player.playback.sound.plan import SoundPlan
from player.playback.sound.processor import db_to_gain
from player.playback.sound.shape import PLAIN, TrackShape
from server_stub.engines.embedded.loudness import LoudnessMeter
from tests.player.playback.sound.runs import true_peak_db
from tests.player.playback.sound.test_limiter import REAL, real
from tests.player.playback.sound_material import encode
from tests.player.playback.test_output import ONE, RATE, TWO, a, b


def rendered(path, tracks, plan=None):
    whole = WavRender(path, "a") if plan is None else WavRender(path, "a", plan)
    for pieces, shape in tracks:
        for piece in pieces:
            whole.submit(piece, shape)
    summary = whole.finish()
    data = path.read_bytes()
    pcm = np.frombuffer(data[data.index(b"data") + 8 :], np.float32).reshape(-1, 2)
    assert len(pcm) == summary.frames
    return pcm


def measured(pcm, rate=RATE):
    meter = LoudnessMeter(rate)
    for at in range(0, len(pcm), 16_384):
        meter.add(np.ascontiguousarray(pcm[at : at + 16_384].T))
    return meter.result()


def test_nothing_is_changed_by_itself(tmp_path):
    pcm = rendered(tmp_path / "x.wav", [(a().pieces, PLAIN), (b().pieces, PLAIN)])
    assert np.array_equal(pcm, np.concatenate([a().linear, b().linear]))


def test_what_is_asked_for_is_in_the_file_to_the_sample(tmp_path):
    fade = RATE // 2
    first = TrackShape(gain=0.5, total=ONE, fade_out_s=0.5)
    second = TrackShape(total=TWO, fade_in_s=0.5)
    plan = SoundPlan(curve=PRESETS["bass"], mono=True, levels=True)
    pcm = rendered(tmp_path / "x.wav", [(a().pieces, first), (b().pieces, second)], plan)
    assert len(pcm) == ONE + TWO - fade
    assert np.array_equal(pcm[:, 0], pcm[:, 1])
    fast = rendered(tmp_path / "y.wav", [(a().pieces, PLAIN)], SoundPlan(speed=2.0))
    assert len(fast) == round(ONE / 2)


@pytest.mark.parametrize("target", [-18.0, -14.0])
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_music_comes_out_at_the_target(tmp_path, path, target):
    source = real(path, 26)[20 * RATE :]
    before = measured(source)
    shape = TrackShape(gain=db_to_gain(gain_db(before.lufs, target, 0.0)))
    pieces = encode(source, "aac", 320, track_id="a").pieces
    pcm = rendered(tmp_path / "x.wav", [(pieces, shape)], SoundPlan(levels=True))
    after = measured(pcm)
    assert after.lufs == pytest.approx(target, abs=0.7)
    assert true_peak_db(pcm) <= -0.9
