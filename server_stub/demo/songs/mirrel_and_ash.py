"""Mirrel & Ash: songs for plucked strings and voices. Album: Paper Weather."""

from server_stub.demo import drums, instruments
from server_stub.demo.score import Note, Part, Piece, arpeggio, chords, hits, stanzas

_ALBUM = "Paper Weather"
_ARTIST = "Mirrel & Ash"
_LABEL = "Small Lantern"
_WRITERS = "Joan Mirrel; Tobias Ash"

_BOATS_VERSE_1 = """
B3:.5:We D4:1:fold- D4:.5:ed E4:.5:ev- D4:.5:'ry \
B3:1:let- A3:1:ter A3:.5:in- B3:.5:to A3:2:sails
B3:.5:and G4:1:set E4:.5:them E4:.5:on D4:.5:the E4:1:gut- D4:1:ter B3:.5:in C4:.5:the E4:2:rain
B3:.5:the D4:1:cor- D4:.5:ner E4:.5:took D4:.5:them \
B3:1:past A3:1:the A3:.5:gar- B3:.5:den F#4:2:rails
E4:.5:and E4:1:no D4:.5:one C4:.5:saw D4:.5:them E4:1:come D4:1:a- B3:2.5:gain -:.5
"""
_BOATS_VERSE_2 = """
B3:.5:The D4:1:wind D4:.5:came E4:.5:round D4:.5:the \
B3:1:chim- A3:1:ney A3:.5:like B3:.5:a A3:2:thief
B3:.5:and G4:1:stole E4:.5:the E4:.5:small- D4:.5:est \
E4:1:one D4:1:out B3:.5:of C4:.5:the E4:2:street
B3:.5:the D4:1:gulls D4:.5:were E4:.5:read- D4:.5:ing \
B3:1:ev- A3:1:'ry A3:.5:fold- B3:.5:ed F#4:2:leaf
E4:.5:and E4:1:I D4:.5:stood C4:.5:there D4:.5:with E4:1:salt- D4:1:y B3:2.5:feet -:.5
"""
_BOATS_CHORUS = """
G4:1.5:Pa- E4:.5:per G4:2:boats, -:.5 G4:.5:pa- A4:.5:per G4:.5:boats E4:1:all D4:1:day,
F#4:1:how F#4:.5:far E4:.5:is D4:1:it A3:1:out B3:1:to D4:.5:the E4:1.5:bay? -:1
G4:1.5:Pa- E4:.5:per G4:2:boats, -:.5 G4:.5:and A4:.5:one G4:1:for D4:1.5:me,
F#4:1:I E4:.5:wrote D4:.5:your D4:1:name A3:1:and B3:1:let D4:.5:it G3:2:be. -:.5
"""
_FERRY_VERSE_1 = """
A4:2:Slow C5:1:fer- A4:2:ry F4:1:leaves G4:2:with- E4:1:out D4:3:me,
A4:2:lan- C5:1:terns A4:2:low F4:1:on E4:2:the G4:1:wa- B4:3:ter,
C5:2:all B4:1:of A4:2:the C5:1:names G4:1:that G4:1:I E4:1:car- D4:3:ried
A4:2:fold C5:1:in- D5:2:to B4:1:the A4:3:dark. -:3
"""
_FERRY_VERSE_2 = """
A4:2:Some- C5:1:one A4:2:is F4:1:sing- G4:2:ing E4:1:on D4:3:deck,
A4:2:some- C5:1:one A4:2:has F4:1:brought E4:2:an G4:1:or- B4:3:ange,
C5:2:peel B4:1:it A4:2:and C5:1:give G4:1:ev- G4:1:'ry E4:1:one D4:3:half,
A4:2:half C5:1:a D5:2:moon B4:1:a- A4:3:piece. -:3
"""
_FERRY_CHORUS = """
C5:2:Car- A4:1:ry G4:3:me G4:1:o- A4:1:ver B4:1:the C5:3:bay,
A4:2:no- C5:1:bod- G4:3:y D5:1:needs B4:1:to G4:1:know A4:3:yet,
C5:2:slow A4:1:as G4:3:bread G4:1:and A4:1:warm B4:1:as C5:3:clay,
A4:2:leave C5:1:me B4:2:on G#4:1:the A4:5:shore. -:1
"""


def _third_below(notes: tuple[Note, ...], first_beat: float) -> tuple[Note, ...]:
    """A second voice, three scale steps down the white keys, from a beat on."""
    down = {0: 3, 1: 4, 2: 3, 3: 3, 4: 4, 5: 3, 6: 4, 7: 3, 8: 4, 9: 4, 10: 3, 11: 4}
    return tuple(
        Note(n.beat, n.beats, n.pitch - down[n.pitch % 12], 0.55, n.syllable)
        for n in notes
        if n.beat >= first_beat
    )


