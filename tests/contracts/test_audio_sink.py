"""Every sink plays one source, counts only what is audio, and lets go when told."""

import sys
import threading

import numpy as np
import pytest

from player.adapters.audio_miniaudio import MiniaudioSink
from player.adapters.audio_mpv import MpvSink
from player.adapters.audio_null import NullSink
from player.adapters.audio_wav import WavSink
from player.playback.errors import SinkUnavailableError
from player.playback.ring import PcmRing
from player.playback.sink import gain
from tests.player.playback.sound_clock import eventually

RATE = 44_100
MAKERS = {
    "null": lambda _path: NullSink(),
    "wav": lambda path: WavSink(path / "heard.wav"),
    "miniaudio": lambda _path: MiniaudioSink(backend="null"),
    "mpv": lambda _path: MpvSink(ao="null"),
}
PACKAGES = {"miniaudio": "miniaudio", "mpv": "mpv"}


@pytest.fixture(params=list(MAKERS))
def sink(request, tmp_path):
    made = MAKERS[request.param](tmp_path)
    made.lost = []
    try:
        made.open(made.lost.append)
    except SinkUnavailableError as error:
        pytest.skip(f"{request.param} is not on this machine: {error}")
    yield made
    made.close()
    assert made.lost == []


def ring_with(frames, *, complete=False):
    ring = PcmRing(max(frames, 10 * RATE))
    rng = np.random.default_rng(frames)
    ring.write((rng.random((frames, 2), np.float32) - 0.5) * 0.01)
    if complete:
        ring.complete()
    return ring


def test_it_says_who_it_is(sink):
    assert sink.name in MAKERS
    assert 0 <= sink.latency_s < 1


def test_the_position_starts_at_nothing_and_moves(sink):
    assert sink.position_frames() == 0
    ring = ring_with(5 * RATE)
    sink.play(ring, sink.rate_for(RATE))
    first = eventually(sink.position_frames)
    eventually(lambda: sink.position_frames() > first)
    assert sink.position_frames() <= ring.read_frames


def test_the_position_never_goes_back(sink):
    sink.play(ring_with(5 * RATE), sink.rate_for(RATE))
    seen = [0]
    while seen[-1] < RATE // 4:
        seen.append(sink.position_frames())
        assert seen[-1] >= seen[-2]


def test_a_pause_stands_still_and_goes_on(sink):
    sink.play(ring_with(10 * RATE), sink.rate_for(RATE))
    eventually(sink.position_frames)
    sink.pause()
    still = standing(sink)
    sink.resume()
    eventually(lambda: sink.position_frames() > still)


def standing(sink):
    """The position once it has stopped moving."""
    pause = threading.Event()
    while True:
        before = sink.position_frames()
        pause.wait(0.15)
        if sink.position_frames() == before:
            return before


def test_what_is_missing_is_no_position_and_what_comes_goes_on(sink):
    ring = ring_with(RATE // 2)
    sink.play(ring, sink.rate_for(RATE))
    eventually(lambda: not ring.level_frames)
    stopped = standing(sink)
    assert 0 < stopped <= RATE // 2
    ring.write(np.zeros((RATE, 2), np.float32))
    eventually(lambda: sink.position_frames() > RATE // 2)


def test_the_last_frame_is_heard_and_nothing_after_it_counts(sink):
    ring = ring_with(RATE // 3, complete=True)
    sink.play(ring, sink.rate_for(RATE))
    eventually(lambda: sink.position_frames() >= RATE // 3)
    assert min(standing(sink), ring.read_frames) == RATE // 3


def test_a_source_that_goes_on_after_its_end_counts_on(sink):
    ring = ring_with(RATE // 3, complete=True)
    sink.play(ring, sink.rate_for(RATE))
    eventually(lambda: sink.position_frames() >= RATE // 3)
    ring.complete(False)
    ring.write(np.zeros((RATE // 2, 2), np.float32))
    ring.complete()
    eventually(lambda: sink.position_frames() >= RATE // 3 + RATE // 2)
    assert standing(sink) == RATE // 3 + RATE // 2


def test_another_source_starts_from_nothing(sink):
    old = ring_with(5 * RATE)
    sink.play(old, sink.rate_for(RATE))
    eventually(lambda: sink.position_frames() > RATE // 5)
    new = ring_with(4 * RATE)
    old.close()
    sink.play(new, sink.rate_for(RATE))
    assert sink.position_frames() < RATE // 5
    eventually(sink.position_frames)
    assert sink.position_frames() <= new.read_frames


def test_silence_lets_go_of_the_source(sink):
    ring = ring_with(5 * RATE)
    sink.play(ring, sink.rate_for(RATE))
    eventually(sink.position_frames)
    sink.silence()
    assert sink.position_frames() == 0
    sink.silence()
    sink.play(ring_with(3 * RATE), sink.rate_for(RATE))
    eventually(sink.position_frames)


def test_silence_does_not_end_a_pause(sink):
    sink.pause()
    sink.silence()
    ring = ring_with(5 * RATE)
    sink.play(ring, sink.rate_for(RATE))
    still = standing(sink)
    assert still < RATE // 5
    sink.resume()
    eventually(lambda: sink.position_frames() > still)


def test_another_rate_is_played_too(sink):
    sink.play(ring_with(RATE), sink.rate_for(RATE))
    eventually(sink.position_frames)
    rate = sink.rate_for(48_000)
    sink.play(ring_with(rate // 4, complete=True), rate)
    eventually(lambda: sink.position_frames() >= rate // 4)


def test_volume_can_be_set_at_any_time(sink):
    sink.set_volume(40)
    sink.play(ring_with(5 * RATE), sink.rate_for(RATE))
    eventually(sink.position_frames)
    for percent in (0, 100, 250, -3):
        sink.set_volume(percent)
    eventually(lambda: sink.position_frames() > RATE // 10)


def test_closing_returns_whatever_the_sink_waits_for(sink):
    sink.play(ring_with(0), sink.rate_for(RATE))
    sink.close()
    sink.close()
    assert sink.position_frames() == 0


def test_a_missing_library_is_a_typed_error(monkeypatch, tmp_path):
    for name, package in PACKAGES.items():
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(SinkUnavailableError):
            MAKERS[name](tmp_path).open(lambda _reason: None)


def test_a_file_that_cannot_be_written_is_a_typed_error(tmp_path):
    with pytest.raises(SinkUnavailableError):
        WavSink(tmp_path / "no" / "such.wav").open(lambda _reason: None)


def test_full_volume_touches_nothing_and_none_is_silence():
    assert gain(100) == gain(500) == 1.0
    assert gain(0) == gain(-5) == 0.0
    assert 0 < gain(50) < 0.5
