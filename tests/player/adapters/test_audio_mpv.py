"""What libmpv gets is what was rendered, bit for bit; reads of odd sizes lose no byte."""

import ctypes

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.adapters.audio_mpv import MpvSink, MpvStream
from player.playback.errors import SinkLostError, SinkUnavailableError
from player.playback.output import Output
from player.playback.ring import FRAME_BYTES, PcmRing
from tests.player.playback.sound_clock import eventually
from tests.player.playback.sound_material import rendition


def started(sink):
    output = Output(sink)
    try:
        output.start()
    except SinkUnavailableError as error:
        pytest.skip(f"no libmpv on this machine: {error}")
    return output


def test_mpv_gets_two_tracks_bit_for_bit(tmp_path):
    path = tmp_path / "heard.raw"
    options = {"ao_pcm_file": str(path), "ao_pcm_waveheader": "no"}
    output = started(MpvSink(ao="pcm", options=options))
    events = []
    output.listen(lambda event: events.append(event.kind))
    a = rendition(100_000, "aac", 160, track_id="a")
    b = rendition(70_000, "vorbis", 160, track_id="b")
    output.play_from("a", 0, 1)
    for piece in a.pieces + b.pieces:
        output.submit(piece, 1)
    output.finish(1)
    eventually(lambda: "drained" in events)
    assert output.position() == ("b", 70_000)
    output.close()
    heard = np.frombuffer(path.read_bytes(), np.float32).reshape(-1, 2)
    assert np.array_equal(heard[:170_000], np.concatenate([a.linear, b.linear]))
    assert not heard[170_000:].any()


def read(stream, size):
    buffer = ctypes.create_string_buffer(size)
    count = stream.read(ctypes.addressof(buffer), size)
    return buffer.raw[:count]


@given(st.lists(st.integers(1, 70), min_size=1, max_size=40))
def test_reads_of_any_size_give_every_byte_once(sizes):
    ring = PcmRing(400)
    pcm = np.arange(800, dtype=np.float32).reshape(-1, 2)
    ring.write(pcm)
    stream = MpvStream(ring, 44_100)
    got = b"".join(read(stream, size) for size in sizes)
    assert got == pcm.tobytes()[: len(got)]
    assert len(got) >= len(sizes)


def test_the_silence_that_pushes_the_end_out_is_bounded_and_no_position():
    ring = PcmRing(400)
    ring.write(np.ones((100, 2), np.float32))
    ring.complete()
    stream = MpvStream(ring, 50)
    assert read(stream, 100 * FRAME_BYTES) == np.ones((100, 2), np.float32).tobytes()
    assert read(stream, 30 * FRAME_BYTES) == bytes(30 * FRAME_BYTES)
    ring.write(np.ones((10, 2), np.float32))
    assert read(stream, 30 * FRAME_BYTES) == np.ones((10, 2), np.float32).tobytes()
    assert [stream.audio_frames(at) for at in (0, 100, 115, 130, 135, 140)] == [
        0,
        100,
        100,
        100,
        105,
        110,
    ]
    assert len(read(stream, 90 * FRAME_BYTES)) == 50 * FRAME_BYTES


def test_a_cancelled_read_returns_nothing():
    stream = MpvStream(PcmRing(10), 44_100)
    stream.cancelled.set()
    assert read(stream, 80) == b""


def test_an_unopened_sink_is_quiet_and_cannot_play():
    sink = MpvSink(ao="null")
    sink.pause()
    sink.resume()
    sink.silence()
    sink.set_volume(10)
    assert sink.position_frames() == 0
    with pytest.raises(SinkLostError):
        sink.play(PcmRing(10), 44_100)
    sink.close()


def test_a_stream_that_cannot_be_played_is_told():
    lost = []
    sink = MpvSink(ao="no-such-output")
    try:
        sink.open(lost.append)
    except SinkUnavailableError as error:
        pytest.skip(f"no libmpv on this machine: {error}")
    ring = PcmRing(100_000)
    ring.write(np.zeros((100_000, 2), np.float32))
    sink.play(ring, 44_100)
    assert "mpv" in eventually(lambda: lost)[0]
    sink.close()
