"""Tracks follow each other without a sample between; damage costs one piece."""

from dataclasses import replace

import numpy as np
import pytest

from player.playback.pcm_convert import RateConverter
from player.playback.pcm_feed import Block, Feed, PieceFailed, TrackBegins
from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.sound_material import encode, music, rendition

ONE = PIECE_SAMPLES + 4_321
TWO = PIECE_SAMPLES


def drained(feed):
    """All items, adjacent blocks joined."""
    items = []
    while (item := feed.next_item()) is not None:
        if isinstance(item, Block) and items and isinstance(items[-1], Block):
            items[-1] = Block(np.concatenate([items[-1].pcm, item.pcm]))
        else:
            items.append(item)
    return items


def feed_of(pieces, sample=0, rate=None):
    feed = Feed(pieces[0].track_id, sample, lambda own: rate or own)
    for piece in pieces:
        feed.submit(piece)
    feed.finish()
    return feed


@pytest.mark.parametrize("first", ["aac", "vorbis"])
@pytest.mark.parametrize("second", ["aac", "vorbis"])
def test_tracks_join_sample_by_sample(first, second):
    a = rendition(ONE, first, 160, track_id="a")
    b = rendition(TWO, second, 96, track_id="b", seed=3)
    feed = feed_of(a.pieces + b.pieces)
    begin_a, pcm_a, begin_b, pcm_b = drained(feed)
    assert (begin_a.track_id, begin_a.sample, begin_a.rate) == ("a", 0, 44100)
    assert (begin_b.track_id, begin_b.sample, begin_b.step) == ("b", 0, 1.0)
    assert np.array_equal(pcm_a.pcm, a.linear)
    assert np.array_equal(pcm_b.pcm, b.linear)
    assert feed.exhausted


def test_a_start_counts_from_its_sample():
    a = rendition(ONE, "aac", 160, track_id="a")
    begin, block = drained(feed_of(a.pieces[1:], PIECE_SAMPLES + 100))
    assert begin.sample == PIECE_SAMPLES + 100
    assert np.array_equal(block.pcm, a.linear[PIECE_SAMPLES + 100 :])


def test_pieces_that_do_not_belong_to_the_asked_place_begin_where_they_are():
    a = rendition(ONE, "aac", 160, track_id="a")
    begin, block = drained(feed_of(a.pieces[1:], 100))
    assert begin.sample == PIECE_SAMPLES
    assert np.array_equal(block.pcm, a.linear[PIECE_SAMPLES:])


def test_the_same_track_twice_is_two_tracks():
    a = rendition(3_000, "aac", 160, track_id="a")
    items = drained(feed_of(a.pieces + a.pieces))
    assert [type(item) for item in items] == [TrackBegins, Block, TrackBegins, Block]
    assert np.array_equal(items[1].pcm, items[3].pcm)


def test_a_skipped_piece_is_a_jump_with_its_own_mark():
    a = rendition(2 * PIECE_SAMPLES + 10, "aac", 160, track_id="a")
    items = drained(feed_of((a.pieces[0], a.pieces[2])))
    assert items[2].sample == 2 * PIECE_SAMPLES
    assert np.array_equal(items[1].pcm, a.linear[:PIECE_SAMPLES])
    assert np.array_equal(items[3].pcm, a.linear[2 * PIECE_SAMPLES :])


@pytest.mark.parametrize("codec", ["aac", "vorbis"])
def test_a_damaged_piece_is_named_and_lasts_as_long_as_it_should(codec):
    a = rendition(2 * PIECE_SAMPLES + 10, codec, 160, track_id="a")
    bad = replace(a.pieces[1], body=b"\x00" * 100)
    items = drained(feed_of((a.pieces[0], bad, a.pieces[2])))
    failed = next(item for item in items if isinstance(item, PieceFailed))
    assert (failed.track_id, failed.piece, failed.rendition_id) == ("a", 1, bad.rendition_id)
    pcm = np.concatenate([item.pcm for item in items if isinstance(item, Block)])
    assert len(pcm) == len(a.linear)
    assert np.array_equal(pcm[2 * PIECE_SAMPLES :], a.linear[2 * PIECE_SAMPLES :])
    assert not pcm[PIECE_SAMPLES + 1_024 : 2 * PIECE_SAMPLES].any()


