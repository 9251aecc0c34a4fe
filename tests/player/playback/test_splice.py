"""Exact to the sample: linear, after a seek, at every switch, and when a piece is damaged."""

from dataclasses import replace

import numpy as np
import pytest

from player.playback.errors import PieceDamagedError, PieceOrderError
from player.playback.splice import TrackDecoder
from sync.wire.playback import CROSSFADE_SAMPLES, PIECE_SAMPLES
from tests.player.playback.sound_material import music, rendition

SAMPLES = 4 * PIECE_SAMPLES + 12_345
CODECS = ["aac", "vorbis"]
KBPS = (96, 160, 320)


def decode(pieces, start=0):
    decoder = TrackDecoder(start)
    blocks = [block for piece in pieces for block in decoder.decode(piece)]
    return np.concatenate([*blocks, decoder.finish()])


def in_window(sample):
    return sample % PIECE_SAMPLES >= PIECE_SAMPLES - CROSSFADE_SAMPLES


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("kbps", KBPS)
def test_one_rendition_is_its_linear_decode(codec, kbps):
    whole = rendition(SAMPLES, codec, kbps)
    assert np.array_equal(decode(whole.pieces), whole.linear)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "samples",
    [1, 255, 1024, 3000, PIECE_SAMPLES, PIECE_SAMPLES + 1, PIECE_SAMPLES + 200, 2 * PIECE_SAMPLES],
)
def test_every_length_is_exact(codec, samples):
    whole = rendition(samples, codec, 160)
    assert len(whole.linear) == samples
    assert np.array_equal(decode(whole.pieces), whole.linear)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("rate", [48_000])
