"""Pieces that draw: rows, progress, differences, lyrics, covers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from player.errors import NotFoundError
from player.screens.fake_catalog import FakeCatalog
from player.styles.palette import Palette
from player.styles.tokens import MONOCHROME
from player.widgets.artwork import artwork
from player.widgets.canvas import changed_spans
from player.widgets.cover import ramp_line
from player.widgets.covers import Covers, decode
from player.widgets.lyrics_model import Score, Sung, pieces
from player.widgets.lyrics_view import wrap
from player.widgets.painters import columns
from player.widgets.progress import QUIET_MS, Span, draw_progress, next_change_ms, span
from player.widgets.row import Row


@given(st.lists(st.tuples(st.integers(-5, 30), st.sampled_from(["a", "ab…", "日本", "x" * 12]))))
def test_a_row_is_as_wide_as_asked_for(puts):
    row = Row(Palette(), 24)
    for x, text in puts:
        row.put(x, text)
    assert row.strip().cell_length == 24


def test_later_pieces_win():
    row = Row(Palette(), 10)
    row.put(0, "aaaaaaaa")
    row.put(3, "bb")
    assert row.strip().text == "aaabbaaa  "


def test_progress_has_three_shapes():
    row = Row(Palette(), 10)
    draw_progress(row, 0, 10, Span(halves=5, buffered=6))
    assert row.strip().text == "━━╸───╌╌╌╌"
    plain = Row(Palette(MONOCHROME, plain=True), 10)
    draw_progress(plain, 0, 10, Span(halves=5, buffered=6))
    assert plain.strip().text == "==----...."


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1, 1e6), st.integers(1, 200))
def test_a_bar_never_leaves_its_cells(position, buffered, duration, cells):
    bar = span(position, buffered, duration, cells)
    assert 0 <= bar.halves <= 2 * cells
    assert (bar.halves + 1) // 2 <= bar.buffered <= cells
    assert 0 < next_change_ms(position, duration) <= QUIET_MS


def test_only_what_differs_is_repainted():
    one, two = Row(Palette(), 20), Row(Palette(), 20)
    one.put(3, "1:48")
    two.put(3, "1:49")
    assert changed_spans(one.strip(), two.strip()) == [(6, 7)]
    assert changed_spans(one.strip(), one.strip()) == []


def test_columns_drop_album_then_artist_and_keep_the_title():
    wide, medium, narrow = columns(120, 100), columns(70, 100), columns(36, 100)
    assert wide.album_cells
    assert medium.artist_cells
    assert not medium.album_cells
    assert not narrow.artist_cells
    assert min(wide.title_cells, medium.title_cells, narrow.title_cells) >= 18


def test_score_knows_line_and_word():
    score = Score(FakeCatalog(10).lyrics(0))
    assert score.at(0) == Sung()
    assert score.at(105_600) == Sung(5, 1)
    assert score.wait_ms(105_600) == score.lines[5].words[1].start_ms - 105_600
    assert score.wait_ms(1e9) is None
    states = [state for _, state in pieces(score.lines[5], 2)]
    assert states == ["sung", "now", "next", "next", "next", "next"]


def test_long_lines_take_two_rows():
    first, second = wrap([("one ", ""), ("two ", ""), ("three", "")], 8)
    assert "".join(word for word, _ in first) == "one two "
    assert "".join(word for word, _ in second) == "three"
    _, cut = wrap([("word ", "")] * 9, 10)
    assert sum(len(word) for word, _ in cut) <= 10


def test_scenes_are_always_the_same():
    assert artwork("id", 14, 7) == artwork("id", 14, 7)
    assert len({artwork(f"id{n}", 4, 2).pixels for n in range(40)}) > 20
    assert len(ramp_line(artwork("id", 14, 7), 3)) == 14


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "cover.png"
    Image.new("RGB", (64, 64), (200, 40, 10)).save(path)
    return path


def test_covers_are_decoded_to_cells(picture):
    cells = decode(picture, 14, 7)
    assert cells.cell(13, 6) == ((200, 40, 10), (200, 40, 10))


async def test_a_cover_is_fetched_once_and_announced(picture):
    asked, landed = [], []

    async def find(cover, pixels):
        asked.append((cover, pixels))
        return picture

    covers = Covers(find)
    first = covers.picture("c", "f", (14, 7), lambda: landed.append(1))
    assert first == artwork("f", 14, 7)
    covers.picture("c", "f", (14, 7), lambda: None)
    await covers.settled()
    assert asked == [("c", 64)]
    assert landed == [1]
    assert covers.picture("c", "f", (14, 7), lambda: None).pixels[0] == (200, 40, 10)


@pytest.mark.parametrize("trouble", ["missing", "broken"])
async def test_a_cover_that_cannot_be_had_is_a_scene(trouble, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    asked = []

    async def find(cover, pixels):
        asked.append(cover)
        if trouble == "missing":
            raise NotFoundError("none")
        return broken

    covers = Covers(find)
    for _ in range(2):
        assert covers.picture("c", "f", (4, 2), lambda: None) == artwork("f", 4, 2)
        await covers.settled()
    assert asked == ["c"]
