"""Plays are counted from what was heard, whatever the listener did in between."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.playback.ear import Ear

RATE = 1000
TOTAL = 60 * RATE


class Room:
    """A sink whose place the test moves, and what the ear told."""

    def __init__(self):
        self.at, self.now, self.plays = ("", 0), 100.0, []
        self.ear = Ear(lambda: self.at, self, self.plays.append)

    def unix(self):
        return self.now

    def lane(self, track, entry=None):
        return SimpleNamespace(
            entry=entry or f"e-{track}", track_id=track, rate=RATE, duration_samples=TOTAL
        )

    def start(self, track, sample=0, entry=None):
        """Jump there, and it sounds."""
        self.ear.jumps(sample)
        self.at = (track, sample)
        self.ear.starts(self.lane(track, entry))

    def listen(self, samples):
        self.at = (self.at[0], self.at[1] + samples)

    def told(self):
        return [(p.track_id, p.heard_ms, p.position_ms, p.finished) for p in self.plays]


@pytest.fixture
def room():
    return Room()


def test_a_track_heard_to_its_end_is_a_play_and_the_next_begins(room):
    room.start("a")
    room.listen(TOTAL)
    room.at = ("b", 3)
    room.ear.follows(room.lane("b"))
    room.listen(5 * RATE)
    room.ear.ends()
    assert room.told() == [("a", 60_000, 60_000, True), ("b", 5_003, 5_003, False)]
    assert room.plays[0].began_at_ms == 100_000
    assert room.plays[0].duration_ms == 60_000


def test_what_is_sought_over_does_not_count(room):
    room.start("a")
    room.listen(10 * RATE)
    room.start("a", 50 * RATE)
    room.listen(2 * RATE)
    room.start("b")
    assert room.told() == [("a", 12_000, 52_000, False)]


def test_what_is_heard_twice_counts_twice(room):
    room.start("a")
    room.listen(10 * RATE)
    room.start("a", 5 * RATE)
    room.listen(10 * RATE)
    room.ear.ends()
    assert room.told() == [("a", 20_000, 15_000, False)]


def test_the_same_track_again_in_the_queue_is_another_play(room):
    room.start("a", entry="one")
    room.listen(TOTAL)
    room.at = ("a", 0)
    room.ear.follows(room.lane("a", "two"))
    room.listen(RATE)
    room.ear.ends()
    assert room.told() == [("a", 60_000, 60_000, True), ("a", 1_000, 1_000, False)]


def test_a_jump_before_anything_sounds_is_no_play(room):
    room.ear.jumps()
    room.start("a")
    room.start("b")
    room.ear.ends()
    assert room.told() == []


def test_a_seek_into_what_must_be_loaded_keeps_what_was_heard(room):
    room.start("a")
    room.listen(7 * RATE)
    room.ear.jumps(40 * RATE)
    room.at = ("a", 0)  # silence: the sink stands at the beginning of nothing
    room.ear.jumps(40 * RATE)
    room.at = ("a", 40 * RATE)
    room.ear.starts(room.lane("a"))
    room.listen(RATE)
    room.ear.ends()
    assert room.told() == [("a", 8_000, 41_000, False)]


def test_a_play_survives_an_accident_and_goes_on(room):
    room.start("a")
    room.listen(9 * RATE)
    saved = room.ear.saved()
    again = Room()
    again.ear.restore(saved)
    again.start("a", 9 * RATE)
    again.listen(RATE)
    again.ear.ends()
    assert again.told() == [("a", 10_000, 10_000, False)]
    assert again.plays[0].began_at_ms == 100_000


def test_a_play_of_before_an_accident_is_told_when_something_else_plays(room):
    room.start("a")
    room.listen(9 * RATE)
    again = Room()
    again.ear.restore(room.ear.saved())
    again.start("b")
    assert again.told() == [("a", 9_000, 9_000, False)]


@pytest.mark.parametrize("damage", [None, 7, "x", {}, {"id": 3}, []])
def test_a_damaged_save_is_no_play(room, damage):
    room.ear.restore(damage)
    room.ear.ends()
    assert room.told() == []
    assert room.ear.saved() is None


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 50_000), st.integers(0, 9_000)),
        min_size=1,
    )
)
def test_everything_heard_is_told_once(jumps):
    room, heard = Room(), 0
    for track, sample, samples in jumps:
        room.start(track, sample)
        room.listen(samples)
        heard += samples
    room.ear.ends()
    assert sum(play.heard_ms for play in room.plays) == heard
    assert len({play.id for play in room.plays}) == len(room.plays)
