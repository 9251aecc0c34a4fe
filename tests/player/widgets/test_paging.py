"""Pages of a long list, and where rows stand among headings."""

from hypothesis import given
from hypothesis import strategies as st

from player.widgets.paging import Block, Fetched, Outline, Pages


def test_pages_are_asked_for_once_and_forgotten_when_far():
    pages: Pages[int] = Pages(size=10, keep=3)
    assert pages.claim(0, 25) == [0, 1, 2]
    assert pages.claim(0, 25) == []
    for page in range(5):
        pages.put(page, Fetched(1000, range(page * 10, page * 10 + 10)))
    assert len(pages) == 30
    assert pages.get(0) is None
    assert pages.get(49) == 49
    assert pages.claim(0, 5) == [0]
    pages.give_up(0)
    assert pages.claim(0, 5) == [0]
    assert pages.claim(995, 2000) == [99]


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=6))
def test_outline_finds_every_row_again(parts):
    outline = Outline(Block(rows, "title" if titled else "") for rows, titled in parts)
    assert outline.rows == sum(rows for rows, _ in parts)
    lines = [outline.line_of(row) for row in range(outline.rows)]
    assert lines == sorted(set(lines))
    assert [outline.at(line).row for line in lines] == list(range(outline.rows))
    assert not lines or lines[-1] == outline.lines - 1