def paper_boats() -> Piece:
    """Folk, 92 beats a minute, G major, sung."""
    # lizard forgives: a score is long and has no logic.
    intro, verse = ("G", "C", "G", "D"), ("G", "D", "Em", "C", "G", "D", "C", "G")
    chorus = ("C", "G", "D", "Em", "C", "G", "D", "G")
    names = (*intro, *verse, *chorus, *verse, *chorus, "Em", "C", "D", "G")
    voice, words = stanzas(
        (16, _BOATS_VERSE_1), (48, _BOATS_CHORUS), (80, _BOATS_VERSE_2), (112, _BOATS_CHORUS)
    )
    picked = arpeggio(names, (0, 2, 4, 2, 3, 2, 4, 2), beats=4, step=0.5, octave=3)
    thumbs = tuple(
        Note(n.beat, 1.8, n.pitch - 12, 0.75) for n in picked if round(n.beat * 2) % 4 == 0
    )
    return Piece(
        title="Paper Boats",
        artist=_ARTIST,
        album=_ALBUM,
        number=1,
        year=2025,
        genre="Folk",
        songwriter=_WRITERS,
        label=_LABEL,
        isrc="ZZSEG2500001",
        bpm=92,
        beats=160,
        reverb_s=1.8,
        lyrics=words,
        parts=(
            Part(voice=instruments.pluck, notes=picked, level_db=-6, pan=-0.3, reverb=0.25),
            Part(voice=instruments.pluck, notes=thumbs, level_db=-5, pan=0.1, reverb=0.15),
            Part(voice=instruments.singer, notes=voice, level_db=-8, reverb=0.35),
            Part(
                voice=instruments.singer,
                notes=_third_below(voice, 112),
                level_db=-13,
                pan=0.35,
                reverb=0.4,
            ),
            Part(
                voice=instruments.strings,
                notes=chords(chorus, 4, 67, 112, 0.5),
                level_db=-15,
                pan=0.2,
                reverb=0.5,
            ),
            Part(
                voice=drums.shaker,
                notes=hits("o.x.o.xo", bars=24, step=0.5, start=48),
                level_db=-13,
                pan=0.4,
            ),
        ),
    )


def the_slow_ferry() -> Piece:
    """A waltz, 132 beats a minute, A minor, sung."""
    # lizard forgives: a score is long and has no logic.
    intro = ("Am", "F", "C", "G", "Am", "F", "E", "Am")
    verse = (*("Am", "F", "C", "G") * 3, "F", "G", "Am", "Am")
    chorus = (*("F", "C", "G", "Am") * 3, "F", "E", "Am", "Am")
    names = (*intro, *verse, *chorus, *intro, *verse, *chorus, *intro)
    voice, words = stanzas(
        (24, _FERRY_VERSE_1), (72, _FERRY_CHORUS), (144, _FERRY_VERSE_2), (192, _FERRY_CHORUS)
    )
    waltz = chords(names, 3, 64, 1, 0.42) + chords(names, 3, 64, 2, 0.36)
    short = tuple(Note(n.beat, 0.8, n.pitch, n.velocity) for n in waltz)
    bass = tuple(
        Note(n.beat, 2.4, n.pitch - 12, 0.75)
        for n in arpeggio(names, (0,), beats=3, step=3, octave=3)
    )
    box = arpeggio(intro, (3, 4, 5, 4, 3, 2), beats=3, step=0.5, octave=5)
    box += tuple(
        Note(n.beat + shift, n.beats, n.pitch, n.velocity) for shift in (120, 240) for n in box
    )
    return Piece(
        title="The Slow Ferry",
        artist=_ARTIST,
        album=_ALBUM,
        number=2,
        year=2025,
        genre="Chamber Folk",
        songwriter=_WRITERS,
        label=_LABEL,
        isrc="ZZSEG2500002",
        bpm=132,
        beats=264,
        reverb_s=2.4,
        lyrics=words,
        parts=(
            Part(voice=instruments.pluck, notes=short, level_db=-11, pan=-0.35, reverb=0.3),
            Part(voice=instruments.round_bass, notes=bass, level_db=-8, reverb=0.1),
            Part(voice=instruments.bell, notes=box, level_db=-18, pan=0.4, reverb=0.6),
            Part(voice=instruments.singer, notes=voice, level_db=-8, reverb=0.4),
            Part(
                voice=instruments.strings,
                notes=chords(chorus, 3, 60, 192, 0.5) + chords(chorus, 3, 60, 72, 0.35),
                level_db=-14,
                pan=0.2,
                reverb=0.5,
            ),
        ),
    )
