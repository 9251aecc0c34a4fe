"""Cursors, pages and what a search text means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.catalog.errors import BadCursorError
from server_stub.catalog.model.queries import (
    ALBUM_ORDER,
    NAME_ORDER,
    TITLE_ORDER,
    PageRequest,
    TrackQuery,
    decode_cursor,
    encode_cursor,
)
from server_stub.catalog.model.search import terms_of
from server_stub.kernel.errors import InvalidError

INTEGERS = st.integers(-(1 << 62), 1 << 62)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS, TEXTS)
def test_a_cursor_comes_back_as_it_was(title, key):
    assert decode_cursor(TITLE_ORDER, encode_cursor(TITLE_ORDER, (title, key))) == (title, key)


@given(INTEGERS, INTEGERS, TEXTS)
def test_a_cursor_of_an_album_comes_back_as_it_was(disc, number, key):
    place = (disc, number, key)
    assert decode_cursor(ALBUM_ORDER, encode_cursor(ALBUM_ORDER, place)) == place


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text):
    with pytest.raises(BadCursorError):
        decode_cursor(TITLE_ORDER, text)


def test_a_cursor_serves_its_own_list_only():
    cursor = encode_cursor(TITLE_ORDER, ("a", "b"))
    for order in (ALBUM_ORDER, NAME_ORDER):
        with pytest.raises(BadCursorError):
            decode_cursor(order, cursor)


@pytest.mark.parametrize("place", [("a",), ("a", 1), (1 << 63, "a"), ("a", "b", "c")])
def test_places_of_another_shape_are_refused(place):
    with pytest.raises(BadCursorError):
        decode_cursor(TITLE_ORDER, encode_cursor(TITLE_ORDER, place))


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_pages_have_a_size(limit):
    with pytest.raises(InvalidError):
        PageRequest(limit)


def test_an_album_has_an_order_of_its_own():
    assert TrackQuery(album="x").order is ALBUM_ORDER
    assert TrackQuery(artist="x", genre="y").order is TITLE_ORDER


def test_terms_are_folded_words():
    terms = terms_of("  T.N.T. Ærø ")
    assert (terms.words, terms.phrase, terms.joined) == (("tnt", "aero"), "tnt aero", "tntaero")
    assert terms_of("!?").words == ()
