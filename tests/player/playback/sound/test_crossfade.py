"""One track goes over into the next as loud as it was; nothing is lost where it does not."""

import numpy as np
import pytest

from player.playback.pcm_feed import Block, Feed, TrackBegins
from player.playback.sound.crossfade import Crossfader
from player.playback.sound.shape import PLAIN, TrackShape
from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.sound_material import music, rendition

RATE = 44_100
ONE = 3 * PIECE_SAMPLES + 4_321
TWO = 2 * PIECE_SAMPLES + 99
FADE = RATE


def a(codec="aac"):
    return rendition(ONE, codec, 160, track_id="a")


def b(codec="vorbis"):
    return rendition(TWO, codec, 160, track_id="b", seed=3)


def shapes(fade_s=1.0, gain=1.0):
    first = TrackShape(gain=gain, total=ONE, fade_out_s=fade_s)
    return first, TrackShape(total=TWO, fade_in_s=fade_s)


def fed(tracks, *, sample=0, finish=True):
    feed = Feed(tracks[0][0][0].track_id, sample, lambda rate: rate)
    for pieces, shape in tracks:
        for piece in pieces:
            feed.submit(piece, shape)
    if finish:
        feed.finish()
    return feed


def drained(feed):
    """PCM, and where each track began."""
    blocks, begins, at = [], {}, 0
    while (item := feed.next_item()) is not None:
        if isinstance(item, TrackBegins):
            begins[item.track_id] = at
        elif isinstance(item, Block):
            blocks.append(item.pcm)
            at += len(item.pcm)
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32), begins


def test_two_tracks_overlap_by_the_fade_and_nothing_else_changes():
    first, second = shapes()
    pcm, begins = drained(fed([(a().pieces, first), (b().pieces, second)]))
    assert len(pcm) == ONE + TWO - FADE
    assert begins == {"a": 0, "b": ONE - FADE}
    assert np.array_equal(pcm[: ONE - FADE], a().linear[: ONE - FADE])
    assert np.array_equal(pcm[ONE:], b().linear[FADE:])
    angle = (np.arange(FADE) + 0.5) * np.pi / 2 / FADE
    wanted = (
        a().linear[ONE - FADE :] * np.cos(angle)[:, None]
        + b().linear[:FADE] * np.sin(angle)[:, None]
    )
    assert np.allclose(pcm[ONE - FADE : ONE], wanted, atol=1e-5)


def test_the_power_is_equal_all_the_way():
    """Two noises that know nothing of each other are as loud while they cross."""
    rng = np.random.default_rng(4)
    crossfader = Crossfader()
    noise = rng.standard_normal((2, 4 * RATE, 2)).astype(np.float32) * 0.1
    out = []
    for part in noise:
        shape = TrackShape(total=4 * RATE, fade_in_s=2.0, fade_out_s=2.0)
        out.append(crossfader.begin(shape, RATE, 4 * RATE, at_start=True))
        out += [crossfader.push(part[at : at + 1_000]) for at in range(0, len(part), 1_000)]
    out.append(crossfader.abandon())
    pcm = np.concatenate(out)
    assert len(pcm) == 6 * RATE
    levels = [
        np.sqrt(np.mean(pcm[at : at + RATE // 4] ** 2)) for at in range(0, 6 * RATE, RATE // 4)
    ]
    assert max(levels) / min(levels) < 1.06


def test_without_a_next_track_the_end_is_played():
    first, _ = shapes()
    pcm, _ = drained(fed([(a().pieces, first)]))
    assert np.array_equal(pcm, a().linear)


def test_a_next_track_that_wants_no_fade_joins_without_a_gap():
    first, _ = shapes()
    pcm, begins = drained(fed([(a().pieces, first), (b().pieces, PLAIN)]))
    assert begins["b"] == ONE
    assert np.array_equal(pcm, np.concatenate([a().linear, b().linear]))


def test_a_next_track_that_is_late_leaves_a_shorter_fade_and_loses_nothing():
    first, second = shapes()
    feed = fed([(a().pieces, first)], finish=False)
    # The track's last samples are decoded when it is known what follows.
    pcm, _ = drained(feed)
    assert len(pcm) == ONE - FADE
    released = [feed.released().pcm for _ in range(2)]
    for piece in b().pieces:
        feed.submit(piece, second)
    feed.finish()
    rest, begins = drained(feed)
    given = sum(map(len, released))
    assert begins["b"] == 0
    assert len(pcm) + given + len(rest) == ONE - FADE + given + TWO
    assert np.array_equal(np.concatenate([pcm, *released]), a().linear[: ONE - FADE + given])
    assert np.array_equal(rest[FADE:], b().linear[FADE:])


def test_nothing_is_released_where_nothing_is_held():
    assert fed([(a().pieces, PLAIN)], finish=False).released() is None


def test_a_short_track_fades_over_half_of_itself_at_most():
    short = rendition(20_000, "aac", 160, track_id="c")
    first, _ = shapes()
    middle = TrackShape(total=20_000, fade_in_s=1.0, fade_out_s=1.0)
    last = TrackShape(total=TWO, fade_in_s=1.0)
    pcm, begins = drained(fed([(a().pieces, first), (short.pieces, middle), (b().pieces, last)]))
    assert begins["c"] == ONE - 10_000
    assert begins["b"] == begins["c"] + 10_000
    assert len(pcm) == begins["b"] + TWO


def test_a_track_begun_in_its_middle_is_not_faded_in():
    _, second = shapes()
    pcm, _ = drained(fed([(b().pieces[1:], second)], sample=PIECE_SAMPLES + 7))
    assert np.array_equal(pcm, b().linear[PIECE_SAMPLES + 7 :])


def test_the_end_is_known_late_but_in_time():
    first, second = shapes()
    feed = Feed("a", 0, lambda rate: rate)
    for piece in a().pieces[:2]:
        feed.submit(piece, PLAIN)
    for piece in a().pieces[2:]:
        feed.submit(piece, first)
    for piece in b().pieces:
        feed.submit(piece, second)
    feed.finish()
    pcm, begins = drained(feed)
    assert begins["b"] == ONE - FADE
    assert len(pcm) == ONE + TWO - FADE


def test_gain_is_applied_to_its_track_only():
    first, _ = shapes(0.0, gain=0.5)
    pcm, _ = drained(fed([(a().pieces, first), (b().pieces, PLAIN)]))
    assert np.array_equal(pcm[:ONE], a().linear * np.float32(0.5))
    assert np.array_equal(pcm[ONE:], b().linear)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_fade_into_a_track_of_another_rate_has_the_exact_length(rate):
    other = rendition(3 * PIECE_SAMPLES, "aac", 160, rate=rate, track_id="c")
    first, _ = shapes()
    last = TrackShape(total=3 * PIECE_SAMPLES, fade_in_s=1.0)
    pcm, begins = drained(fed([(a().pieces, first), (other.pieces, last)]))
    assert begins["c"] == ONE - FADE
    assert len(pcm) == ONE - FADE + round(3 * PIECE_SAMPLES * RATE / rate)


def test_music_is_left_as_it_is():
    """The arrays that come in are the decoder's own."""
    crossfader = Crossfader()
    crossfader.begin(PLAIN, RATE, None, at_start=True)
    block = music(1_000)
    assert crossfader.push(block) is block
