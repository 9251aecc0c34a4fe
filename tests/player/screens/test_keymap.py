"""Sequences, counts, and digits that are either."""

import pytest

from player.screens.keymap import Keymap, Meant, label, symbol, token


def feed(keys: str) -> list[Meant]:
    keymap = Keymap()
    return [meant for key in keys.split() for meant in keymap.feed(key)]


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        ("j", [Meant("down")]),
        ("3 j", [Meant("down", 3)]),
        ("1 2 0 k", [Meant("up", 120)]),
        ("g g", [Meant("top")]),
        ("4 2 G", [Meant("bottom", 42)]),
        ("g q", [Meant("go_queue")]),
        ("4 space", [Meant("go_queue"), Meant("toggle")]),
        ("0", [Meant("restart")]),
        ("g z j", [Meant("down")]),
        ("3 escape j", [Meant("down")]),
        ("é", []),
    ],
)
def test_what_is_meant(keys, meant):
    assert feed(keys) == meant


def test_a_digit_names_a_place_when_nothing_follows():
    keymap = Keymap()
    assert keymap.feed("4") == []
    assert keymap.waits_for_count
    assert keymap.pending == "4"
    assert keymap.expire() == Meant("go_queue")
    assert keymap.pending == ""


def test_a_digit_without_place_only_counts():
    keymap = Keymap()
    keymap.feed("8")
    assert not keymap.waits_for_count
    assert keymap.expire() is None


def test_names_of_keys():
    assert token("question_mark", "?") == "?"
    assert token("space", " ") == "space"
    assert label("delete") == "del"
    assert symbol("left") == "←"
