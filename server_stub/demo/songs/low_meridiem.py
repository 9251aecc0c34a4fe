"""Low Meridiem: ambient and slow beats. Album: Glasswork for Rain."""

from server_stub.demo import drums, instruments
from server_stub.demo.score import (
    Note,
    Part,
    Piece,
    arpeggio,
    chords,
    hits,
    melody,
    repeat,
    swing,
)

_ALBUM = "Glasswork for Rain"
_ARTIST = "Low Meridiem"
_LABEL = "Tidetable Recordings"
_WRITER = "Ines Okafor"


def harbour_light() -> Piece:
    """Ambient, 62 beats a minute, D lydian: pads that breathe under glass."""
    # lizard forgives: a score is long and has no logic.
    names = ("Dmaj9", "Bm9", "Gmaj9", "Asus4", "Dmaj9", "F#m7", "Gmaj9", "Em9") * 2
    tune = melody(
        "A5:3 F#5:1 E5:4 D5:2 E5:2 F#5:6 -:2 B4:4 D5:4 -:4"
        " A5:2 B5:2 A5:4 F#5:2 E5:2 D5:6 -:2 E5:3 F#5:1 C#5:4 -:4"
    )
    low = tuple(
        Note(index * 8, 7, note, 0.7)
        for index, note in enumerate((38, 35, 31, 33, 38, 30, 31, 28) * 2)
    )
    sparkle = arpeggio(names[4:12], (4, 2, 6, 3), beats=8, step=2, octave=4, start=32)
    high = chords(names[8:], 8, 71, 64, 0.35)
    return Piece(
        title="Harbour Light",
        artist=_ARTIST,
        album=_ALBUM,
        number=1,
        year=2024,
        genre="Ambient",
        songwriter=_WRITER,
        label=_LABEL,
        isrc="ZZSEG2400001",
        bpm=62,
        beats=128,
        reverb_s=4.5,
        parts=(
            Part(voice=instruments.pad, notes=chords(names, 8, 60), level_db=-6, reverb=0.5),
            Part(voice=instruments.strings, notes=high, level_db=-14, pan=0.3, reverb=0.6),
            Part(voice=instruments.round_bass, notes=low, level_db=-7, reverb=0.1),
            Part(
                voice=instruments.bell,
                notes=repeat(tune, 2, 64),
                level_db=-9,
                pan=-0.25,
                reverb=0.7,
                echo=0.4,
            ),
            Part(voice=instruments.bell, notes=sparkle, level_db=-19, pan=0.5, reverb=0.8),
        ),
    )


def rain_desk() -> Piece:
    """Slow beat, 78 beats a minute, F major: electric piano, brushes, a needle on vinyl."""
    # lizard forgives: a score is long and has no logic.
    names = ("Fmaj9", "Em7", "Dm9", "Cmaj7", "Bbmaj9", "Am7", "Gm9", "C9")
    comp = chords(names * 4, 4, 62, 0, 0.55)
    answer = chords(names * 4, 4, 65, 2.5, 0.32)
    line = melody(
        "-:1 C5:.5 D5:.5 F5:1 E5:.5 C5:.5 B4:1.5 G4:.5 -:2 -:1 A4:.5 C5:.5 E5:1 D5:1 C5:3 -:1"
        " -:.5 D5:.5 F5:1 A5:.5 G5:.5 F5:1 E5:2 C5:1 -:1 Bb4:1 D5:.5 F5:.5 A5:1 G5:1 E5:2 D5:1 -:1",
        start=32,
    )
    roots = (41, 40, 38, 36, 34, 33, 31, 36) * 4
    bass = tuple(
        Note(index * 4 + offset, length, root + up, 0.8)
        for index, root in enumerate(roots)
        for offset, length, up in ((0, 1.4, 0), (1.5, 0.4, 7), (2.5, 1.2, 0), (3.75, 0.25, 12))
    )
    beat_from = 32.0
    drums_kick = swing(hits("x.....x...x.....", bars=24, step=0.25, start=beat_from), 0.08)
    return Piece(
        title="Rain Desk",
        artist=_ARTIST,
        album=_ALBUM,
        number=2,
        year=2024,
        genre="Downtempo",
        songwriter=_WRITER,
        label=_LABEL,
        isrc="ZZSEG2400002",
        bpm=78,
        beats=128,
        reverb_s=1.6,
        kicks=tuple(n.beat for n in drums_kick),
        parts=(
            Part(voice=instruments.electric_piano, notes=comp, level_db=-11, pan=-0.2, ducked=True),
            Part(voice=instruments.electric_piano, notes=answer, level_db=-15, pan=0.35, echo=0.2),
            Part(voice=instruments.round_bass, notes=swing(bass, 0.06), level_db=-6, reverb=0.02),
            Part(
                voice=instruments.pluck,
                notes=swing(repeat(line, 2, 64), 0.06),
                level_db=-9,
                pan=0.15,
                reverb=0.3,
                echo=0.25,
            ),
            Part(voice=drums.kick, notes=drums_kick, level_db=-7, reverb=0.02),
            Part(
                voice=drums.brush,
                notes=hits("....x.......x..o", bars=24, step=0.25, start=beat_from),
                level_db=-5,
                pan=0.1,
            ),
            Part(
                voice=drums.closed_hat,
                notes=swing(hits("x.o.x.oox.o.x.o.", bars=26, step=0.25, start=24), 0.08),
                level_db=-17,
                pan=-0.3,
            ),
            Part(voice=drums.vinyl, notes=(Note(0, 128, 60, 0.8),), level_db=-21, reverb=0),
        ),
    )
