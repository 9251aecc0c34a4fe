"""Running a chain over a signal in blocks of any sizes, and measuring what came out."""

from itertools import cycle

import numpy as np

RATE = 44_100


def run(chain, pcm, sizes=(8_192,)):
    """Everything that comes out of a chain for a signal cut into blocks of these sizes."""
    out, at = [], 0
    for size in cycle(sizes):
        if at >= len(pcm):
            break
        out.append(chain.push(pcm[at : at + size]))
        at += size
    return np.concatenate([*out, chain.finish()])


def tone(hz, seconds, level=0.5, rate=RATE):
    """A sine on both channels."""
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.stack([wave, wave], 1).astype(np.float32)


def rms_db(pcm):
    """Level of all samples together."""
    return 10 * np.log10(np.mean(pcm.astype(np.float64) ** 2))


def true_peak_db(pcm, factor=8):
    """The highest level of the band-limited wave through the samples, by Fourier interpolation."""
    edges = np.ones((len(pcm), 1))
    edges[:1_000, 0] = np.sin(np.linspace(0, np.pi / 2, 1_000))
    spectrum = np.fft.rfft(pcm * edges * edges[::-1], axis=0)
    size = len(pcm) * factor
    wave = np.fft.irfft(spectrum, size, axis=0) * factor
    return 20 * np.log10(np.abs(wave).max())
