"""Renditions of real encoders: every piece alone gives exactly what linear decoding gives."""

import subprocess

import numpy as np
import pytest

from server_stub.streaming.model.plan import AAC_DELAY, piece_count
from sync.wire.index import digest
from sync.wire.playback import CROSSFADE_SAMPLES, PIECE_SAMPLES
from tests.server_stub.streaming.material import (
    FFMPEG,
    WESNOTH,
    alone,
    decode,
    decoder,
    ffmpeg,
    kept,
    linear,
    make,
    music,
    ogg_pages,
    packets_of,
    tone,
    write_wav,
)

LADDER = [(codec, kbps) for codec in ("aac", "vorbis") for kbps in (96, 160, 320)]
BOTH = [("aac", 160), ("vorbis", 160)]
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg program here")


def assert_sound(made, source):
    """Everything the format promises about one rendition."""
    assert len(made.index.pieces) == piece_count(made.total)
    assert made.index.pieces[-1].end == len(made.stored)
    assert made.index.init_digest == digest(made.stored[: made.index.init_bytes])
    whole = linear(made)
    assert whole.shape[1] >= made.total
    for number, piece in enumerate(made.index.pieces):
        assert piece.size > 0
        assert piece.digest == digest(made.stored[piece.start : piece.end])
        samples, lead = alone(made, number)
        begin = number * PIECE_SAMPLES
        exact = CROSSFADE_SAMPLES if number else 0
        assert lead >= exact
        end = begin + kept(made, number)
        np.testing.assert_array_equal(
            samples[:, lead - exact : lead + end - begin], whole[:, begin - exact : end]
        )
    if source is not None and made.total > 8192:
        error = whole[:, 2048 : made.total - 2048] - source[:, 2048 : made.total - 2048]
        assert np.sqrt(np.mean(error**2)) < 0.05  # a shift by one sample would be far louder


@pytest.fixture(scope="module")
def ladder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ladder")
    pcm = music(5 * PIECE_SAMPLES + 12_345)
    return pcm, make(write_wav(folder / "source.wav", pcm), folder, LADDER)


@pytest.mark.parametrize("number", range(len(LADDER)), ids=lambda n: "-".join(map(str, LADDER[n])))
def test_every_rung_is_exact_at_every_border(ladder, number):
    pcm, made = ladder
    assert made[number].total == pcm.shape[1]
    assert_sound(made[number], pcm)


@pytest.mark.parametrize("codec", ["aac", "vorbis"])
def test_pieces_of_one_rendition_follow_each_other_without_a_new_decoder(ladder, codec):
    made = ladder[1][0 if codec == "aac" else 3]
    running = decoder(made)
    parts = [decode(running, packets_of(made, k)) for k in range(len(made.index.pieces))]
    joined = np.concatenate(parts, axis=1)[:, made.index.pieces[0].lead :]
    np.testing.assert_array_equal(joined, linear(made))


def test_borders_and_leads_are_those_of_the_format(ladder):
    aac, vorbis = ladder[1][1], ladder[1][4]
    assert [len(packets_of(aac, k)) for k in range(3)] == [65, 64, 64]
    assert [piece.lead for piece in aac.index.pieces] == [1024] + [2048] * 5
    assert all(0 < piece.preroll_first < piece.preroll for piece in aac.index.pieces[1:])
    assert vorbis.index.pieces[0].lead == vorbis.index.pieces[0].preroll == 0
    assert all(256 <= piece.lead < 256 + 1024 for piece in vorbis.index.pieces[1:])
    assert all(piece.preroll_first == 0 for piece in vorbis.index.pieces)


def test_ogg_pages_are_numbered_and_end_at_the_last_sample(ladder):
    for made in ladder[1][3:]:
        pages = ogg_pages(made.clear)
        assert [page[3] for page in pages] == list(range(len(pages)))
        assert len({page[2] for page in pages}) == 1
        assert pages[0][0] == 2
        assert pages[-1][0] == 4
        assert pages[-1][1] == made.total
        granules = [page[1] for page in pages]
        assert granules == sorted(granules)


TINY = [1, 2, 255, 1023, 1024, 1025, 5000, PIECE_SAMPLES - 1, PIECE_SAMPLES, 2 * PIECE_SAMPLES]
SLIVERS = [PIECE_SAMPLES + extra for extra in (1, 129, 600)]


