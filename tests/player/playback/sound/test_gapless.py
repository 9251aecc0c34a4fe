"""Whatever follows whatever: no sample is added or lost, over every pair of codecs and rates.

Sources of 44.1, 48 and 96 kHz, mono and stereo, go through the server's own reading and encoding,
then through decoder, joins and rate conversion of the player.
"""

import wave
from functools import cache
from itertools import product

import numpy as np
import pytest

from player.playback.pcm_feed import Block, Feed, TrackBegins
from server_stub.engines.embedded.encode_source import SourceAudio
from tests.player.playback.sound_material import encode, music

SECONDS = 2
ODD = 1_237
RATES = (44_100, 48_000, 96_000)
CODECS = ("aac", "vorbis")
KINDS = tuple(product(CODECS, RATES, (1, 2)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sources")


@cache
def source(folder, rate, channels):
    """(PCM as the server reads it, its rate, samples the source has at its own rate)."""
    samples = SECONDS * rate + ODD
    pcm = music(samples, rate, seed=rate + channels)[:, :channels]
    path = folder / f"{rate}-{channels}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((pcm * 32_767).astype("<i2").tobytes())
    audio = SourceAudio(str(path).encode())
    blocks = np.concatenate(list(audio.blocks()), axis=1)
    audio.close()
    return np.ascontiguousarray(blocks.T), audio.rate, samples


@cache
def prepared(folder, codec, rate, channels):
    pcm, own, _ = source(folder, rate, channels)
    return encode(pcm, codec, 160, rate=own, track_id=f"{codec}-{rate}-{channels}")


def heard(first, second):
    """PCM of two tracks in one go, the rate it has, and the frame the second begins at."""
    feed = Feed(first.pieces[0].track_id, 0, lambda rate: rate)
    for piece in first.pieces + second.pieces:
        feed.submit(piece)
    feed.finish()
    blocks, begins, rate, at = [], [], 0, 0
    while (item := feed.next_item()) is not None:
        if isinstance(item, TrackBegins):
            begins.append(at)
            rate = item.rate
        elif isinstance(item, Block):
            blocks.append(item.pcm)
            at += len(item.pcm)
    return np.concatenate(blocks), rate, begins[1]


@pytest.mark.parametrize(("rate", "channels"), product(RATES, (1, 2)))
def test_a_source_is_read_to_its_exact_length(folder, rate, channels):
    pcm, own, samples = source(folder, rate, channels)
    assert own == (44_100 if rate == 44_100 else 48_000)
    assert len(pcm) == (2 * samples * own + rate) // (2 * rate)


@pytest.mark.parametrize("first", KINDS, ids=lambda kind: "-".join(map(str, kind)))
@pytest.mark.parametrize("second", KINDS, ids=lambda kind: "-".join(map(str, kind)))
def test_every_pair_joins_without_a_sample_more_or_less(folder, first, second):
    one, two = prepared(folder, *first), prepared(folder, *second)
    pcm, rate, border = heard(one, two)
    _, own_one, _ = source(folder, *first[1:])
    _, own_two, _ = source(folder, *second[1:])
    assert rate == own_one
    assert border == len(one.linear)
    assert np.array_equal(pcm[:border], one.linear)
    assert len(pcm) - border == round(len(two.linear) * rate / own_two)
    if own_two == rate:
        assert np.array_equal(pcm[border:], two.linear)


@pytest.mark.parametrize(("own", "wanted"), [(44_100, 48_000), (48_000, 44_100)])
def test_a_resampled_track_begins_and_ends_where_it_should(own, wanted):
    """The same music at both rates, joined after something of the other rate: the wave fits."""
    seconds = np.arange(2 * own + 55) / own
    tone = 0.4 * np.sin(2 * np.pi * 997 * seconds) * np.minimum(1, seconds * 20)[:]
    track = encode(np.stack([tone, tone], 1).astype(np.float32), "vorbis", 320, rate=own)
    before = encode(music(wanted, wanted), "vorbis", 320, rate=wanted, track_id="before")
    pcm, _, border = heard(before, track)
    got = pcm[border:, 0]
    at = np.arange(len(got)) / wanted
    ideal = 0.4 * np.sin(2 * np.pi * 997 * at) * np.minimum(1, at * 20)
    error = (got - ideal)[200:-2_000]
    assert 10 * np.log10(np.mean(error**2) / np.mean(ideal**2)) < -30
