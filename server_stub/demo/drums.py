"""Unpitched voices. They take a tone for its strength and ignore its pitch."""

from typing import Any

import numpy as np
import numpy.typing as npt

from server_stub.demo.instruments import RATE
from server_stub.demo.score import Tone, Wave


def _time(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def _noise(length: int, low_hz: float, high_hz: float) -> Wave:
    """Noise between two frequencies, the same at every call."""
    spectrum = np.fft.rfft(np.random.default_rng(length).standard_normal(length))
    hertz = np.fft.rfftfreq(length, 1 / RATE)
    edge = 1 / (1 + (low_hz / np.maximum(hertz, 1)) ** 6) / (1 + (hertz / high_hz) ** 6)
    wave: Wave = np.fft.irfft(spectrum * edge, length).astype(np.float32)
    return wave / np.float32(np.abs(wave).max())


def _struck(wave: npt.NDArray[Any], strength: float) -> Wave:
    out: Wave = wave.astype(np.float32) * np.float32(strength)
    return out


def kick(tone: Tone) -> Wave:
    """A sine that falls from 150 to 48 Hz, with a click."""
    t = _time(0.42)
    hertz = 48 + 105 * np.exp(-t * 32)
    body = np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * np.exp(-t * 8.5)
    click = 0.25 * _noise(len(t), 1500, 6000) * np.exp(-t * 320)
    wave: Wave = np.tanh(1.5 * (body + click)).astype(np.float32) * np.float32(tone.velocity)
    return wave


def snare(tone: Tone) -> Wave:
    """A tuned shell and its wires."""
    t = _time(0.26)
    shell = 0.5 * np.sin(2 * np.pi * 186 * t) * np.exp(-t * 26)
    wires = 0.75 * _noise(len(t), 900, 8500) * np.exp(-t * 19)
    wave: Wave = (shell + wires).astype(np.float32) * np.float32(tone.velocity * 0.8)
    return wave


def brush(tone: Tone) -> Wave:
    """A brush drawn over the skin."""
    t = _time(0.22)
    shape = (1 - np.exp(-t * 90)) * np.exp(-t * 17)
    return _struck(_noise(len(t), 1400, 6000) * shape, tone.velocity * 0.5)


def closed_hat(tone: Tone) -> Wave:
    """A short tick of metal."""
    t = _time(0.07)
    return _struck(_noise(len(t), 6500, 15_000) * np.exp(-t * 75), tone.velocity * 0.5)


def open_hat(tone: Tone) -> Wave:
    """Metal left to ring."""
    t = _time(0.32)
    return _struck(_noise(len(t), 6000, 15_000) * np.exp(-t * 12), tone.velocity * 0.45)


def clap(tone: Tone) -> Wave:
    """Three hands a few milliseconds apart."""
    t = _time(0.24)
    bursts = sum(
        (np.where(t >= d, np.exp(-np.maximum(t - d, 0) * 48), 0) for d in (0, 0.011, 0.023)), 0 * t
    )
    return _struck(_noise(len(t), 900, 5200) * bursts, tone.velocity * 0.4)


def shaker(tone: Tone) -> Wave:
    """Seeds in a gourd."""
    t = _time(0.09)
    shape = np.sin(np.pi * np.clip(t / 0.085, 0, 1)) ** 2
    return _struck(_noise(len(t), 4500, 12_000) * shape, tone.velocity * 0.3)


def rim(tone: Tone) -> Wave:
    """Stick on the rim."""
    t = _time(0.06)
    knock = np.sin(2 * np.pi * 1720 * t) + 0.6 * np.sin(2 * np.pi * 520 * t)
    return _struck(knock * np.exp(-t * 85), tone.velocity * 0.4)


def vinyl(tone: Tone) -> Wave:
    """The needle in an empty groove, as long as the note."""
    length = round(tone.seconds * RATE)
    rng = np.random.default_rng(33)
    clicks = np.zeros(length, np.float32)
    places = rng.integers(0, length, max(1, length // 9000))
    clicks[places] = rng.uniform(-1, 1, len(places))
    kernel = np.exp(-np.arange(40) / 6).astype(np.float32)
    hiss = 0.06 * _noise(length, 1200, 9000)
    return _struck(np.convolve(clicks, kernel, "same") + hiss, tone.velocity * 0.25)
