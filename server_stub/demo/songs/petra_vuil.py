"""Petra Vuil: patterns for wood, pipes and horns. Album: Longwave."""

from server_stub.demo import instruments
from server_stub.demo.score import Note, Part, Piece, arpeggio, chords, melody, repeat

_ALBUM = "Longwave"
_ARTIST = "Petra Vuil"
_LABEL = "Halden Institute of Sound"
_WRITER = "Petra Vuil"


def tidewater() -> Piece:
    """Minimal, 144 beats a minute, five to the bar, B flat: marimbas drifting apart."""
    # lizard forgives: a score is long and has no logic.
    cell = melody("F4:.5 Bb4:.5 C5:.5 F5:.5 D5:.5 Bb4:.5 C5:.5 F4:.5 G4:.5 Bb4:.5")
    shifted = tuple(Note((n.beat + 1.5) % 5, n.beats, n.pitch + 7, 0.6) for n in cell)
    slow = melody("Bb5:5 A5:5 F5:5 G5:5 D5:5 F5:5 C5:5 -:5")
    names = ("Bbmaj9", "Bbmaj9", "Gm9", "Gm9", "Ebmaj9", "Ebmaj9", "F9", "Fsus4")
    bass = arpeggio(names * 5, (0, 0, 2, 0, 1), beats=5, step=1, octave=2, start=40)
    return Piece(
        title="Tidewater",
        artist=_ARTIST,
        album=_ALBUM,
        number=1,
        year=2023,
        genre="Minimal",
        songwriter=_WRITER,
        label=_LABEL,
        isrc="ZZSEG2300001",
        bpm=144,
        beats=240,
        reverb_s=2.0,
        parts=(
            Part(
                voice=instruments.marimba,
                notes=repeat(cell, 48, 5),
                level_db=-7,
                pan=-0.5,
                reverb=0.3,
            ),
            Part(
                voice=instruments.marimba,
                notes=tuple(
                    Note(n.beat + 20, n.beats, n.pitch, 0.6) for n in repeat(shifted, 42, 5)
                ),
                level_db=-9,
                pan=0.5,
                reverb=0.3,
            ),
            Part(voice=instruments.round_bass, notes=bass, level_db=-11, reverb=0.1),
            Part(
                voice=instruments.pad,
                notes=chords(names * 5, 5, 58, 40, 0.5),
                level_db=-15,
                reverb=0.5,
            ),
            Part(
                voice=instruments.bell,
                notes=tuple(Note(n.beat + 80, n.beats, n.pitch, 0.6) for n in repeat(slow, 3, 40)),
                level_db=-14,
                reverb=0.6,
            ),
            Part(
                voice=instruments.strings,
                notes=tuple(
                    Note(n.beat + 120, n.beats, n.pitch - 12, 0.6) for n in repeat(slow, 3, 40)
                ),
                level_db=-13,
                pan=0.15,
                reverb=0.5,
            ),
        ),
    )


def second_harvest() -> Piece:
    """A hymn, 66 beats a minute, E flat: organ alone, then the horns join."""
    # lizard forgives: a score is long and has no logic.
    names = (
        *("Eb", "Ab", "Bb", "Eb", "Cm", "Ab", "Fm7", "Bb"),
        *("Eb", "Gm", "Ab", "Eb", "Ab", "Bb", "Eb", "Eb"),
    )
    soprano = melody(
        "G4:1 Ab4:1 Bb4:2 C5:1 Bb4:1 Ab4:2 Bb4:1 C5:1 D5:2 Eb5:4"
        " Eb5:1 D5:1 C5:2 Bb4:1 Ab4:1 C5:2 Ab4:1 G4:1 F4:2 F4:4"
        " G4:1 Ab4:1 Bb4:2 D5:1 C5:1 Bb4:2 C5:1 Eb5:1 C5:2 Bb4:4"
        " Ab4:1 C5:1 Eb5:2 D5:1 C5:1 Bb4:2 G4:3 F4:1 Eb4:4"
    )
    soprano = tuple(Note(n.beat * 56 / 64, n.beats * 56 / 64, n.pitch, 0.8) for n in soprano)
    held = chords(names, 3.5, 62, 0, 0.5)
    pedal = tuple(
        Note(n.beat, 3.4, n.pitch - 12, 0.6)
        for n in arpeggio(names, (0,), beats=3.5, step=3.5, octave=3)
    )
    counter = melody("Eb4:7 D4:3.5 Eb4:3.5 C4:7 D4:7 G4:7 Ab4:7 Ab4:3.5 F4:3.5 Eb4:7", 56)
    return Piece(
        title="Second Harvest",
        artist=_ARTIST,
        album=_ALBUM,
        number=2,
        year=2023,
        genre="Modern Classical",
        songwriter=_WRITER,
        label=_LABEL,
        isrc="ZZSEG2300002",
        bpm=66,
        beats=112,
        reverb_s=3.6,
        parts=(
            Part(
                voice=instruments.organ,
                notes=repeat(held, 2, 56),
                level_db=-12,
                pan=-0.1,
                reverb=0.5,
            ),
            Part(voice=instruments.organ, notes=repeat(pedal, 2, 56), level_db=-11, reverb=0.3),
            Part(voice=instruments.organ, notes=soprano, level_db=-10, pan=0.1, reverb=0.5),
            Part(
                voice=instruments.brass,
                notes=tuple(Note(n.beat + 56, n.beats, n.pitch, 0.85) for n in soprano),
                level_db=-7,
                pan=0.2,
                reverb=0.45,
            ),
            Part(voice=instruments.brass, notes=counter, level_db=-11, pan=-0.35, reverb=0.45),
        ),
    )
