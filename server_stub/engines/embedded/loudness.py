"""Loudness as EBU R128 / ITU-R BS.1770-4 define it, and silent edges, while samples pass by."""

import math
from typing import TYPE_CHECKING

import av
import numpy as np
from av.filter import Graph

from server_stub.engines.embedded.encode_source import Pcm, samples_of
from server_stub.streaming.model.encoding import Loudness
from sync.wire.playback import Edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OFFSET_LU = -0.691
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_SILENCE = 10 ** (-60 / 20)
_OVERSAMPLING = 4
_HOPS_A_BLOCK = 4  # 400 ms, at 75 % overlap


class LoudnessMeter:
    """Feed it blocks of a stereo track at one rate; ask for the result at the end."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._graph, self._position = _k_weighting(rate), 0
        self._hop = rate // 10
        self._powers: list[NDArray[np.float64]] = []
        self._rest = np.zeros((2, 0), np.float32)
        self._peaks = TruePeak(rate)
        self._edges = _EdgeFinder()

    def add(self, block: Pcm) -> None:
        """The next samples, shape (2, n)."""
        self._edges.add(block)
        self._peaks.add(block)
        frame = _frame(block, self._rate, self._position)
        self._position += block.shape[1]
        self._graph.push(frame)
        while (weighted := _pull(self._graph)) is not None:
            self._gather(weighted)

    def result(self) -> Loudness:
        """Integrated loudness, true peak and edges of all that was added."""
        return Loudness(
            lufs=self._integrated(),
            true_peak_dbtp=self._peaks.result(),
            edges=self._edges.result(),
        )

    def _gather(self, weighted: Pcm) -> None:
        joined = np.concatenate((self._rest, weighted), axis=1)
        hops = joined.shape[1] // self._hop
        whole = joined[:, : hops * self._hop].astype(np.float64)
        self._rest = joined[:, hops * self._hop :]
        squares = np.square(whole).reshape(2, hops, self._hop)
        self._powers.append(squares.mean(axis=2).sum(axis=0))

    def _integrated(self) -> float | None:
        power = np.concatenate(self._powers) if self._powers else np.zeros(0)
        if len(power) < _HOPS_A_BLOCK:
            return None
        blocks = np.convolve(power, np.full(_HOPS_A_BLOCK, 1 / _HOPS_A_BLOCK), "valid")
        loud = blocks[blocks > _power(_ABSOLUTE_GATE_LUFS)]
        if not len(loud):
            return None
        gate = _power(_level(float(loud.mean())) + _RELATIVE_GATE_LU)
        return round(_level(float(loud[loud > gate].mean())), 2)


class TruePeak:
    """The highest value between samples too, by four-fold oversampling."""

    def __init__(self, rate: int) -> None:
        self._resampler = av.AudioResampler(
            format="fltp", layout="stereo", rate=rate * _OVERSAMPLING
        )
        self._rate = rate
        self._position = 0
        self._peak = 0.0

    def add(self, block: Pcm) -> None:
        """The next samples."""
        frame = _frame(block, self._rate, self._position)
        self._position += block.shape[1]
        self._take(self._resampler.resample(frame))

    def result(self) -> float | None:
        """Decibels relative to full scale; None for digital silence."""
        self._take(self._resampler.resample(None))
        return round(20 * math.log10(self._peak), 2) if self._peak else None

    def _take(self, frames: list[av.AudioFrame]) -> None:
        for frame in frames:
            pcm = samples_of(frame)
            if pcm.size:
                self._peak = max(self._peak, float(pcm.max()), -float(pcm.min()))


class _EdgeFinder:
    """Counts near silence before the first and after the last sound."""

    def __init__(self) -> None:
        self._position = 0
        self._first: int | None = None
        self._end = 0

    def add(self, block: Pcm) -> None:
        loud = np.flatnonzero(np.abs(block).max(axis=0) > _SILENCE)
        if len(loud):
            if self._first is None:
                self._first = self._position + int(loud[0])
            self._end = self._position + int(loud[-1]) + 1
        self._position += block.shape[1]

    def result(self) -> Edges:
        if self._first is None:
            return Edges(lead_in=self._position, lead_out=0)
        return Edges(lead_in=self._first, lead_out=self._position - self._end)


def _level(power: float) -> float:
    return _OFFSET_LU + 10 * math.log10(power)


def _power(level: float) -> float:
    return float(10 ** ((level - _OFFSET_LU) / 10))


def _frame(block: Pcm, rate: int, position: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
    frame.sample_rate = rate
    frame.pts = position
    return frame


def _pull(graph: Graph) -> Pcm | None:
    try:
        pulled = graph.pull()
    except (av.error.BlockingIOError, av.error.EOFError):
        return None
    if not isinstance(pulled, av.AudioFrame):
        raise TypeError("an audio graph gives audio")
    return samples_of(pulled)


def _k_weighting(rate: int) -> Graph:
    """The two biquads of BS.1770, run by FFmpeg: a loop over samples belongs into compiled code."""
    graph = Graph()
    previous = graph.add_abuffer(format="fltp", sample_rate=rate, layout="stereo", time_base=None)
    for section in (_high_shelf(rate), _high_pass(rate)):
        arguments = ":".join(f"{name}={value!r}" for name, value in section.items())
        current = graph.add("biquad", arguments + ":precision=f64")
        previous.link_to(current)
        previous = current
    sink = graph.add("abuffersink")
    previous.link_to(sink)
    graph.configure()
    return graph


def _high_shelf(rate: int) -> dict[str, float]:
    """The head as a sphere: about +4 dB above 1.7 kHz."""
    frequency, gain, quality = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = math.tan(math.pi * frequency / rate)
    high = 10 ** (gain / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / quality + k * k
    return {
        "b0": (high + band * k / quality + k * k) / a0,
        "b1": 2 * (k * k - high) / a0,
        "b2": (high - band * k / quality + k * k) / a0,
        "a0": 1.0,
        "a1": 2 * (k * k - 1) / a0,
        "a2": (1 - k / quality + k * k) / a0,
    }


def _high_pass(rate: int) -> dict[str, float]:
    """What is heard of the lowest frequencies: a high pass at 38 Hz."""
    frequency, quality = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * frequency / rate)
    a0 = 1 + k / quality + k * k
    return {
        "b0": 1.0,
        "b1": -2.0,
        "b2": 1.0,
        "a0": 1.0,
        "a1": 2 * (k * k - 1) / a0,
        "a2": (1 - k / quality + k * k) / a0,
    }
