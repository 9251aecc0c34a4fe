"""From a score to stereo samples: voices on buses, sends, ducking, master."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from server_stub.demo.harmony import hertz
from server_stub.demo.instruments import RATE
from server_stub.demo.score import Part, Piece, Tone, Wave

Stereo = npt.NDArray[np.float32]
_TARGET_RMS_DB = -17.0
_CEILING = 0.89  # -1 dBFS


def render(piece: Piece) -> Stereo:
    """The whole piece as float32 samples (n, 2) at 44,100 Hz."""
    length = round(piece.seconds * RATE)
    dry = np.zeros((length, 2), np.float32)
    wet = np.zeros((length, 2), np.float32)
    duck = _ducking(piece, length)
    for part in piece.parts:
        bus = _bus(part, piece.bpm, length)
        if part.ducked:
            bus *= duck
        stereo = _panned(bus, part.pan, 10 ** (part.level_db / 20))
        if part.echo:
            _add_echo(stereo, 0.75 * 60 / piece.bpm, part.echo)
        dry += stereo
        wet += stereo * np.float32(part.reverb)
    return _master(dry + _reverb(wet, piece.reverb_s))


def _bus(part: Part, bpm: float, length: int) -> Wave:
    beat = 60 / bpm
    voice = lru_cache(maxsize=512)(part.voice)
    bus = np.zeros(length, np.float32)
    for note in part.notes:
        tone = Tone(hertz(note.pitch), note.beats * beat, note.velocity, note.syllable)
        start = round(note.beat * beat * RATE)
        wave = voice(tone)[: max(0, length - start)]
        bus[start : start + len(wave)] += wave
    return bus


def _panned(bus: Wave, pan: float, level: float) -> Stereo:
    """Constant-power panning."""
    angle = (pan + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(level)
    return bus[:, None] * sides


def _add_echo(stereo: Stereo, delay_s: float, amount: float) -> None:
    """Echoes that alternate between the sides and fade."""
    step = round(delay_s * RATE)
    source = stereo.copy()
    for turn in range(1, 5):
        offset = step * turn
        if offset >= len(stereo):
            return
        level = np.float32(amount**turn)
        sides = source[:, ::-1] if turn % 2 else source
        stereo[offset:] += sides[:-offset] * level


def _ducking(piece: Piece, length: int) -> Wave:
    """A dip at every kick that recovers within a quarter of a second."""
    shape = np.ones(length, np.float32)
    dip = (1 - 0.65 * np.exp(-np.arange(round(0.28 * RATE)) / (0.09 * RATE))).astype(np.float32)
    for beat in piece.kicks:
        start = round(beat * 60 / piece.bpm * RATE)
        part = shape[start : start + len(dip)]
        np.minimum(part, dip[: len(part)], out=part)
    return shape


def _reverb(wet: Stereo, seconds: float) -> Stereo:
    """Convolution with decaying noise that darkens as it dies, different in each ear."""
    rng = np.random.default_rng(7)
    t = np.arange(round(seconds * RATE)) / RATE
    size = 1 << (len(wet) + len(t) - 1).bit_length()
    out = np.empty_like(wet)
    for side in range(2):
        bright = rng.standard_normal(len(t)) * np.exp(-t * 13 / seconds)
        dark = np.convolve(rng.standard_normal(len(t)), np.ones(12) / 12, "same")
        impulse = (0.35 * bright + dark * np.exp(-t * 6.9 / seconds)) * np.minimum(1, t / 0.012)
        impulse /= np.sqrt(np.sum(impulse**2))
        spectrum = np.fft.rfft(wet[:, side], size) * np.fft.rfft(impulse, size)
        out[:, side] = np.fft.irfft(spectrum, size)[: len(wet)]
    return out


def _master(mix: Stereo) -> Stereo:
    """Level, soft ceiling and the fade at the very end."""
    mix -= mix.mean(axis=0)
    loud = mix[np.abs(mix).max(axis=1) > 1e-3]
    rms = float(np.sqrt(np.mean(loud**2))) or 1.0
    mix *= np.float32(10 ** (_TARGET_RMS_DB / 20) / rms)
    mix = np.tanh(mix / _CEILING).astype(np.float32) * np.float32(_CEILING)
    fade = round(2.5 * RATE)
    mix[-fade:] *= (np.linspace(1, 0, fade, dtype=np.float32) ** 2)[:, None]
    return mix
