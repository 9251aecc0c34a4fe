"""What a processor is: frames in, as many frames out, with a latency that it declares."""

from typing import Protocol

import numpy as np

from player.playback.decode import CHANNELS, Pcm

QUANTUM = 2_048
"""Frames of every block a processor sees. One fixed grid from the first frame on makes results
independent of how the decoder happens to cut its blocks."""

NOTHING: Pcm = np.zeros((0, CHANNELS), np.float32)


class Processor(Protocol):
    """One step. State carries on from block to block; an instance serves one unbroken run."""

    @property
    def latency(self) -> int:
        """Frames by which the output is behind the input; the chain takes them off again."""
        ...

    def process(self, pcm: Pcm) -> Pcm:
        """QUANTUM frames of the run, to as many. The input is left as it is."""
        ...


class Stretcher(Protocol):
    """A step that changes how many frames there are. It comes first."""

    @property
    def speed(self) -> float:
        """Input frames per output frame."""
        ...

    def push(self, pcm: Pcm) -> Pcm:
        """Any number of frames in; what is ready out."""
        ...

    def finish(self) -> Pcm:
        """The rest, so that all in all round(input / speed) frames came out."""
        ...


def db_to_gain(db: float) -> float:
    """Amplitude of a level in dB."""
    return float(10 ** (db / 20))