def test_other_rates_are_exact(codec, rate):
    whole = rendition(PIECE_SAMPLES + 5_000, codec, 96, rate=rate)
    assert np.array_equal(decode(whole.pieces), whole.linear)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "start",
    [
        1,
        1_023,
        1_024,
        40_000,
        PIECE_SAMPLES - 300,
        PIECE_SAMPLES - 256,
        PIECE_SAMPLES - 1,
        PIECE_SAMPLES,
        PIECE_SAMPLES + 1,
        3 * PIECE_SAMPLES + 30_000,
        SAMPLES - 100,
        SAMPLES - 1,
    ],
)
def test_a_start_anywhere_is_exact(codec, start):
    whole = rendition(SAMPLES, codec, 160)
    pieces = whole.pieces[start // PIECE_SAMPLES :]
    assert np.array_equal(decode(pieces, start), whole.linear[start:])


def switched(codec, plan, start=0):
    renditions = [rendition(SAMPLES, codec, kbps) for kbps in plan]
    pieces = [whole.pieces[k] for k, whole in enumerate(renditions)][start // PIECE_SAMPLES :]
    hard = np.concatenate(
        [
            whole.linear[k * PIECE_SAMPLES : (k + 1) * PIECE_SAMPLES]
            for k, whole in enumerate(renditions)
        ]
    )
    return decode(pieces, start), hard[start:]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("plan", [(96, 320, 160, 96, 320), (320, 96, 96, 160, 160)])
def test_switches_touch_only_their_windows(codec, plan):
    got, hard = switched(codec, plan)
    assert got.shape == hard.shape
    different = np.nonzero((got != hard).any(axis=1))[0]
    switches = {k for k in range(1, len(plan)) if plan[k] != plan[k - 1]}
    assert all(in_window(sample) for sample in different)
    assert {1 + sample // PIECE_SAMPLES for sample in different.tolist()} == switches


def test_a_switch_may_change_the_codec():
    aac, vorbis = rendition(SAMPLES, "aac", 160), rendition(SAMPLES, "vorbis", 160)
    got = decode([aac.pieces[0], vorbis.pieces[1], *aac.pieces[2:]])
    assert len(got) == SAMPLES
    border = PIECE_SAMPLES
    assert np.array_equal(got[border : 2 * border - 256], vorbis.linear[border : 2 * border - 256])
    assert np.array_equal(got[2 * border :], aac.linear[2 * border :])


@pytest.mark.parametrize("codec", CODECS)
def test_the_crossfade_is_a_raised_cosine(codec):
    got, _hard = switched(codec, (96, 320, 320, 320, 320))
    old, new = rendition(SAMPLES, codec, 96).linear, rendition(SAMPLES, codec, 320).linear
    window = slice(PIECE_SAMPLES - CROSSFADE_SAMPLES, PIECE_SAMPLES)
    place = (np.arange(CROSSFADE_SAMPLES) + 0.5) / CROSSFADE_SAMPLES
    rise = (0.5 - 0.5 * np.cos(np.pi * place))[:, None]
    wanted = old[window] * (1 - rise) + new[window] * rise
    assert np.abs(got[window] - wanted).max() < 1e-6


@pytest.mark.parametrize("codec", CODECS)
def test_a_start_inside_the_window_joins_the_same_curve(codec):
    plan = (96, 320, 320, 320, 320)
    whole, _hard = switched(codec, plan)
    start = PIECE_SAMPLES - 100
    got, _hard = switched(codec, plan, start)
    assert np.array_equal(got, whole[start:])


@pytest.mark.parametrize("codec", CODECS)
def test_a_switch_is_no_larger_step_than_the_coding_error(codec):
    plan = (96, 320, 160, 96, 320)
    got, _hard = switched(codec, plan)
    original = music(SAMPLES)
    for k in range(1, len(plan)):
        around = slice(k * PIECE_SAMPLES - CROSSFADE_SAMPLES - 8, k * PIECE_SAMPLES + 9)

        def step(pcm, around=around):
            return np.abs(np.diff((pcm - original)[around], axis=0)).max()

        own = max(step(rendition(SAMPLES, codec, plan[q]).linear) for q in (k - 1, k))
        assert step(got) <= own * 1.001


@pytest.mark.parametrize("codec", CODECS)
def test_only_the_window_is_held_back(codec):
    decoder = TrackDecoder()
    given = sum(len(block) for block in decoder.decode(rendition(SAMPLES, codec, 96).pieces[0]))
    assert given == PIECE_SAMPLES - CROSSFADE_SAMPLES
    assert len(decoder.finish()) == CROSSFADE_SAMPLES


@pytest.mark.parametrize("codec", CODECS)
def test_blocks_are_short_and_the_first_is_shorter(codec):
    blocks = list(TrackDecoder().decode(rendition(SAMPLES, codec, 96).pieces[0]))
    assert len(blocks[0]) <= 4_096
    assert max(map(len, blocks)) <= 12_288


def test_a_piece_out_of_order_is_refused():
    whole = rendition(SAMPLES, "aac", 96)
    decoder = TrackDecoder()
    with pytest.raises(PieceOrderError):
        list(decoder.decode(whole.pieces[1]))


def broken(piece, how):
    if how == "short":
        other = rendition(20_000, piece.codec, 96).pieces[0]
        return replace(piece, init=other.init, body=other.body, preroll=b"", lead=0)
    if how == "garbage":
        return replace(piece, body=bytes(len(piece.body)))
    noise = bytearray(piece.body)
    noise[2_000:] = np.random.default_rng(1).bytes(len(noise) - 2_000)
    return replace(piece, body=bytes(noise))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("how", ["garbage", "short"])
@pytest.mark.parametrize("same_rendition", [True, False])
def test_a_damaged_piece_becomes_silence_and_the_rest_is_exact(codec, how, same_rendition):
    whole = rendition(SAMPLES, codec, 96)
    bad = broken(whole.pieces[1], how)
    bad = bad if same_rendition else replace(bad, rendition_id="another")
    decoder = TrackDecoder()
    blocks = list(decoder.decode(whole.pieces[0]))
    with pytest.raises(PieceDamagedError):
        for block in decoder.decode(bad):
            blocks.append(block)  # noqa: PERF402 - what came before the damage counts too
    blocks.append(decoder.conceal(bad))
    for piece in whole.pieces[2:]:
        blocks += decoder.decode(piece)
    got = np.concatenate([*blocks, decoder.finish()])
    assert len(got) == SAMPLES
    assert np.array_equal(got[2 * PIECE_SAMPLES :], whole.linear[2 * PIECE_SAMPLES :])
    kept = PIECE_SAMPLES - CROSSFADE_SAMPLES
    assert np.array_equal(got[:kept], whole.linear[:kept])


@pytest.mark.parametrize("codec", CODECS)
def test_noise_in_packets_never_hangs_or_lengthens(codec):
    whole = rendition(SAMPLES, codec, 96)
    decoder = TrackDecoder(PIECE_SAMPLES)
    bad = broken(whole.pieces[1], "noise")
    blocks = []
    try:
        for block in decoder.decode(bad):
            blocks.append(block)  # noqa: PERF402 - what came before the damage counts too
        blocks.append(decoder.finish())
    except PieceDamagedError:
        blocks.append(decoder.conceal(bad))
    assert sum(map(len, blocks)) == PIECE_SAMPLES
