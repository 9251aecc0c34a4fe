"""Sample rate conversion for a track that joins one of another rate without a gap."""

from collections.abc import Iterator
from fractions import Fraction

import av
import av.filter
import numpy as np

from player.playback.decode import CHANNELS, Pcm

_QUALITY = "filter_size=64:phase_shift=10:linear_interp=1:cutoff=0.97"


class RateConverter:
    """One resampler for a whole track. Equal rates pass through untouched.

    The number of samples is exact: round(input * to / from) when `finish` has been called.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._ratio = Fraction(to_rate, from_rate)
        self._from_rate = from_rate
        self._taken = 0
        self._given = 0
        self._graph = None if from_rate == to_rate else _graph(from_rate, to_rate)

    @property
    def step(self) -> float:
        """Input samples per output sample."""
        return float(1 / self._ratio)

    def frames_of(self, samples: int) -> int:
        """How many samples come out for so many of a whole track."""
        return round(samples * self._ratio)

    def convert(self, pcm: Pcm) -> Pcm:
        """The output so far available for one more block."""
        if self._graph is None or not len(pcm):
            return pcm
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm.T), "fltp", "stereo")
        frame.sample_rate = self._from_rate
        frame.pts = self._taken
        frame.time_base = Fraction(1, self._from_rate)
        self._taken += len(pcm)
        self._graph.push(frame)
        return self._count(list(self._pull()))

    def finish(self) -> Pcm:
        """What the filter still held, cut or padded to the exact length."""
        if self._graph is None or not self._taken:
            return np.zeros((0, CHANNELS), np.float32)
        self._graph.push(None)
        wanted = round(self._taken * self._ratio) - self._given
        rest = self._count(list(self._pull()))[: max(0, wanted)]
        padding = np.zeros((max(0, wanted - len(rest)), CHANNELS), np.float32)
        return np.concatenate([rest, padding])

    def _pull(self) -> Iterator[Pcm]:
        while self._graph is not None:
            try:
                frame = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            if isinstance(frame, av.AudioFrame):
                yield frame.to_ndarray().T.astype(np.float32, copy=False)

    def _count(self, blocks: list[Pcm]) -> Pcm:
        out = np.concatenate([np.zeros((0, CHANNELS), np.float32), *blocks])
        self._given += len(out)
        return out


def _graph(from_rate: int, to_rate: int) -> av.filter.Graph:
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=from_rate,
        format="fltp",
        layout="stereo",
        time_base=Fraction(1, from_rate),
    )
    resample = graph.add("aresample", f"{to_rate}:{_QUALITY}")
    sink = graph.add("abuffersink")
    source.link_to(resample)
    resample.link_to(sink)
    graph.configure()
    return graph
