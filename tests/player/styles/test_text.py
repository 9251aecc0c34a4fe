"""Metadata from strangers is shown safely and aligned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.styles.text import clean, clock, count, fit, pad, span, to_ascii, width


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\tb\nc\rd", "a b c d"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\x9b31mred", "red"),
        ("half\x1b[", "half"),
        ("e\u0301\u0301\u0301\u0301", "e\u0301\u0301"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\U0001f469"),
        ("日本語", "日本語"),
        ("שלום", "שלום"),
    ],
)
def test_clean(given_, shown):
    assert clean(given_) == shown


def test_clean_cuts_what_is_endless():
    assert len(clean("é" * 100_000)) <= 4096


@given(st.text(max_size=200))
def test_clean_leaves_nothing_that_moves_the_cursor(text):
    shown = clean(text)
    assert all(character.isprintable() for character in shown)
    assert clean(shown) == shown


@given(st.text(max_size=60), st.integers(0, 40))
def test_fit_never_takes_more_cells(text, cells):
    shown = fit(clean(text), cells)
    assert width(shown) <= cells or cells == 0
    assert width(pad(clean(text), cells)) == cells


def test_fit_does_not_halve_wide_characters():
    assert fit("日本語の歌", 6) == "日本…"
    assert fit("short", 10) == "short"


def test_ascii_is_one_for_one():
    text = "━╸─╌│▌▐▁▂▃▅▇●○◐♥↓↑→←▼►◄▮■✓×…·▕▔"  # noqa: RUF001 -- a sign we draw
    assert to_ascii(text).isascii()
    assert len(to_ascii(text)) == len(text)


def test_lengths_in_words():
    assert [clock(0), clock(252_000), clock(3_723_000)] == ["0:00", "4:12", "1:02:03"]
    assert [span(41 * 60_000), span(842 * 60_000)] == ["41 min", "14 h 02"]
    assert [count(1, "track"), count(2317, "track")] == ["1 track", "2,317 tracks"]
