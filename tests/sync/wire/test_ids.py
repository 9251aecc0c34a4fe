"""Ids and links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.wire import ids


@given(st.integers(0, (1 << 128) - 1))
def test_every_number_has_one_name_of_22_characters(number):
    name = ids.encode(number)
    assert len(name) == ids.LENGTH
    assert ids.is_id(name)


@given(st.integers(0, (1 << 128) - 2))
def test_names_sort_as_their_numbers(number):
    assert ids.encode(number) < ids.encode(number + 1)


@pytest.mark.parametrize("number", [-1, 1 << 128])
def test_other_numbers_have_no_name(number):
    with pytest.raises(ValueError, match="128 bits"):
        ids.encode(number)


def test_fresh_ids_differ():
    assert ids.new_id() != ids.new_id()


@pytest.mark.parametrize("text", ["", "a" * 21, "a" * 23, "-" * 22, "z" * 22, "é" * 22])
def test_anything_else_is_no_id(text):
    assert not ids.is_id(text)


def test_links_lead_back_to_kind_and_id():
    name = ids.encode(7)
    assert ids.parse_uri(ids.uri("track", name)) == ("track", name)
    assert ids.parse_uri(f"https://music.example/album/{name}/") == ("album", name)


@pytest.mark.parametrize("text", ["segue:track", "https://host", "segue:track:short", "http://x/y"])
def test_anything_else_is_no_link(text):
    assert ids.parse_uri(text) is None