def test_a_damaged_beginning_drops_its_piece_only():
    a = rendition(2 * PIECE_SAMPLES + 10, "aac", 160, track_id="a")
    bad = replace(a.pieces[0], init=b"")
    failed, begin, block = drained(feed_of((bad, *a.pieces[1:])))
    assert isinstance(failed, PieceFailed)
    assert begin.sample == PIECE_SAMPLES
    assert np.array_equal(block.pcm, a.linear[PIECE_SAMPLES:])


def test_numbers_that_are_none_become_silence(monkeypatch):
    a = rendition(3_000, "aac", 160, track_id="a")
    poisoned = np.full((3_000, 2), np.nan, np.float32)
    poisoned[0] = np.inf, -np.inf
    monkeypatch.setattr(
        "player.playback.pcm_feed.TrackDecoder.decode", lambda _self, _piece: iter([poisoned])
    )
    items = drained(feed_of(a.pieces))
    assert not items[1].pcm.any()


def test_waiting_pieces_count_as_level():
    a = rendition(ONE, "aac", 160, track_id="a")
    assert feed_of(a.pieces).waiting_samples == ONE


def test_more_may_follow_after_all():
    a = rendition(3_000, "aac", 160, track_id="a")
    feed = feed_of(a.pieces)
    drained(feed)
    for piece in rendition(2_000, "aac", 160, track_id="b").pieces:
        feed.submit(piece)
    assert isinstance(feed.next_item(), TrackBegins)
    assert not feed.exhausted


@pytest.mark.parametrize(("own", "wanted"), [(48_000, 44_100), (44_100, 48_000)])
def test_a_track_of_another_rate_is_resampled_to_an_exact_length(own, wanted):
    samples = PIECE_SAMPLES + 777
    seconds = np.arange(samples) / own
    tone = np.stack([np.sin(2 * np.pi * 1_000 * seconds)] * 2, 1).astype(np.float32) * 0.5
    b = encode(tone, "vorbis", 320, rate=own, track_id="b")
    begin, block = drained(feed_of(b.pieces, rate=wanted))
    assert (begin.rate, begin.step) == (wanted, own / wanted)
    assert len(block.pcm) == round(samples * wanted / own)


def resampled(pcm, own, wanted, block=4_096):
    converter = RateConverter(own, wanted)
    parts = [converter.convert(pcm[at : at + block]) for at in range(0, len(pcm), block)]
    return np.concatenate([*parts, converter.finish()])


@pytest.mark.parametrize(("own", "wanted"), [(48_000, 44_100), (44_100, 48_000), (32_000, 44_100)])
@pytest.mark.parametrize("frequency", [440, 11_000])
def test_resampling_keeps_phase_and_level(own, wanted, frequency):
    def tone(rate, count):
        wave = 0.5 * np.sin(2 * np.pi * frequency * np.arange(count) / rate)
        return np.stack([wave, wave], 1).astype(np.float32)

    got = resampled(tone(own, 2 * own + 13), own, wanted)
    assert len(got) == round((2 * own + 13) * wanted / own)
    error = (got - tone(wanted, len(got)))[1_000:-1_000]
    assert np.sqrt(np.mean(error**2)) < 0.5 * 10 ** (-80 / 20)


def test_equal_rates_are_untouched():
    pcm = music(10_000)
    assert np.array_equal(resampled(pcm, 44_100, 44_100), pcm)


@pytest.mark.parametrize("reached", [False, True])
def test_what_follows_after_all_joins_as_if_the_end_had_not_been_said(reached):
    a = rendition(ONE, "aac", 160, track_id="a")
    b = rendition(TWO, "aac", 96, track_id="b", seed=3)
    feed = feed_of(a.pieces)
    first = drained(feed) if reached else []
    for piece in b.pieces:
        feed.submit(piece)
    feed.finish()
    items = first + drained(feed)
    joined = np.concatenate([item.pcm for item in items if isinstance(item, Block)])
    assert np.array_equal(joined, np.concatenate([a.linear, b.linear]))
    assert feed.exhausted
