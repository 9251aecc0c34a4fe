"""A recording holds what was played, in the rate it began with."""

import numpy as np

from player.adapters.audio_wav import WavSink
from player.playback import pcm_wav
from player.playback.ring import PcmRing
from tests.player.playback.sound_clock import HandClock
from tests.player.playback.test_render import read_wav


def ring_of(pcm):
    ring = PcmRing(len(pcm))
    ring.write(pcm)
    return ring


def noise(frames):
    return np.random.default_rng(frames).random((frames, 2), np.float32)


def test_two_sources_are_recorded_one_after_the_other(tmp_path):
    clock, lost = HandClock(), []
    sink = WavSink(tmp_path / "heard.wav", clock=clock, threaded=False)
    sink.open(lost.append)
    assert sink.rate_for(44_100) == 44_100
    assert sink.rate_for(48_000) == 44_100
    for frames in (1_000, 700):
        sink.play(ring_of(noise(frames)), 44_100)
        clock.advance(0.1)
        sink.tick()
    sink.close()
    rate, pcm = read_wav(tmp_path / "heard.wav")
    assert rate == 44_100
    assert np.array_equal(pcm, np.concatenate([noise(1_000), noise(700)]))
    assert not lost


def test_a_full_file_is_a_lost_sink(tmp_path, monkeypatch):
    monkeypatch.setattr(pcm_wav, "MAX_FRAMES", 10)
    clock, lost = HandClock(), []
    sink = WavSink(tmp_path / "heard.wav", clock=clock, threaded=False)
    sink.open(lost.append)
    sink.play(ring_of(noise(1_000)), sink.rate_for(44_100))
    clock.advance(0.1)
    sink.tick()
    sink.close()
    assert len(lost) == 1


def test_a_player_that_never_played_leaves_an_empty_file(tmp_path):
    sink = WavSink(tmp_path / "heard.wav", threaded=False)
    sink.open(lambda _reason: None)
    sink.close()
    assert (tmp_path / "heard.wav").stat().st_size == 0
