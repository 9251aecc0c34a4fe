"""What a composer writes down: notes, parts, lyrics and the piece they make."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server_stub.demo.harmony import chord, close, pitch

Wave = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tone:
    """One sound to make: pitch in hertz, how long it is held, how hard it is struck (0..1)."""

    hertz: float
    seconds: float
    velocity: float
    syllable: str = ""


Voice = Callable[[Tone], Wave]


@dataclass(frozen=True, slots=True)
class Note:
    """A pitch (MIDI number) at a place in the piece, counted in beats."""

    beat: float
    beats: float
    pitch: int
    velocity: float = 0.8
    syllable: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Notes for one voice and its place in the mix: level in dB, pan -1..1, sends 0..1."""

    voice: Voice
    notes: tuple[Note, ...]
    level_db: float = 0.0
    pan: float = 0.0
    reverb: float = 0.2
    echo: float = 0.0
    ducked: bool = False
    """Whether the part gives way to the kick drum."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A finished composition with its credits."""

    title: str
    artist: str
    album: str
    number: int
    year: int
    genre: str
    songwriter: str
    label: str
    isrc: str
    bpm: float
    parts: tuple[Part, ...]
    beats: float
    reverb_s: float = 2.0
    lyrics: tuple["Word", ...] = ()
    kicks: tuple[float, ...] = ()
    """Beats at which ducked parts give way."""

    @property
    def seconds(self) -> float:
        """Length, with the time the last sound needs to ring out."""
        return self.beats * 60 / self.bpm + self.reverb_s + 1.0


@dataclass(frozen=True, slots=True)
class Word:
    """A sung word and its beat; `ends_line` closes the line."""

    beat: float
    text: str
    ends_line: bool = False


def melody(text: str, start: float = 0.0, velocity: float = 0.8) -> tuple[Note, ...]:
    """Notes from `PITCH:BEATS` tokens, `-` for a rest: `A4:1 -:.5 C5:.5`."""
    notes = []
    beat = start
    for token in text.split():
        name, beats = token.split(":")
        if name != "-":
            notes.append(Note(beat, float(beats), pitch(name), velocity))
        beat += float(beats)
    return tuple(notes)


def song(text: str, start: float = 0.0) -> tuple[tuple[Note, ...], tuple[Word, ...]]:
    """Notes and words from `PITCH:BEATS:SYLLABLE` tokens, one sung line a text line.

    A syllable that ends in `-` is joined to the next one; `-:BEATS` is a rest.
    """
    notes: list[Note] = []
    words: list[Word] = []
    beat = start
    for line in text.strip().splitlines():
        open_word = ""
        word_beat = beat
        for token in line.split():
            name, beats, *sung = token.split(":")
            if name != "-" and sung:
                word_beat = word_beat if open_word else beat
                notes.append(Note(beat, float(beats), pitch(name), 0.8, sung[0]))
                open_word += sung[0].removesuffix("-")
                if not sung[0].endswith("-"):
                    words.append(Word(word_beat, open_word))
                    open_word = ""
            beat += float(beats)
        if words:
            words[-1] = Word(words[-1].beat, words[-1].text, ends_line=True)
    return tuple(notes), tuple(words)


def stanzas(*parts: tuple[float, str]) -> tuple[tuple[Note, ...], tuple[Word, ...]]:
    """Notes and words of several sung texts, each with the beat it begins at."""
    notes: tuple[Note, ...] = ()
    words: tuple[Word, ...] = ()
    for start, text in parts:
        more_notes, more_words = song(text, start)
        notes += more_notes
        words += more_words
    return notes, words


def chords(
    names: Iterable[str], beats: float, centre: int, start: float = 0.0, velocity: float = 0.6
) -> tuple[Note, ...]:
    """Held chords, each as long as the last, voiced closely around a pitch."""
    return tuple(
        Note(start + index * beats, beats, note, velocity)
        for index, name in enumerate(names)
        for note in close(chord(name), centre)
    )


def arpeggio(
    names: Iterable[str],
    pattern: Iterable[int],
    *,
    beats: float,
    step: float,
    octave: int,
    start: float = 0.0,
) -> tuple[Note, ...]:
    """Broken chords: `pattern` counts chord notes (above the chord, an octave higher)."""
    order = tuple(pattern)
    notes = []
    for index, name in enumerate(names):
        tones = chord(name, octave)
        for count in range(round(beats / step)):
            up, place = divmod(order[count % len(order)], len(tones))
            accent = 0.85 if count % 4 == 0 else 0.62
            beat = start + index * beats + count * step
            notes.append(Note(beat, step * 1.6, tones[place] + 12 * up, accent))
    return tuple(notes)


def hits(pattern: str, *, bars: int, step: float, start: float = 0.0) -> tuple[Note, ...]:
    """Drum hits from a bar such as `x..x..o.`: `x` loud, `o` soft, anything else silence."""
    strength = {"x": 0.95, "o": 0.5}
    length = len(pattern) * step
    return tuple(
        Note(start + bar * length + place * step, step, 60, strength[mark])
        for bar in range(bars)
        for place, mark in enumerate(pattern)
        if mark in strength
    )


def swing(notes: Iterable[Note], amount: float) -> tuple[Note, ...]:
    """Delay the off-beat quarters of a beat (x.25, x.75) by a share of a beat."""
    return tuple(
        Note(n.beat + amount, n.beats, n.pitch, n.velocity, n.syllable)
        if round(n.beat * 4) % 2
        else n
        for n in notes
    )


def repeat(notes: tuple[Note, ...], times: int, every: float) -> tuple[Note, ...]:
    """The same notes again, every so many beats."""
    return tuple(
        Note(n.beat + turn * every, n.beats, n.pitch, n.velocity, n.syllable)
        for turn in range(times)
        for n in notes
    )