@pytest.mark.parametrize("samples", TINY + SLIVERS)
def test_any_length_is_exact(tmp_path, samples):
    pcm = music(samples)
    for made in make(write_wav(tmp_path / "source.wav", pcm), tmp_path, BOTH):
        assert made.total == samples
        assert_sound(made, pcm)
        if FFMPEG:
            assert_clean(made, tmp_path)


@pytest.mark.parametrize("extra", [1, 128, 512])
def test_a_last_piece_that_comes_from_its_preroll_alone_still_has_bytes(tmp_path, extra):
    pcm = tone(PIECE_SAMPLES + extra)
    (made,) = make(write_wav(tmp_path / "source.wav", pcm), tmp_path, [("vorbis", 160)])
    assert packets_of(made, 1) == []
    assert made.index.pieces[1].size == 27  # an empty Ogg page
    assert [page[0] for page in ogg_pages(made.clear)][-2:] == [4, 4]
    assert_sound(made, pcm)
    if FFMPEG:
        assert_clean(made, tmp_path)


def test_silence(tmp_path):
    source = write_wav(tmp_path / "source.wav", np.zeros((2, 2 * PIECE_SAMPLES + 5), np.float32))
    for made in make(source, tmp_path, BOTH):
        assert_sound(made, None)
        assert np.abs(linear(made)).max() < 1e-4


def assert_clean(made, folder):
    """FFmpeg reads, counts and decodes the clear file without a word."""
    path = folder / ("clear.m4a" if made.target.codec == "aac" else "clear.ogg")
    path.write_bytes(made.clear)
    pcm, complaints = ffmpeg("-i", path, "-f", "f32le", "-")
    assert complaints == ""
    decoded = np.frombuffer(pcm, np.float32).reshape(-1, 2).T
    if made.target.codec == "vorbis":
        assert decoded.shape[1] == made.total
    else:  # FFmpeg gives the priming of fragmented files too, and puts it before time zero
        decoded = decoded[:, AAC_DELAY:]
        assert made.total <= decoded.shape[1] < made.total + 1024
    expected = linear(made)[:, : made.total]
    np.testing.assert_allclose(decoded[:, : made.total], expected, atol=1e-4)
    probe = FFMPEG.replace("ffmpeg", "ffprobe")
    done = subprocess.run([probe, "-v", "warning", path], capture_output=True, check=True)
    assert done.stderr == b""


@needs_ffmpeg
def test_standard_players_read_every_rung_without_a_warning(ladder, tmp_path):
    for made in ladder[1]:
        assert_clean(made, tmp_path)


@pytest.mark.parametrize(
    ("rate", "channels", "expected"),
    [
        (48_000, 2, 48_000),
        (44_100, 1, 44_100),
        (96_000, 2, 48_000),
        (88_200, 2, 44_100),
        (22_050, 1, 44_100),
        (32_000, 2, 48_000),
        (8_000, 1, 48_000),
    ],
)
def test_other_rates_and_mono(tmp_path, rate, channels, expected):
    samples = 2 * rate + 777
    pcm = music(samples, rate, channels)
    source = write_wav(tmp_path / "source.wav", pcm, rate)
    total = (2 * samples * expected + rate) // (2 * rate)
    for made in make(source, tmp_path, BOTH):
        assert (made.sample_rate, made.total) == (expected, total)
        same_rate = rate == expected
        assert_sound(made, np.repeat(pcm, 3 - channels, axis=0) if same_rate else None)


def test_two_passes_over_a_source_cover_the_same_samples(ladder, tmp_path):
    pcm, made = ladder
    (again,) = make(write_wav(tmp_path / "source.wav", pcm), tmp_path, [("aac", 160)])
    assert again.clear == made[1].clear
    assert again.stored != made[1].stored  # another key


@pytest.mark.skipif(not WESNOTH.is_dir(), reason="the Wesnoth music is not installed")
@pytest.mark.parametrize("name", ["love_theme", "frantic-old"])
def test_real_music(tmp_path, name):
    for made in make(WESNOTH / f"{name}.ogg", tmp_path, BOTH):
        assert_sound(made, None)
        if FFMPEG:
            assert_clean(made, tmp_path)
