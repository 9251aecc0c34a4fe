"""Pitched voices, each a function from a tone to its samples (mono float32 at 44,100 Hz)."""

import zlib

import numpy as np

from server_stub.demo.score import Tone, Wave

RATE = 44_100
_VOWELS: dict[str, tuple[tuple[float, float, float], ...]] = {
    # formant: centre in Hz, width in Hz, level
    "a": ((730, 110, 1.0), (1090, 140, 0.6), (2440, 220, 0.22)),
    "e": ((530, 100, 1.0), (1840, 160, 0.40), (2480, 220, 0.24)),
    "i": ((330, 90, 1.0), (2100, 160, 0.30), (2900, 240, 0.20)),
    "o": ((520, 100, 1.0), (880, 130, 0.55), (2410, 220, 0.12)),
    "u": ((340, 90, 1.0), (870, 130, 0.35), (2240, 220, 0.08)),
}


def _time(seconds: float) -> Wave:
    return np.arange(max(1, round(seconds * RATE)), dtype=np.float32) / np.float32(RATE)


def _envelope(length: int, *, attack: float, release: float) -> Wave:
    """Cosine rise and fall, in seconds, one in between."""
    shape = np.ones(length, np.float32)
    rise, fall = (min(length // 2, round(s * RATE)) for s in (attack, release))
    if rise:
        shape[:rise] = 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    if fall:
        shape[-fall:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(fall) / fall)
    return shape


def _phase(tone: Tone, t: Wave, cents: float = 0.0, vibrato: float = 0.0) -> Wave:
    hertz = tone.hertz * 2 ** (cents / 1200)
    phase = 2 * np.pi * hertz * t.astype(np.float64)
    if vibrato:
        depth = vibrato * np.clip((t - 0.25) / 0.6, 0, 1)
        phase += hertz * depth / 5.2 * -np.cos(2 * np.pi * 5.2 * t)
    wrapped: Wave = np.mod(phase, 2 * np.pi).astype(np.float32)
    return wrapped


def _harmonics(phase: Wave, levels: list[float]) -> Wave:
    """Sum of sines by the recurrence sin (n+1)x = 2 cos x sin nx - sin (n-1)x."""
    before = np.zeros_like(phase)
    now = np.sin(phase)
    twice_cosine = 2 * np.cos(phase)
    out = np.zeros_like(phase)
    for level in levels:
        if level:
            out += np.float32(level) * now
        before, now = now, twice_cosine * now - before
    return out


def _seed(tone: Tone) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(f"{tone.hertz:.3f}:{tone.seconds:.3f}".encode()))


def pluck(tone: Tone) -> Wave:
    """A nylon string: harmonics that die the faster the higher they are."""
    ring = min(2.8, tone.seconds + 1.2)
    t = _time(ring)
    phase = _phase(tone, t)
    out = np.zeros_like(t)
    count = max(2, min(14, int(9000 / tone.hertz)))
    for n in range(1, count + 1):
        level = np.sin(np.pi * n * 0.22) / n**1.25 * tone.velocity ** (0.6 + 0.12 * n)
        out += np.float32(level) * np.exp(-t * (1.1 + 0.75 * n)) * np.sin(n * phase)
    noise = _seed(tone).standard_normal(len(t), dtype=np.float32) * np.exp(-t * 260)
    damp = _envelope(len(t), attack=0.001, release=0.4)
    return (out + 0.05 * noise) * damp * np.float32(0.9)


def electric_piano(tone: Tone) -> Wave:
    """Two-operator FM: a soft body and a tine that fades first."""
    t = _time(tone.seconds + 0.7)
    phase = _phase(tone, t)
    body_index = (0.4 + 1.3 * tone.velocity) * np.exp(-t * 2.2)
    body = np.sin(phase + body_index * np.sin(phase))
    tine = 0.16 * tone.velocity * np.exp(-t * 9) * np.sin(phase + 0.8 * np.sin(14 * phase))
    tremolo = 1 + 0.07 * np.sin(2 * np.pi * 4.1 * t)
    decay = np.exp(-t * (0.9 + tone.hertz / 900))
    shape = _envelope(len(t), attack=0.003, release=0.45)
    out: Wave = (body + tine) * tremolo * decay * shape * np.float32(tone.velocity * 0.8)
    return out


def bell(tone: Tone) -> Wave:
    """Struck glass: inharmonic partials with a long ring."""
    t = _time(tone.seconds + 2.6)
    out = np.zeros_like(t)
    for ratio, level, decay in ((1, 1.0, 1.1), (2.76, 0.45, 2.2), (5.4, 0.2, 4.2), (8.93, 0.07, 8)):
        if tone.hertz * ratio < 16_000:
            out += level * np.exp(-t * decay) * np.sin(2 * np.pi * tone.hertz * ratio * t)
    return (out * _envelope(len(t), attack=0.002, release=0.8)).astype(np.float32) * np.float32(
        tone.velocity * 0.55
    )


def marimba(tone: Tone) -> Wave:
    """A wooden bar: a warm fundamental and a short knock two octaves up."""
    t = _time(min(1.4, tone.seconds + 0.9))
    fundamental = np.sin(_phase(tone, t)) * np.exp(-t * 4.2)
    knock = 0.35 * np.sin(2 * np.pi * tone.hertz * 3.93 * t) * np.exp(-t * 18)
    thud = 0.12 * np.sin(2 * np.pi * tone.hertz * 9.2 * t) * np.exp(-t * 55)
    shape = _envelope(len(t), attack=0.0015, release=0.2)
    out: Wave = (fundamental + knock + thud) * shape * np.float32(tone.velocity)
    return out.astype(np.float32)


def pad(tone: Tone) -> Wave:
    """Three detuned soft saws with a slow breath in and out."""
    t = _time(tone.seconds + 1.4)
    count = max(2, min(12, int(3600 / tone.hertz)))
    levels = [np.exp(-n * 0.22) / n for n in range(1, count + 1)]
    out = sum((_harmonics(_phase(tone, t, cents), levels) for cents in (-7.0, 0.0, 6.0)), 0 * t)
    shape = _envelope(len(t), attack=min(0.9, tone.seconds / 3), release=1.4)
    wave: Wave = out * shape * np.float32(tone.velocity * 0.3)
    return wave


def strings(tone: Tone) -> Wave:
    """A section: brighter than the pad, with vibrato."""
    t = _time(tone.seconds + 0.5)
    count = max(3, min(16, int(6500 / tone.hertz)))
    levels = [1 / n**1.25 for n in range(1, count + 1)]
    voices = ((-6.0, 0.0030), (0.0, 0.0045), (7.0, 0.0036))
    out = sum((_harmonics(_phase(tone, t, c, v), levels) for c, v in voices), 0 * t)
    shape = _envelope(len(t), attack=min(0.18, tone.seconds / 3), release=0.5)
    wave: Wave = out * shape * np.float32(tone.velocity * 0.26)
    return wave


def organ(tone: Tone) -> Wave:
    """Flutes and principals: octaves and a fifth, no decay."""
    t = _time(tone.seconds + 0.18)
    levels = [1.0, 0.55, 0.22, 0.30, 0.0, 0.12, 0.0, 0.10]
    out = _harmonics(_phase(tone, t), levels) + 0.4 * _harmonics(_phase(tone, t, 3.0), levels)
    wave: Wave = (
        out * _envelope(len(t), attack=0.05, release=0.18) * np.float32(tone.velocity * 0.4)
    )
    return wave


def brass(tone: Tone) -> Wave:
    """A horn: brightness follows the swell."""
    t = _time(tone.seconds + 0.3)
    phase = _phase(tone, t, 0.0, 0.003)
    swell = _envelope(len(t), attack=min(0.16, tone.seconds / 3), release=0.3)
    count = max(3, min(12, int(5200 / tone.hertz)))
    dark = _harmonics(phase, [np.exp(-n * 0.75) for n in range(1, count + 1)])
    bright = _harmonics(phase, [np.exp(-n * 0.32) for n in range(1, count + 1)])
    wave: Wave = (dark * (1 - swell * 0.6) + bright * swell * 0.5) * swell
    return wave * np.float32(tone.velocity * 0.7)


def round_bass(tone: Tone) -> Wave:
    """An upright-like bass: fundamental, a little second and third."""
    t = _time(tone.seconds + 0.12)
    out = _harmonics(_phase(tone, t), [1.0, 0.42, 0.16, 0.06])
    shape = (_envelope(len(t), attack=0.006, release=0.1) * np.exp(-t * 1.1)).astype(np.float32)
    wave: Wave = np.tanh(1.4 * out * shape) * np.float32(tone.velocity * 0.8)
    return wave


def synth_bass(tone: Tone) -> Wave:
    """A saw whose filter closes quickly."""
    t = _time(tone.seconds + 0.06)
    phase = _phase(tone, t)
    count = max(3, min(20, int(3800 / tone.hertz)))
    bright = _harmonics(phase, [1 / n for n in range(1, count + 1)])
    dark = _harmonics(phase, [1.0, 0.35, 0.12])
    mix = np.exp(-t * 9)
    shape = _envelope(len(t), attack=0.003, release=0.05)
    wave: Wave = np.tanh((bright * mix + dark * (1 - mix)) * 1.1) * shape
    return wave * np.float32(tone.velocity * 0.7)


def saw_lead(tone: Tone) -> Wave:
    """Two detuned saws with a late vibrato."""
    t = _time(tone.seconds + 0.2)
    count = max(3, min(18, int(7000 / tone.hertz)))
    levels = [np.exp(-n * 0.08) / n for n in range(1, count + 1)]
    out = _harmonics(_phase(tone, t, -5, 0.004), levels) + _harmonics(_phase(tone, t, 6), levels)
    shape = _envelope(len(t), attack=0.012, release=0.2) * (0.6 + 0.4 * np.exp(-t * 3))
    wave: Wave = out * shape.astype(np.float32) * np.float32(tone.velocity * 0.3)
    return wave


def chip(tone: Tone) -> Wave:
    """A quarter pulse as old sound chips made it, without the aliasing."""
    t = _time(tone.seconds)
    count = max(3, min(24, int(12_000 / tone.hertz)))
    levels = [np.sin(np.pi * n * 0.25) / n for n in range(1, count + 1)]
    shape = _envelope(len(t), attack=0.002, release=0.02) * (0.45 + 0.55 * np.exp(-t * 6))
    wave: Wave = _harmonics(_phase(tone, t, 0, 0.003), levels) * shape.astype(np.float32)
    return wave * np.float32(tone.velocity * 0.5)


def singer(tone: Tone) -> Wave:
    """Three voices on a vowel taken from the syllable: harmonics weighed by its formants."""
    t = _time(tone.seconds + 0.12)
    vowel = next((c for c in tone.syllable.lower() if c in _VOWELS), "a")
    count = max(4, min(26, int(3600 / tone.hertz)))
    levels = [
        sum(g / (1 + ((n * tone.hertz - c) / w) ** 2) for c, w, g in _VOWELS[vowel]) / n**0.35
        for n in range(1, count + 1)
    ]
    voices = ((-9.0, 0.0045), (0.0, 0.0060), (8.0, 0.0040))
    out = sum((_harmonics(_phase(tone, t, c, v), levels) for c, v in voices), 0 * t)
    loudest = float(np.abs(out).max()) or 1.0
    shape = _envelope(len(t), attack=min(0.07, tone.seconds / 4), release=0.12)
    wave: Wave = out / loudest * shape * np.float32(tone.velocity * 0.75)
    return wave
