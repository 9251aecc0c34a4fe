"""Dell Tarrow: machines that dance. Album: Small Engines."""

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
    stanzas,
)

_ALBUM = "Small Engines"
_ARTIST = "Dell Tarrow"
_LABEL = "Fourth Gear"
_WRITER = "Dell Tarrow"

_TRAM_VERSE_1 = """
E4:.5:Last G4:.5:tram G4:1:out F#4:.5:of E4:.5:the D4:1:sta- E4:2:tion, -:2
G4:.5:glass A4:.5:is B4:1:full A4:.5:of G4:.5:the F#4:1:ci- D4:2:ty, -:2
E4:.5:no G4:.5:one G4:1:is F#4:.5:ask- E4:.5:ing G4:1:di- E4:1:rec- E4:1:tions, -:2
B4:1:I A4:.5:am G4:.5:half- A4:1.5:way G4:.5:to F#4:2:you. -:2
"""
_TRAM_VERSE_2 = """
E4:.5:Rain G4:.5:on G4:1:the F#4:.5:wire E4:.5:is D4:1:sing- E4:2:ing, -:2
G4:.5:all A4:.5:of B4:1:the A4:.5:stops G4:.5:are F#4:1:sleep- D4:2:ing, -:2
E4:.5:I G4:.5:keep G4:1:the F#4:.5:warm E4:.5:seat G4:1:be- E4:1:side E4:1:me, -:2
B4:1:you A4:.5:keep G4:.5:the A4:1.5:light G4:.5:on F#4:2:too. -:2
"""
_TRAM_CHORUS = """
E5:2:Night D5:1:tram, B4:1:hum A4:1:me D5:1:home, -:2
B4:1:ev- B4:.5:'ry A4:.5:win- G4:1:dow's A4:1:a B4:1:stone, -:3
E5:2:night D5:1:tram, B4:1:burn A4:1:it D5:1:slow, -:2
B4:1:ten B4:.5:more A4:.5:lights G4:1:and F#4:1:then E4:2:home. -:2
"""


def idle_choke() -> Piece:
    """House, 122 beats a minute, C minor."""
    # lizard forgives: a score is long and has no logic.
    names = ("Cm7", "Cm7", "Abmaj7", "Bb6")
    stabs = tuple(
        Note(bar * 4 + offset, 0.35, note, 0.7)
        for bar in range(8, 48)
        for offset in (0.75, 1.5, 2.75)
        for note in sorted({n.pitch for n in chords((names[bar % 4],), 4, 63)})
    )
    low = (36, 36, 32, 34)
    bass = tuple(
        Note(bar * 4 + offset, 0.3, low[bar % 4] + up, 0.85)
        for bar in range(4, 50)
        for offset, up in ((0.5, 0), (1.25, 0), (1.75, 12), (2.5, 0), (3.5, 7))
    )
    tune = melody(
        "G5:.5 -:.5 Eb5:.5 F5:.5 -:.5 G5:.5 -:1 Bb5:.5 G5:.5 -:1 F5:.5 Eb5:.5 -:1"
        " C5:.5 -:.5 Eb5:.5 G5:.5 -:.5 Ab5:.5 -:1 G5:.5 F5:.5 -:.5 D5:.5 Bb4:1 -:1"
    )
    kick = hits("x...x...x...x...", bars=16, step=0.25, start=8)
    kick += hits("x...x...x...x...", bars=30, step=0.25, start=80)
    return Piece(
        title="Idle, Choke",
        artist=_ARTIST,
        album=_ALBUM,
        number=1,
        year=2026,
        genre="House",
        songwriter=_WRITER,
        label=_LABEL,
        isrc="ZZSEG2600001",
        bpm=122,
        beats=208,
        reverb_s=1.4,
        kicks=tuple(n.beat for n in kick),
        parts=(
            Part(voice=drums.kick, notes=kick, level_db=-4, reverb=0.01),
            Part(
                voice=drums.clap,
                notes=hits("....x.......x...", bars=44, step=0.25, start=24),
                level_db=-8,
                reverb=0.3,
            ),
            Part(
                voice=drums.open_hat,
                notes=hits("..x...x...x...x.", bars=46, step=0.25, start=16),
                level_db=-16,
                pan=0.2,
            ),
            Part(
                voice=drums.shaker,
                notes=hits("oxoxoxoxoxoxoxox", bars=48, step=0.25, start=8),
                level_db=-16,
                pan=-0.4,
            ),
            Part(voice=instruments.synth_bass, notes=bass, level_db=-6, reverb=0, ducked=True),
            Part(
                voice=instruments.electric_piano,
                notes=stabs,
                level_db=-11,
                pan=-0.2,
                ducked=True,
                echo=0.35,
            ),
            Part(
                voice=instruments.pad,
                notes=chords(names * 13, 4, 60),
                level_db=-16,
                reverb=0.4,
                ducked=True,
            ),
            Part(
                voice=instruments.bell,
                notes=tuple(Note(n.beat + 64, n.beats, n.pitch, 0.7) for n in repeat(tune, 8, 16)),
                level_db=-15,
                pan=0.3,
                reverb=0.4,
                echo=0.45,
            ),
        ),
    )


