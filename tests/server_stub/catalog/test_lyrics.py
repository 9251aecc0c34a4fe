"""Lyrics in every form people store them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.catalog.model.encodings import decode_text
from server_stub.catalog.model.lyrics import parse_lyrics, richest
from sync.wire.catalog import LyricLine, LyricWord


def lines(text):
    found = parse_lyrics(text)
    return [(line.start_ms, line.text) for line in found.lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[00:01.5]a\n[00:02.50]b\n[01:03.125]c", [(1500, "a"), (2500, "b"), (63_125, "c")]),
        ("[00:09]a\r[00:10:25]b\r\n[00:11,5]c", [(9000, "a"), (10_250, "b"), (11_500, "c")]),
        ("[00:05.00][00:01.00] a\n[00:03.00]b", [(1000, "a"), (3000, "b"), (5000, "a")]),
        ("[ti:Song]\n[offset:+500]\n[00:01.00]a\n[00:00.10]b", [(0, "b"), (500, "a")]),
        ("[offset: -250]\n[00:01.00]a", [(1250, "a")]),
        ("[00:01.00]one voice\n[00:01.00]another", [(1000, "one voice"), (1000, "another")]),
        ("[00:01.00]a\n[00:02.00]\n[00:03.00]b", [(1000, "a"), (2000, ""), (3000, "b")]),
        ("[00:01.00]la\nthe translation", [(1000, "la"), (1000, "the translation")]),
        ("\ufeff[100:00.00]late", [(6_000_000, "late")]),
    ],
)  # fmt: skip
def test_line_stamps(text, expected):
    assert parse_lyrics(text).kind == "line"
    assert lines(text) == expected


def test_words_carry_their_own_stamps():
    found = parse_lyrics("[la:de]\n[00:01.00]<00:01.00>Guten <00:01.50>Tag <00:02.00>")
    assert (found.kind, found.language) == ("word", "de")
    (line,) = found.lines
    assert line == LyricLine(
        text="Guten Tag",
        start_ms=1000,
        end_ms=2000,
        words=(LyricWord(1000, "Guten "), LyricWord(1500, "Tag ")),
    )


def test_words_move_with_repeats_and_offsets():
    found = parse_lyrics("[offset:1000]\n[00:02.00][00:12.00]a <00:03.00>b")
    starts = [[word.start_ms for word in line.words] for line in found.lines]
    assert starts == [[1000, 2000], [11_000, 12_000]]


def test_plain_lyrics_keep_the_gaps_between_verses():
    found = parse_lyrics("\n\nOne\n\nTwo\n\n")
    assert found.kind == "plain"
    assert [line.text for line in found.lines] == ["One", "", "Two"]


@pytest.mark.parametrize("text", ["", " \n\t", "[ti:only a title]", "[00:01.00]\n[00:02.00]"])
def test_without_a_word_there_are_no_lyrics(text):
    assert parse_lyrics(text) is None


def test_the_finest_lyrics_win():
    plain, line = parse_lyrics("a"), parse_lyrics("[00:01.00]a")
    other = parse_lyrics("[00:01.00]b")
    assert richest(None, plain, line, other) is line
    assert richest(None) is None


def test_escapes_never_reach_a_terminal():
    (line,) = parse_lyrics("[00:01.00]\x1b]0;owned\x07red \x1b[31mink\u202e").lines
    assert line.text == "red ink"


TEXT = "[00:01.00]Größe naïve €\n[00:02.00]second"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings(encoding):
    assert parse_lyrics(decode_text(TEXT.encode(encoding))) == parse_lyrics(TEXT)


def test_bytes_that_windows_does_not_define_are_latin_1():
    assert decode_text(b"caf\xe9 \x81") == "café \x81"


@given(st.binary(max_size=300))
def test_any_bytes_are_text(data):
    decode_text(data)


@given(
    st.lists(
        st.tuples(st.integers(0, 5_999_999), st.text("abc é", min_size=1, max_size=9)), max_size=12
    )
)
def test_written_lines_are_read_back_in_order(entries):
    text = "\n".join(
        f"[{at // 60_000:02}:{at // 1000 % 60:02}.{at % 1000:03}]{line}" for at, line in entries
    )
    found = parse_lyrics(text)
    expected = [(at, " ".join(line.split())) for at, line in sorted(entries, key=lambda e: e[0])]
    if not any(line for _at, line in expected):
        assert found is None
        return
    assert [(line.start_ms, line.text) for line in found.lines] == expected


@given(st.text("[]<>:.0123456789 ab\n\roffset+-\x1b", max_size=120))
def test_no_text_breaks_the_reader(text):
    found = parse_lyrics(text)
    for line in found.lines if found else ():
        assert line.start_ms is None or line.start_ms >= 0
        assert "\x1b" not in line.text
        assert all(word.start_ms >= 0 for word in line.words)
