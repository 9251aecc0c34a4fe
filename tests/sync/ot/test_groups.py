"""Groups of editors: delayed, offline, resending, restarted; at the end all see the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ot import session
from tests.sync.ot.groups import Group, play


@given(st.integers(0, 2**32))
def test_everybody_ends_with_the_same_playlist(seed):
    play(seed)


@pytest.mark.parametrize("seed", range(3))
def test_a_long_life_with_many_revisions(seed):
    assert play(seed, steps=1_500).server.history.revision > 10


@pytest.mark.parametrize("seed", range(20))
def test_unsent_edits_may_be_replaced_by_their_effect(seed, monkeypatch):
    monkeypatch.setattr(session, "LONG", 5)
    play(seed, steps=100)


def test_five_editors_with_two_hundred_edits_each():
    group = Group(seed=1, editors=5)
    left = {id(editor): 200 for editor in group.editors}
    while any(left.values()):
        group.step()
        editor = group.rng.choice(group.editors)
        if left[id(editor)]:
            left[id(editor)] -= 1
            group.edit(editor)
    group.settle()
    group.check()