def night_tram() -> Piece:
    """Synthwave, 100 beats a minute, E minor, sung."""
    # lizard forgives: a score is long and has no logic.
    verse, chorus = ("Em", "C", "G", "D"), ("C", "D", "Em", "G")
    last = ("C", "D", "Em", "D")
    names: tuple[str, ...] = (
        *verse,
        *verse,
        *verse,
        *chorus,
        *last,
        *verse,
        *verse,
        *chorus,
        *last,
        *verse,
        "Em",
    )
    names += ("C", "G", "Em")
    voice, words = stanzas(
        (16, _TRAM_VERSE_1), (48, _TRAM_CHORUS), (80, _TRAM_VERSE_2), (112, _TRAM_CHORUS)
    )
    pulse = arpeggio(names, (0, 0, 0, 0, 0, 0, 3, 0), beats=4, step=0.5, octave=2)
    runs = arpeggio(names, (0, 1, 2, 3, 4, 3, 2, 1), beats=4, step=0.25, octave=4)
    kick = hits("x.....x.x.......", bars=34, step=0.25, start=16)
    solo = melody("B5:3 A5:1 G5:2 F#5:2 E5:4 D5:2 E5:2 G5:3 A5:1 B5:2 D6:2 A5:8", 144)
    return Piece(
        title="Night Tram",
        artist=_ARTIST,
        album=_ALBUM,
        number=2,
        year=2026,
        genre="Synthwave",
        songwriter=_WRITER,
        label=_LABEL,
        isrc="ZZSEG2600002",
        bpm=100,
        beats=176,
        reverb_s=2.6,
        lyrics=words,
        kicks=tuple(n.beat for n in kick),
        parts=(
            Part(voice=instruments.synth_bass, notes=pulse, level_db=-7, reverb=0, ducked=True),
            Part(voice=instruments.chip, notes=runs, level_db=-22, pan=0.35, echo=0.4),
            Part(
                voice=instruments.pad,
                notes=chords(names, 4, 62),
                level_db=-11,
                reverb=0.5,
                ducked=True,
            ),
            Part(voice=instruments.singer, notes=voice, level_db=-8, reverb=0.45, echo=0.18),
            Part(voice=instruments.saw_lead, notes=solo, level_db=-12, reverb=0.5, echo=0.35),
            Part(voice=drums.kick, notes=kick, level_db=-6, reverb=0.02),
            Part(
                voice=drums.snare,
                notes=hits("....x.......x...", bars=34, step=0.25, start=16),
                level_db=-8,
                reverb=0.5,
            ),
            Part(
                voice=drums.closed_hat,
                notes=hits("x.o.x.o.x.o.x.oo", bars=32, step=0.25, start=24),
                level_db=-17,
                pan=-0.25,
            ),
        ),
    )


def clockmaker() -> Piece:
    """Chip music, 150 beats a minute, G major, restless."""
    # lizard forgives: a score is long and has no logic.
    names = ("G", "D", "Em", "Bm", "C", "G", "Am7", "D7")
    tune = melody(
        "D5:.5 G5:.5 B5:1 A5:.5 G5:.5 A5:1 F#5:.5 A5:.5 D6:1 C6:.5 B5:.5 A5:1"
        " G5:.5 B5:.5 E6:1 D6:.5 B5:.5 G5:1 F#5:1 D5:1 B4:1 -:1"
        " C5:.5 E5:.5 G5:1 A5:.5 G5:.5 E5:1 D5:.5 G5:.5 B5:1 D6:2"
        " C6:.5 B5:.5 A5:.5 G5:.5 A5:1 E5:1 F#5:.5 G5:.5 A5:.5 C6:.5 A5:2"
    )
    under = tuple(Note(n.beat, n.beats, n.pitch - 12, 0.5) for n in tune)
    steps = arpeggio(names * 8, (0, 3, 1, 3, 2, 3, 1, 3), beats=4, step=0.5, octave=2)
    ticks = arpeggio(names * 8, (0, 1, 2, 3, 2, 1), beats=4, step=0.25, octave=5)
    kick = hits("x...x..x..x.x...", bars=52, step=0.25, start=32)
    return Piece(
        title="Clockmaker",
        artist=_ARTIST,
        album=_ALBUM,
        number=3,
        year=2026,
        genre="Chiptune",
        songwriter=_WRITER,
        label=_LABEL,
        isrc="ZZSEG2600003",
        bpm=150,
        beats=256,
        reverb_s=1.2,
        kicks=tuple(n.beat for n in kick),
        parts=(
            Part(
                voice=instruments.chip,
                notes=tuple(Note(n.beat + 32, n.beats, n.pitch, 0.8) for n in repeat(tune, 6, 32)),
                level_db=-13,
                pan=0.1,
                echo=0.3,
            ),
            Part(
                voice=instruments.chip,
                notes=tuple(Note(n.beat + 96, n.beats, n.pitch, 0.6) for n in repeat(under, 4, 32)),
                level_db=-18,
                pan=-0.35,
            ),
            Part(voice=instruments.synth_bass, notes=steps, level_db=-9, reverb=0, ducked=True),
            Part(voice=instruments.marimba, notes=ticks, level_db=-19, pan=0.45, reverb=0.3),
            Part(voice=drums.kick, notes=kick, level_db=-8, reverb=0.01),
            Part(
                voice=drums.snare,
                notes=hits("....x.......x.o.", bars=52, step=0.25, start=32),
                level_db=-12,
            ),
            Part(
                voice=drums.rim,
                notes=hits("x.xx.x.xx.x.x.xx", bars=60, step=0.25, start=8),
                level_db=-20,
                pan=-0.5,
            ),
        ),
    )
