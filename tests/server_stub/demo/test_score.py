"""Writing music down: pitches, chords, melodies and sung lines."""

import pytest

from server_stub.demo import harmony, score
from server_stub.demo.library import COMPOSITIONS
from server_stub.demo.lyricsheet import lrc


@pytest.mark.parametrize(
    ("name", "midi"), [("A4", 69), ("C4", 60), ("F#3", 54), ("Bb2", 46), ("C-1", 0)]
)
def test_pitches_have_midi_numbers(name, midi):
    assert harmony.pitch(name) == midi


def test_concert_pitch_is_440_hertz():
    assert harmony.hertz(69) == pytest.approx(440)
    assert harmony.hertz(57) == pytest.approx(220)


def test_close_voicing_keeps_the_notes_and_gathers_them():
    spread = harmony.chord("Cmaj9", 2)
    voiced = harmony.close(spread, 62)
    assert {n % 12 for n in voiced} == {n % 12 for n in spread}
    assert all(56 <= n <= 68 for n in voiced)


def test_a_melody_counts_rests():
    notes = score.melody("A4:1 -:.5 C5:.5", start=4)
    assert [(n.beat, n.beats, n.pitch) for n in notes] == [(4, 1, 69), (5.5, 0.5, 72)]


def test_a_song_joins_syllables_into_timed_words():
    notes, words = score.song("A4:1:Pa- C5:1:per D5:2:boats\n-:1 E5:1:sail")
    assert [n.syllable for n in notes] == ["Pa-", "per", "boats", "sail"]
    assert [(w.beat, w.text, w.ends_line) for w in words] == [
        (0, "Paper", False),
        (2, "boats", True),
        (5, "sail", True),
    ]


def test_swing_moves_only_the_off_beats():
    notes = score.hits("xxxx", bars=1, step=0.25)
    assert [n.beat for n in score.swing(notes, 0.1)] == [0, 0.35, 0.5, 0.85]


def test_the_library_is_long_and_varied_enough():
    pieces = [compose() for compose in COMPOSITIONS]
    assert len(pieces) >= 8
    assert all(piece.seconds >= 90 for piece in pieces)
    assert len({piece.artist for piece in pieces}) >= 3
    assert len({piece.genre for piece in pieces}) == len(pieces)
    assert len({piece.bpm for piece in pieces}) == len(pieces)
    assert len({piece.isrc for piece in pieces}) == len(pieces)
    assert sum(bool(piece.lyrics) for piece in pieces) >= 3


def test_every_sung_line_lies_in_its_piece_in_order():
    for piece in (compose() for compose in COMPOSITIONS):
        beats = [word.beat for word in piece.lyrics]
        assert beats == sorted(beats)
        assert not beats or beats[-1] < piece.beats


def test_the_lyric_sheet_stamps_lines_and_words():
    piece = next(p for p in (c() for c in COMPOSITIONS) if p.lyrics)
    first = next(line for line in lrc(piece).splitlines() if line.startswith("[0"))
    assert first.startswith("[00:10.43]<00:10.43>We <00:10.76>folded")
