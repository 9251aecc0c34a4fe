"""Merging two operations: every pair of small ones, random large ones, and each rule by name."""

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ot.applying import apply
from sync.ot.model import (
    Describe,
    Entry,
    Insert,
    Move,
    Playlist,
    Remove,
    Rename,
    SetCover,
    SetVisibility,
)
from sync.ot.transform import transform, transform_all
from tests.benchmarks.ot_plugin import PLAYLIST
from tests.sync.ot import laws
from tests.sync.ot.generating import Author, bringing_back, every_component, state_of

CHECKED = laws.Untouching(PLAYLIST)
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("count", range(5))
def test_every_pair_of_components(count):
    state = state_of(count)
    for a, b in product(every_component(count, "a"), every_component(count, "b")):
        laws.check_pair(CHECKED, state, [a], [b])
        laws.check_undo(PLAYLIST, state, [a], [b])
        laws.check_both_undo(PLAYLIST, state, [a], [b])


@pytest.mark.parametrize("count", range(3))
def test_every_component_beside_every_two(count):
    state = state_of(count)
    for a, c in product(every_component(count, "a"), every_component(count, "c")):
        length = len(PLAYLIST.apply(state, [a])["items"])
        for b in every_component(length, "b"):
            laws.check_composition(PLAYLIST, state, [a], [b], [c])


@given(seeds)
def test_operations_of_many_components(seed):
    rng = random.Random(seed)
    state = state_of(rng.choice((0, 1, 3, 6, 12)))
    left, right = Author(rng, "a"), Author(rng, "b")
    most = rng.choice((2, 4, 12))
    a, b = left.operation(state, most), right.operation(state, most)
    laws.check_pair(CHECKED, state, a, b)
    laws.check_undo(CHECKED, state, a, b)
    laws.check_both_undo(CHECKED, state, a, b)
    following = left.operation(PLAYLIST.apply(state, a), most)
    laws.check_composition(CHECKED, state, a, following, b)


@given(seeds)
def test_entries_that_both_sides_bring_back(seed):
    rng = random.Random(seed)
    state = state_of(rng.choice((0, 1, 3)))
    most = rng.choice((1, 2, 6))
    a, b = bringing_back(rng, state, most), bringing_back(rng, state, most)
    for side in ("left", "right"):
        laws.check_pair_converges(CHECKED, state, a, b, side)
    following = bringing_back(rng, PLAYLIST.apply(state, a), most)
    laws.check_composition(CHECKED, state, a, following, b)


def test_hundreds_of_components_at_once():
    rng = random.Random(5)
    state = state_of(300)
    laws.check_pair(
        PLAYLIST,
        state,
        Author(rng, "a").operation(state, 200),
        Author(rng, "b").operation(state, 200),
    )


ABC = Playlist("list", (Entry("a", "t"), Entry("b", "t"), Entry("c", "t")))


def merged(left, right):
    """The ids in order, after checking that both ways lead there."""
    one = apply(apply(ABC, left), transform(right, left, "right"))
    assert one == apply(apply(ABC, right), transform(left, right, "left"))
    return "".join(entry.id for entry in one.items)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((Insert(1, "x", "t"),), (Insert(1, "y", "t"),), "axybc"),
        ((Move(0, 3),), (Move(0, 2),), "bca"),
        ((Move(0, 3),), (Move(0, 3),), "bca"),
        ((Move(0, 3),), (Move(1, 3),), "cab"),
        ((Move(0, 2), Move(1, 0)), (Move(0, 3),), "abc"),
        ((Move(1, 3),), (Remove(1),), "ac"),
        ((Remove(1),), (Remove(1),), "ac"),
        ((Move(1, 1),), (Move(1, 3),), "abc"),
        ((Move(1, 3),), (Move(1, 2),), "acb"),
        ((Move(1, 2),), (Move(1, 1),), "abc"),
        ((Move(1, 1),), (Insert(1, "x", "t"),), "axbc"),
        ((Insert(2, "x", "t"),), (Move(1, 2),), "abxc"),
        ((Insert(2, "x", "t"),), (Move(1, 0), Move(2, 0)), "cbax"),
        ((Insert(3, "x", "t"), Remove(3)), (Insert(3, "y", "t"),), "abcy"),
        ((), (Remove(0), Remove(0)), "c"),
    ],
)
def test_the_rules(left, right, expected):
    assert merged(left, right) == expected


def test_an_operation_over_nothing_stays_as_it_is():
    operation = (Move(1, 2), Insert(0, "x", "t"), Rename("new"), Remove(2), Move(0, 3))
    assert transform(operation, (), "left") == operation
    assert transform(operation, (Rename("other"),), "left") == (
        Rename("new"),
        *(c for c in operation if not isinstance(c, Rename)),
    )
    assert transform((), operation, "left") == ()


def test_an_entry_that_both_sides_bring_back_is_there_once():
    assert merged((Insert(0, "x", "t"),), (Insert(3, "x", "t"),)) == "xabc"
    assert merged((Insert(3, "x", "t"),), (Insert(0, "x", "t"),)) == "abcx"
    assert merged((Insert(1, "x", "t"),), (Insert(1, "x", "t"),)) == "axbc"


@pytest.mark.parametrize(
    "right", [(), (Remove(0),), (Remove(0), Insert(2, "x", "t")), (Move(1, 3), Move(1, 3))]
)
def test_an_entry_brought_back_twice_by_one_side_is_there_once(right):
    back = Insert(0, "x", "t")
    assert sorted(merged((back, Remove(0), back), (back, *right))) == sorted("xabc")
    assert sorted(merged((back, *right), (back, Remove(0), back))) == sorted("xabc")


@pytest.mark.parametrize("extra", [(), (Insert(0, "y", "t"),), (Move(0, 2),)])
def test_an_entry_with_two_tracks_keeps_the_left_one(extra):
    left = (Insert(1, "x", "left"), *extra)
    right = (Insert(3, "x", "right"), Remove(0))
    one = apply(apply(ABC, left), transform(right, left, "right"))
    assert one == apply(apply(ABC, right), transform(left, right, "left"))
    assert [entry.track for entry in one.items if entry.id == "x"] == ["left"]


REGISTERS = {
    "name": (Rename("mine"), Rename("yours")),
    "description": (Describe("mine"), Describe("yours")),
    "cover": (SetCover("mine"), SetCover(None)),
    "visibility": (SetVisibility("link"), SetVisibility("public")),
}


@pytest.mark.parametrize("field", REGISTERS)
def test_of_two_values_the_left_one_stays(field):
    mine, yours = REGISTERS[field]
    one = apply(apply(ABC, (mine,)), transform((yours,), (mine,), "right"))
    assert one == apply(apply(ABC, (yours,)), transform((mine,), (yours,), "left"))
    assert getattr(one, field) == mine.value
    assert transform((yours,), (Remove(0),), "right") == (yours,)


def test_a_chain_is_carried_as_its_links_one_by_one():
    chain = ((Insert(0, "x", "t"),), (), (Move(0, 2), Rename("mine")), (Remove(0),))
    over = (Remove(0), Insert(0, "y", "t"), Rename("yours"))
    for side, other in (("left", "right"), ("right", "left")):
        stepwise, rest = [], over
        for link in chain:
            stepwise.append(transform(link, rest, side))
            rest = transform(rest, link, other)
        assert transform_all(chain, over, side) == (tuple(stepwise), rest)
    assert transform_all((), over, "left") == ((), over)
