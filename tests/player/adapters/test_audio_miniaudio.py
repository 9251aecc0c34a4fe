"""The position of a device that only says how much it wants."""

import numpy as np
import pytest

from player.adapters.audio_miniaudio import DeliveryLog, MiniaudioSink
from player.playback.errors import SinkUnavailableError
from player.playback.ring import PcmRing
from tests.player.playback.sound_clock import HandClock, eventually

PERIOD = 0.06
RATE = 1_000
FRAMES = 60


def test_deliveries_play_one_after_the_other():
    log = DeliveryLog(RATE)
    assert log.heard(5.0) == 0
    log.add(0.0, FRAMES, FRAMES)
    log.add(0.0, FRAMES, FRAMES)
    log.add(PERIOD, FRAMES, FRAMES)
    assert log.heard(0.0305) == 30
    assert log.heard(0.0905) == 90
    assert log.heard(0.1505) == 150
    assert log.heard(9.0) == 180


def test_silence_between_counts_nothing():
    log = DeliveryLog(RATE)
    log.add(0.0, 20, FRAMES)
    log.add(PERIOD, 0, FRAMES)
    log.add(2 * PERIOD, FRAMES, FRAMES)
    assert log.heard(0.0405) == 20
    assert log.heard(0.1105) == 20
    assert log.heard(0.1305) == 30


def test_a_device_clock_that_runs_fast_stays_near():
    log = DeliveryLog(RATE)
    now_s = 0.0
    for _ in range(2_000):
        log.add(now_s, FRAMES, FRAMES)
        now_s += PERIOD * 0.999
    assert log.heard(now_s) >= 2_000 * FRAMES - 3 * FRAMES


@pytest.fixture
def opened():
    clock = HandClock()
    sink = MiniaudioSink(backend="null", clock=clock)
    sink.told = []
    try:
        sink.open(sink.told.append)
    except SinkUnavailableError as error:
        pytest.skip(f"no miniaudio on this machine: {error}")
    yield sink, clock
    sink.close()


def test_a_device_that_stops_asking_is_lost_and_told_once(opened):
    sink, clock = opened
    sink.play(PcmRing(10), 44_100)
    sink._stop_device()
    clock.advance(5)
    sink.position_frames()
    sink.position_frames()
    assert len(sink.told) == 1


def test_a_device_that_was_lost_is_opened_again_for_the_next_source(opened):
    sink, clock = opened
    ring = PcmRing(44_100)
    ring.write(np.zeros((44_100, 2), np.float32))
    sink.play(PcmRing(10), 44_100)
    before = sink._device
    before.stop()
    clock.advance(5)
    sink.position_frames()
    assert len(sink.told) == 1
    sink.play(ring, 44_100)
    assert sink._device is not before
    eventually(lambda: ring.read_frames)


def test_an_unknown_backend_is_no_sink():
    with pytest.raises(SinkUnavailableError):
        MiniaudioSink(backend="gramophone").open(lambda _reason: None)


def test_volume_is_a_ramp_to_the_cube(opened):
    sink, _clock = opened
    buffer = bytearray(np.ones((1_000, 2), np.float32).tobytes())
    sink._apply_gain(buffer)
    assert np.frombuffer(buffer, np.float32).min() == 1.0
    sink._stop_device()
    sink.set_volume(50)
    sink._apply_gain(buffer)
    pcm = np.frombuffer(buffer, np.float32).reshape(-1, 2)
    assert pcm[0, 0] == 1.0
    assert np.allclose(pcm[256:], 0.125)
    assert (np.diff(pcm[:, 0]) <= 0).all()


def test_the_null_device_takes_everything(opened):
    sink, _clock = opened
    ring = PcmRing(5_000)
    ring.write(np.zeros((5_000, 2), np.float32))
    sink.play(ring, 48_000)
    eventually(lambda: not ring.level_frames)
