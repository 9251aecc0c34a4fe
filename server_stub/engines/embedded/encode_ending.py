"""How a source ends: music that stops in full sound has perhaps lost its end.

Measured on 41 tracks of a game's music: the one whose end is missing stops 3 dB below its own mean
level, the next two at -11 and -32 dB. Parts of a continuous album stop like this by intent, so this
is a note and never called damage.
"""

import math

import numpy as np

from server_stub.engines.embedded.encode_source import Pcm

_TAIL_S = 0.02
_SHORTEST_S = 10.0
"""Shorter sounds (signals, loops) often stop at once."""
_BELOW_MEAN_DB = 6.0
_HEARD_DBFS = -40.0


class Ending:
    """Feed it blocks of a track; ask for the note at the end."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._tail = np.zeros((2, 0), np.float32)
        self._samples = 0
        self._energy = 0.0

    def add(self, block: Pcm) -> None:
        """The next samples, shape (2, n)."""
        self._samples += block.shape[1]
        self._energy += float(np.vdot(block, block))
        length = int(self._rate * _TAIL_S)
        self._tail = np.concatenate((self._tail, block[:, -length:]), axis=1)[:, -length:]

    def note(self) -> str:
        """What is odd about the end, fit for people; empty if nothing is."""
        seconds = self._samples / self._rate
        if seconds < _SHORTEST_S:
            return ""
        end = _level(float(np.vdot(self._tail, self._tail)), self._tail.shape[1])
        mean = _level(self._energy, self._samples)
        if end < _HEARD_DBFS or end < mean - _BELOW_MEAN_DB:
            return ""
        return (
            f"stops in full sound after {seconds:.1f} s ({end - mean:+.1f} dB to its mean level):"
            " its end may be missing"
        )


def _level(energy: float, samples: int) -> float:
    """Decibels to full scale of two channels."""
    return 10 * math.log10(energy / (2 * samples) + 1e-20)
