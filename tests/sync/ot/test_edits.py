"""One or many entries at once, and the way from one playlist to another."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ot import edits
from sync.ot.applying import apply
from sync.ot.difference import difference
from sync.ot.model import Entry, Insert, Move, Playlist, Remove, Rename


def playlist(ids, name="list"):
    return Playlist(name, tuple(Entry(i, f"t{i}") for i in ids))


def ids(state):
    return "".join(entry.id for entry in state.items)


ABCDE = playlist("abcde")


def test_many_are_inserted_in_their_order():
    operation = edits.insert(2, [Entry("x", "tx"), Entry("y", "ty")])
    assert ids(apply(ABCDE, operation)) == "abxycde"


def test_many_are_removed_and_those_not_there_passed_over():
    assert ids(apply(ABCDE, edits.remove(ABCDE, {"a", "e", "c", "nobody"}))) == "bd"


@pytest.mark.parametrize(
    ("chosen", "gap", "expected"),
    [
        ("ae", 2, "baecd"),
        ("ab", 5, "cdeab"),
        ("de", 0, "deabc"),
        ("bd", 3, "acbde"),
        ("bc", 1, "abcde"),
        ("abcde", 2, "abcde"),
        ("x", 2, "abcde"),
    ],
)
def test_many_are_moved_together(chosen, gap, expected):
    assert ids(apply(ABCDE, edits.move(ABCDE, chosen, gap))) == expected


def test_what_stays_is_not_moved():
    assert edits.move(ABCDE, "bc", 1) == ()


@given(st.integers(0, 2**32))
def test_a_difference_leads_from_one_to_the_other(seed):
    rng = random.Random(seed)
    letters = "abcdefghijkl"
    before = playlist(rng.sample(letters, rng.randint(0, 12)), rng.choice("mn"))
    after = playlist(rng.sample(letters, rng.randint(0, 12)), rng.choice("mn"))
    operation = difference(before, after)
    assert apply(before, operation) == after
    assert sum(isinstance(c, Remove) for c in operation) == len(
        set(before.items) - set(after.items)
    )
    assert sum(isinstance(c, Insert) for c in operation) == len(
        set(after.items) - set(before.items)
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("abcde", ()),
        ("bcdea", (Move(0, 5),)),
        ("eabcd", (Move(4, 0),)),
        ("acbde", (Move(1, 3),)),
        ("axbcde", (Insert(1, "x", "tx"),)),
        ("abde", (Remove(2),)),
    ],
)
def test_a_difference_is_short(after, expected):
    assert len(difference(ABCDE, playlist(after))) == len(expected)
    assert ids(apply(ABCDE, difference(ABCDE, playlist(after)))) == after


def test_a_difference_tells_another_track_and_other_values():
    after = Playlist("new", (Entry("a", "other"),), "long", "picture", "public")
    operation = difference(ABCDE, after)
    assert apply(ABCDE, operation) == after
    assert operation[0] == Rename("new")
