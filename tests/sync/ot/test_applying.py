"""Doing, undoing and composing; operations on the wire."""

import msgspec
import pytest

from sync.ot.applying import apply, check_entries, compose, invert
from sync.ot.errors import InvalidOperationError
from sync.ot.model import (
    Describe,
    Entry,
    Insert,
    Move,
    Operation,
    Playlist,
    Remove,
    Rename,
    SetCover,
    SetVisibility,
)

AB = Playlist("list", (Entry("a", "t"), Entry("b", "u")))
EVERYTHING: Operation = (
    Insert(2, "c", "t"),
    Move(0, 3),
    Remove(0),
    Rename("one"),
    Describe("long"),
    SetCover("picture"),
    SetVisibility("public"),
    Rename("two"),
    Move(1, 1),
)


def test_components_are_done_one_after_the_other():
    after = apply(AB, EVERYTHING)
    assert after == Playlist("two", (Entry("c", "t"), Entry("a", "t")), "long", "picture", "public")


def test_undo_restores_everything():
    undo = invert(EVERYTHING, AB)
    after = apply(AB, EVERYTHING)
    assert apply(after, undo) == AB
    assert apply(AB, compose(EVERYTHING, undo)) == AB
    assert apply(AB, invert(undo, after)) == after


def test_a_move_to_where_it_is_needs_no_undo():
    assert invert((Move(1, 1), Move(1, 2)), AB) == ()


def test_composing_leaves_out_values_that_are_overwritten():
    first = (Rename("one"), Remove(0), Describe("long"))
    assert compose(first, (Rename("two"),)) == (Remove(0), Describe("long"), Rename("two"))
    assert compose(first, ()) == first


@pytest.mark.parametrize(
    "component",
    [
        Insert(-1, "x", "t"),
        Insert(3, "x", "t"),
        Remove(-1),
        Remove(2),
        Move(-1, 0),
        Move(2, 0),
        Move(0, -1),
        Move(0, 3),
    ],
)
def test_a_place_outside_is_refused(component):
    with pytest.raises(InvalidOperationError, match="does not fit"):
        apply(AB, (component,))


def test_a_second_entry_of_one_id_is_refused():
    with pytest.raises(InvalidOperationError, match="already"):
        check_entries(AB, (Insert(0, "a", "t"),))
    check_entries(AB, (Remove(0), Insert(0, "a", "t")))
    check_entries(AB, (Rename("two"),))


def test_operations_travel_as_small_objects():
    text = msgspec.json.encode(EVERYTHING)
    assert msgspec.json.decode(text, type=Operation) == EVERYTHING
    assert msgspec.json.decode(text)[:4] == [
        {"t": "ins", "p": 2, "e": "c", "v": "t"},
        {"t": "mov", "p": 0, "to": 3},
        {"t": "del", "p": 0},
        {"t": "name", "v": "one"},
    ]


def test_playlists_travel_with_their_entries_as_pairs():
    text = msgspec.json.encode(AB)
    assert text == b'{"name":"list","items":[["a","t"],["b","u"]]}'
    assert msgspec.json.decode(text, type=Playlist) == AB
