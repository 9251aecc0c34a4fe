"""Sources of every format: exact length, in place, and damaged ones."""

import av
import numpy as np
import pytest

from server_stub.engines.embedded.encode_ending import Ending
from server_stub.engines.embedded.encode_source import (
    SourceAudio,
    round_ratio,
    target_rate,
)
from server_stub.streaming.errors import SourceDamagedError
from tests.server_stub.streaming.material import (
    FFMPEG,
    WESNOTH,
    failure,
    ffmpeg,
    music,
    run,
    target,
    write_wav,
)

SAMPLES = 100_003
FORMATS = {
    "flac": ([], 1e-4),
    "mp3": (["-c:a", "libmp3lame", "-b:a", "192k"], 0.05),
    "ogg": (["-c:a", "libvorbis", "-q:a", "6"], 0.05),
    "m4a": (["-c:a", "aac", "-b:a", "192k"], 0.05),
    "wav": ([], 1e-4),
    "opus": (["-c:a", "libopus", "-b:a", "160k"], 0.05),
    "alac": (["-c:a", "alac", "-f", "mp4"], 1e-4),
}


def whole(path):
    source = SourceAudio(bytes(path))
    pcm = np.concatenate(list(source.blocks()), axis=1)
    source.close()
    assert pcm.shape[1] == source.samples
    return source, pcm


@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg program here")
@pytest.mark.parametrize("ending", FORMATS)
def test_delay_and_padding_of_the_format_are_taken_off(tmp_path, ending):
    rate = 48_000 if ending == "opus" else 44_100
    pcm = music(SAMPLES, rate)
    options, loudest = FORMATS[ending]
    path = tmp_path / f"source.{ending}"
    ffmpeg("-i", write_wav(tmp_path / "in.wav", pcm, rate), *options, path)

    source, decoded = whole(path)

    slack = 48 if ending in ("m4a", "alac") else 0  # FFmpeg's edit list counts in milliseconds
    assert source.rate == rate
    assert abs(decoded.shape[1] - SAMPLES) <= slack
    assert source.damage == ""
    common = slice(3000, SAMPLES - 3000)
    error = decoded[:, common] - pcm[:, common]
    assert np.sqrt(np.mean(error**2)) < loudest


def test_mono_is_played_by_both_sides_at_its_own_level(tmp_path):
    pcm = music(5000, channels=1)
    _, decoded = whole(write_wav(tmp_path / "mono.wav", pcm))
    np.testing.assert_allclose(decoded, np.repeat(pcm, 2, axis=0), atol=1e-4)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (44_100, 44_100),
        (48_000, 48_000),
        (88_200, 44_100),
        (96_000, 48_000),
        (192_000, 48_000),
        (22_050, 44_100),
        (11_025, 44_100),
        (16_000, 48_000),
    ],
)
def test_rates_go_to_their_family(rate, expected):
    assert target_rate(rate) == expected


def test_a_resampled_source_keeps_its_place(tmp_path):
    long = music(2 * 96_000 + 31, 96_000)
    source, decoded = whole(write_wav(tmp_path / "source.wav", long, 96_000))
    assert (source.rate, decoded.shape[1]) == (48_000, round_ratio(2 * 96_000 + 31, 1, 2))
    expected = music(96_000 + 15, 48_000)[0, 2000:90_000]
    error = decoded[0, 2000:90_000] - expected
    assert np.sqrt(np.mean(error**2)) < 0.04  # the noise in it differs, the rest does not


def write_flac(path, pcm):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=44_100, layout="stereo")
        packed = (pcm.T * 32767).round().astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_file_that_breaks_off_is_encoded_up_to_there(tmp_path):
    pcm = music(300_000)
    path = write_flac(tmp_path / "broken.flac", pcm)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    source, decoded = whole(path)

    assert 100_000 < decoded.shape[1] < 200_000
    assert "breaks off after" in source.damage
    np.testing.assert_allclose(decoded[:, :100_000], pcm[:, :100_000], atol=1e-4)
    last = run(path, [target(tmp_path, "aac", 96)])[-1]
    assert last.duration_samples == decoded.shape[1]
    assert last.damage == source.damage


def test_a_file_that_ends_in_good_order_but_too_soon_says_so(tmp_path):
    """Cut between two frames: every decoder takes what is left for the whole."""
    path = write_flac(tmp_path / "short.flac", music(300_000))
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(audio=0) if packet.size]
    path.write_bytes(path.read_bytes()[: packets[-2].pos])

    source, decoded = whole(path)

    assert 250_000 < decoded.shape[1] < 300_000
    seconds = decoded.shape[1] / 44_100
    assert source.damage == f"breaks off after {seconds:.1f} s of 6.8 s"


def test_music_that_stops_in_full_sound_is_noted_but_not_damaged(tmp_path):
    pcm = music(12 * 44_100)
    path = write_wav(tmp_path / "stops.wav", pcm)
    done = run(path, [target(tmp_path, "aac", 96)], measure=True)[-1]
    assert done.damage == ""
    assert done.note.startswith("stops in full sound after 12.0 s")


@pytest.mark.parametrize(
    "change",
    [
        lambda pcm: pcm * np.linspace(1, 0, pcm.shape[1]),  # fades out
        lambda pcm: pcm[:, : 8 * 44_100],  # a signal, not a piece
        lambda pcm: pcm * 0.001,  # all but silent
    ],
)
def test_other_ends_are_nothing_to_note(change):
    ending = Ending(44_100)
    pcm = change(music(12 * 44_100)).astype(np.float32)
    for at in range(0, pcm.shape[1], 700):
        ending.add(pcm[:, at : at + 700])
    assert ending.note() == ""


@pytest.mark.skipif(not WESNOTH.is_dir(), reason="no music of Wesnoth here")
def test_the_one_piece_of_real_music_whose_end_is_missing_is_noted(tmp_path):
    """Pages, end mark, granule and every checksum are in order: only the sound tells."""
    noted = {}
    for name in ("frantic-old", "underground", "loyalists"):
        done = run(WESNOTH / f"{name}.ogg", [], measure=True)[-1]
        assert done.damage == ""
        noted[name] = done.note
    assert noted["frantic-old"].startswith("stops in full sound after 84.7 s (-3.0 dB")
    assert noted["underground"] == noted["loyalists"] == ""


@pytest.mark.parametrize("content", [b"", b"no music at all" * 1000])
def test_what_is_no_audio_is_refused(tmp_path, content):
    path = tmp_path / "source.mp3"
    path.write_bytes(content)
    refusal = failure(path, tmp_path)
    assert refusal.permanent
    assert refusal.reason
    with pytest.raises(SourceDamagedError):
        whole(tmp_path / "missing.ogg")


def test_a_file_without_a_sample_is_refused(tmp_path):
    path = write_wav(tmp_path / "empty.wav", np.zeros((2, 0), np.float32))
    assert failure(path, tmp_path).permanent


def test_a_full_disk_is_not_the_fault_of_the_source(tmp_path):
    path = write_wav(tmp_path / "source.wav", music(2000))
    (tmp_path / "work").write_bytes(b"a file where a folder should be")
    refusal = run(path, [target(tmp_path / "work", "aac", 96)])[-1]
    assert not refusal.permanent
