"""Frames of the output map to samples of tracks, in both directions of time."""

from hypothesis import given
from hypothesis import strategies as st

from player.playback.pcm_timeline import Mark, Timeline

TRACKS = st.lists(st.integers(1, 5_000), min_size=1, max_size=12)


def timeline_of(lengths, start=0):
    timeline = Timeline("t0", start)
    at = 0
    for number, length in enumerate(lengths):
        timeline.begin_track(Mark(at, f"t{number}", start if number == 0 else 0))
        at += length
    return timeline, at


@given(TRACKS, st.integers(0, 9_000), st.data())
def test_every_frame_is_where_the_tracks_say(lengths, start, data):
    timeline, total = timeline_of(lengths, start)
    frame = data.draw(st.integers(0, total - 1))
    track, at = 0, 0
    while at + lengths[track] <= frame:
        at += lengths[track]
        track += 1
    expected = frame - at + (start if track == 0 else 0)
    assert timeline.locate(frame) == (f"t{track}", expected)


@given(TRACKS, st.lists(st.integers(0, 6_000), max_size=30))
def test_each_track_is_told_once_when_its_first_frame_was_heard(lengths, steps):
    timeline, total = timeline_of(lengths)
    begins = [sum(lengths[:k]) for k in range(len(lengths))]
    told, heard = [], 0
    for step in steps:
        heard = min(total, heard + step)
        told += [mark.track_id for mark in timeline.newly_heard(heard)]
        assert told == [f"t{k}" for k, begin in enumerate(begins) if begin < heard]
        ahead = [begin for begin in begins if begin >= heard]
        assert timeline.next_mark() == (ahead[0] if ahead else None)
        if heard < total:
            track = max(k for k, begin in enumerate(begins) if begin <= heard)
            assert timeline.locate(heard) == (f"t{track}", heard - begins[track])


def test_a_resampled_track_counts_its_own_samples():
    timeline = Timeline("a", 0)
    timeline.begin_track(Mark(0, "a", 0))
    timeline.begin_track(Mark(1_000, "b", 0, step=48_000 / 44_100))
    assert timeline.locate(999) == ("a", 999)
    assert timeline.locate(1_000 + 44_100) == ("b", 48_000)


def test_the_same_track_again_is_a_new_beginning():
    timeline = Timeline("a", 500)
    timeline.begin_track(Mark(0, "a", 500))
    timeline.begin_track(Mark(100, "a", 0))
    assert timeline.locate(99) == ("a", 599)
    assert timeline.locate(100) == ("a", 0)
    assert [mark.frame for mark in timeline.newly_heard(101)] == [0, 100]
