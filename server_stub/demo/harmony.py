"""Names of pitches and chords as MIDI numbers."""

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"#": 1, "b": -1}
_QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7, 12),
    "6": (0, 4, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m9": (0, 3, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14),
    "9": (0, 4, 7, 10, 14),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
    "dim": (0, 3, 6),
}


def pitch(name: str) -> int:
    """MIDI number of a pitch such as `A4` (69), `F#3` or `Bb2`.

    Raises KeyError or ValueError if it is no pitch.
    """
    step = _STEPS[name[0]]
    rest = name[1:]
    while rest[0] in _ACCIDENTALS:
        step += _ACCIDENTALS[rest[0]]
        rest = rest[1:]
    return 12 * (int(rest) + 1) + step


def chord(name: str, octave: int = 3) -> tuple[int, ...]:
    """MIDI numbers of a chord such as `Am7` or `Bbmaj9`, root in the given octave."""
    split = 2 if len(name) > 1 and name[1] in _ACCIDENTALS else 1
    root = pitch(f"{name[:split]}{octave}")
    return tuple(root + interval for interval in _QUALITIES[name[split:]])


def close(notes: tuple[int, ...], centre: int) -> tuple[int, ...]:
    """The same chord with every note moved by octaves to lie nearest the centre."""
    return tuple(sorted(centre + (note - centre + 6) % 12 - 6 for note in notes))


def hertz(midi: float) -> float:
    """Frequency of a MIDI number in equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((midi - 69) / 12))
