"""Byte ranges as a table, and against a tiny reference model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.api.ranges import MAX_PARTS, MAX_SPECS, Selection, Span, select

WHOLE, UNSATISFIABLE = Selection.WHOLE, Selection.UNSATISFIABLE


def parts(*pairs):
    return tuple(Span(start, end) for start, end in pairs)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (None, WHOLE),
        ("bytes=0-0", parts((0, 1))),
        ("bytes=0-99", parts((0, 100))),
        ("bytes=10-19", parts((10, 20))),
        ("bytes=90-1000", parts((90, 100))),
        ("bytes=99-", parts((99, 100))),
        ("bytes=0-", parts((0, 100))),
        ("bytes=-1", parts((99, 100))),
        ("bytes=-100", parts((0, 100))),
        ("bytes=-5000", parts((0, 100))),
        ("BYTES=1-2", parts((1, 3))),
        ("bytes=100-", UNSATISFIABLE),
        ("bytes=100-200", UNSATISFIABLE),
        ("bytes=-0", UNSATISFIABLE),
        ("bytes=-0,100-", UNSATISFIABLE),
        ("bytes=5-2", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=1-2-3", WHOLE),
        ("bytes=+1-4", WHOLE),
        ("bytes=1 -4", WHOLE),
        ("bytes=", WHOLE),
        ("bytes=,", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes", WHOLE),
        ("bytes =0-1", WHOLE),
        ("pieces=0-1", WHOLE),
        ("bytes=٣-٤", WHOLE),
        ("bytes=0-" + "9" * 5000, WHOLE),
        ("bytes=0-1,5-2", WHOLE),
        ("bytes=0-1,4-5", parts((0, 2), (4, 6))),
        ("bytes= 0-1 ,\t4-5 , ", parts((0, 2), (4, 6))),
        ("bytes=50-51,0-1", parts((50, 52), (0, 2))),
        ("bytes=0-1,200-", parts((0, 2))),
        ("bytes=200-,-2,-0", parts((98, 100))),
        ("bytes=0-10,5-20", parts((0, 21))),
        ("bytes=0-10,11-20", parts((0, 21))),
        ("bytes=40-49,0-10,45-60", parts((40, 61), (0, 11))),
        ("bytes=0-,0-,0-", parts((0, 100))),
        ("bytes=" + ",".join(["0-"] * (MAX_SPECS + 1)), WHOLE),
        ("bytes=" + ",".join(f"{i}-{i}" for i in range(0, 2 * MAX_PARTS + 2, 2)), WHOLE),
    ],
)
def test_table(field, expected):
    assert select(field, 100) == expected


def test_an_empty_file_is_always_sent_whole():
    assert select("bytes=0-", 0) is WHOLE
    assert select("bytes=-5", 0) is WHOLE


def test_content_range():
    assert Span(2, 5).content_range(10) == "bytes 2-4/10"
    assert Span(2, 5).content_range(None) == "bytes 2-4/*"


SPEC = st.one_of(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(lambda p: p[0] <= p[1]),
    st.tuples(st.integers(0, 60), st.none()),
    st.tuples(st.none(), st.integers(0, 60)),
)


def written(spec):
    first, last = spec
    return f"{'' if first is None else first}-{'' if last is None else last}"


def wanted(spec, size):
    """The reference: the set of bytes one spec asks for."""
    first, last = spec
    if first is None:
        return set(range(max(0, size - last), size))
    return set(range(first, size if last is None else min(last + 1, size)))


@given(st.lists(SPEC, min_size=1, max_size=12), st.integers(1, 50))
def test_the_parts_hold_exactly_what_was_asked_for(specs, size):
    selection = select("bytes=" + ",".join(map(written, specs)), size)
    asked = set().union(*(wanted(spec, size) for spec in specs))
    if not asked:
        assert selection is UNSATISFIABLE
        return
    sent = [byte for span in selection for byte in range(span.start, span.end)]
    assert set(sent) == asked
    assert len(sent) == len(asked)


@given(st.text(alphabet="bytes=0123456789-, \tx*", max_size=60), st.integers(0, 1000))
def test_any_text_is_answered_within_bounds(field, size):
    selection = select(field, size)
    if isinstance(selection, tuple):
        assert all(0 <= span.start < span.end <= size for span in selection)
        assert sum(span.size for span in selection) <= size
