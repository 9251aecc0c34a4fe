"""Files of many channels become two ears, to the sample."""

import wave

import av
import numpy as np
import pytest

from player.engine.services.binaural import BinauralService
from player.engine.services.desk import Desk
from player.errors import UsageError
from player.playback.binaural import layout_of, render_binaural
from player.playback.errors import SourceUnreadableError
from player.playback.sound.head import SphericalHead
from tests.player.playback.sound.runs import RATE, rms_db

FRAMES = 20_003


def surround_file(path, channels, sounding, rate=RATE):
    """A burst of noise in one channel."""
    pcm = np.zeros((FRAMES, channels))
    for one, gain in sounding.items():
        pcm[:, one] = gain * np.random.default_rng(5).standard_normal(FRAMES) * 0.05
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((pcm * 32_767).clip(-32_768, 32_767).astype("<i2").tobytes())
    return path


def heard(path):
    data = path.read_bytes()
    return np.frombuffer(data[data.index(b"data") + 8 :], np.float32).reshape(-1, 2)


@pytest.mark.parametrize(
    ("channels", "layout", "sounding", "louder"),
    [
        (6, None, {4: 1.0}, "left"),
        (6, "5.1", {1: 1.0}, "right"),
        (6, None, {2: 1.0}, "none"),
        (4, "ambix", {0: 1.0, 1: 1.0}, "left"),
        (4, "ambix", {0: 1.0, 1: -1.0}, "right"),
        (4, "ambix", {0: 1.0, 3: 1.0}, "none"),
        (2, None, {0: 1.0}, "left"),
    ],
)
def test_channels_are_heard_where_they_stand(tmp_path, channels, layout, sounding, louder):
    source = surround_file(tmp_path / "in.wav", channels, sounding)
    summary = render_binaural(source, tmp_path / "out.wav", SphericalHead(), layout)
    pcm = heard(tmp_path / "out.wav")
    assert summary.frames == len(pcm) == FRAMES
    difference = rms_db(pcm[:, :1]) - rms_db(pcm[:, 1:])
    assert {"left": difference > 2, "right": difference < -2, "none": abs(difference) < 0.5}[louder]


def test_a_compressed_5_1_file_is_read_too(tmp_path):
    path = tmp_path / "in.m4a"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000, layout="5.1")
        noise = np.random.default_rng(5).standard_normal((6, 48_000)).astype(np.float32) * 0.05
        frame = av.AudioFrame.from_ndarray(noise, format="fltp", layout="5.1")
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    summary = render_binaural(path, tmp_path / "out.wav", SphericalHead(), None)
    assert summary.rate == 48_000
    assert summary.frames >= 48_000
    assert rms_db(heard(tmp_path / "out.wav")) > -40


def test_what_channels_are(tmp_path):
    assert layout_of(6, "5.1(side)") == "5.1"
    assert layout_of(4, "ambisonic 1") == "ambix"
    for channels, name in ((4, "quad"), (1, "mono"), (8, "7.1")):
        with pytest.raises(SourceUnreadableError):
            layout_of(channels, name)
    source = surround_file(tmp_path / "in.wav", 2, {0: 1.0})
    with pytest.raises(SourceUnreadableError, match="6 channels"):
        render_binaural(source, tmp_path / "out.wav", SphericalHead(), "5.1")


def test_what_is_no_audio_is_said(tmp_path):
    (tmp_path / "x.wav").write_bytes(b"no audio at all")
    with pytest.raises(SourceUnreadableError, match="cannot be rendered"):
        render_binaural(tmp_path / "x.wav", tmp_path / "out.wav", SphericalHead(), None)


async def test_the_command(tmp_path):
    desk = Desk([BinauralService(lambda _name: SphericalHead())], {})
    source = surround_file(tmp_path / "in.wav", 6, {4: 1.0})
    args = {"file": str(source), "out": str(tmp_path / "out.wav")}
    assert (await desk.run("binaural", args))["head"] == "synthetic"
    with pytest.raises(UsageError, match="no folder"):
        await desk.run("binaural", {**args, "out": str(tmp_path / "none" / "out.wav")})
