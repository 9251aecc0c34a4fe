"""Loudness, true peak and edges, against known signals and against FFmpeg."""

import re
import subprocess

import numpy as np
import pytest

from server_stub.engines.embedded.loudness import LoudnessMeter
from sync.wire.playback import Edges
from tests.server_stub.streaming.material import FFMPEG, music, write_wav


def measured(pcm, rate=44_100, block=16_384):
    meter = LoudnessMeter(rate)
    for at in range(0, pcm.shape[1], block):
        meter.add(pcm[:, at : at + block])
    return meter.result()


def sine(seconds, rate, level_db, frequency=1000.0, phase=0.0):
    time = np.arange(int(seconds * rate)) / rate
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * frequency * time + phase)
    return np.stack([wave, wave]).astype(np.float32)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_the_calibration_tone_of_tech_3341(rate, level):
    """A stereo sine of 1 kHz at -23 dBFS is -23 LUFS."""
    assert measured(sine(20, rate, level), rate).lufs == pytest.approx(level, abs=0.1)


def test_quiet_parts_do_not_count():
    """Tech 3341, case 3: -36, -23, -36 dBFS for 10, 60 and 10 s is -23 LUFS."""
    parts = [sine(10, 44_100, -36), sine(60, 44_100, -23), sine(10, 44_100, -36)]
    assert measured(np.concatenate(parts, axis=1)).lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(("frequency", "phase"), [(11_025, np.pi / 4), (7350, np.pi / 3)])
def test_peaks_between_samples_are_found(frequency, phase):
    """At these phases the samples stay below the wave's crest."""
    pcm = sine(2, 44_100, -6, frequency, phase)
    # The onset rings: measure a tone that fades in and out.
    pcm *= np.minimum(1, np.minimum(np.arange(88_200), np.arange(88_200)[::-1]) / 20_000)
    found = measured(pcm.astype(np.float32)).true_peak_dbtp
    assert found == pytest.approx(-6, abs=0.3)


def test_block_size_does_not_matter():
    pcm = music(200_000)
    assert measured(pcm, block=1000) == measured(pcm, block=65_536)


def test_silence_has_no_loudness():
    result = measured(np.zeros((2, 88_200), np.float32))
    assert (result.lufs, result.true_peak_dbtp) == (None, None)
    assert result.edges == Edges(lead_in=88_200, lead_out=0)


def test_a_track_shorter_than_a_block_has_a_peak_only():
    result = measured(music(3000))
    assert result.lufs is None
    assert result.true_peak_dbtp is not None


def test_edges():
    quiet = np.full((2, 1000), 0.0005, np.float32)
    pcm = np.concatenate([quiet, music(50_000) + 0.5, quiet[:, :700]], axis=1).astype(np.float32)
    assert measured(pcm, block=333).edges == Edges(lead_in=1000, lead_out=700)


@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg program here")
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_ffmpeg_measures_the_same(tmp_path, rate):
    swell = np.linspace(0.01, 1.4, 15 * rate)
    pcm = (music(15 * rate, rate) * swell).astype(np.float32)
    path = write_wav(tmp_path / "source.wav", np.clip(pcm, -1, 1), rate)
    command = [FFMPEG, "-nostdin", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    summary = done.stderr.decode().rpartition("Summary:")[2]
    result = measured(np.clip(pcm, -1, 1), rate)
    assert result.lufs == pytest.approx(float(re.search(r"I:\s+(\S+)", summary)[1]), abs=0.1)
    peak = float(re.search(r"Peak:\s+(\S+)", summary)[1])
    assert result.true_peak_dbtp == pytest.approx(peak, abs=0.15)
