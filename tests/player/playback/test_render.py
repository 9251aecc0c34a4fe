"""Rendered files: exact length, right form, true to the linear decode."""

import struct
from dataclasses import replace

import numpy as np
import pytest

from player.playback import pcm_wav
from player.playback.errors import PieceDamagedError, RecordingTooLongError
from player.playback.pcm_wav import WavWriter
from player.playback.render import RenderSummary, WavRender, render
from tests.player.playback.sound_material import music, rendition


def read_wav(path):
    """Rate and PCM of a file, found by its chunks."""
    data = path.read_bytes()
    riff, size, wave = struct.unpack_from("<4sI4s", data)
    assert (riff, wave, size) == (b"RIFF", b"WAVE", len(data) - 8)
    chunks, at = {}, 12
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        chunks[name] = data[at + 8 : at + 8 + length]
        at += 8 + length
    kind, channels, rate, per_second, frame, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    assert (kind, channels, frame, bits, per_second) == (3, 2, 8, 32, rate * 8)
    assert struct.unpack("<I", chunks[b"fact"])[0] * 8 == len(chunks[b"data"])
    return rate, np.frombuffer(chunks[b"data"], "<f4").reshape(-1, 2)


def test_an_album_is_one_file_without_joints(tmp_path):
    a = rendition(70_000, "aac", 160, track_id="a")
    b = rendition(66_000, "vorbis", 160, track_id="b")
    summary = render(iter(a.pieces + b.pieces), tmp_path / "out.wav")
    rate, pcm = read_wav(tmp_path / "out.wav")
    assert summary == RenderSummary(136_000, 44_100, 2)
    assert rate == 44_100
    assert np.array_equal(pcm, np.concatenate([a.linear, b.linear]))


def test_the_file_has_the_rate_of_its_first_track(tmp_path):
    a = rendition(48_000, "aac", 160, track_id="a", rate=48_000)
    b = rendition(44_100, "aac", 160, track_id="b")
    summary = render(a.pieces + b.pieces, tmp_path / "out.wav")
    assert summary == RenderSummary(96_000, 48_000, 2)
    rate, pcm = read_wav(tmp_path / "out.wav")
    assert rate == 48_000
    assert np.array_equal(pcm[:48_000], a.linear)


def test_nothing_gives_nothing(tmp_path):
    assert render([], tmp_path / "out.wav").frames == 0


def test_damage_ends_the_rendering_with_a_readable_file(tmp_path):
    a = rendition(70_000, "aac", 160, track_id="a")
    bad = replace(a.pieces[1], body=b"")
    with pytest.raises(PieceDamagedError, match="piece 1"):
        render((a.pieces[0], bad), tmp_path / "out.wav")
    _rate, pcm = read_wav(tmp_path / "out.wav")
    assert np.array_equal(pcm, a.linear[: len(pcm)])


def test_pieces_can_be_pushed(tmp_path):
    a = rendition(70_000, "vorbis", 96, track_id="a")
    whole = WavRender(tmp_path / "out.wav", "a")
    for piece in a.pieces:
        whole.submit(piece)
    assert whole.finish().frames == 70_000
    assert np.array_equal(read_wav(tmp_path / "out.wav")[1], a.linear)


def test_a_file_never_passes_its_format(tmp_path, monkeypatch):
    monkeypatch.setattr(pcm_wav, "MAX_FRAMES", 100)
    with WavWriter(tmp_path / "out.wav", 44_100) as writer:
        writer.write(music(100))
        with pytest.raises(RecordingTooLongError):
            writer.write(music(1))
    assert len(read_wav(tmp_path / "out.wav")[1]) == 100
