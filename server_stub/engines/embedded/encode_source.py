"""Any audio file as blocks of float stereo at a rate that renditions use, exact to the sample."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from server_stub.streaming.errors import SourceDamagedError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

Pcm = NDArray[np.float32]

BLOCK_SAMPLES = 16_384
KEPT_RATES = (44_100, 48_000)
_CD_FAMILY = 11_025
_MP4_FAMILY = "mov,mp4"


def target_rate(source_rate: int) -> int:
    """Renditions have 44.1 or 48 kHz; other rates go to the one of their family."""
    if source_rate in KEPT_RATES:
        return source_rate
    return 44_100 if source_rate % _CD_FAMILY == 0 else 48_000


class SourceAudio:
    """A source file, decoded once from its beginning to its end (or to where it breaks off)."""

    def __init__(self, path: bytes) -> None:
        """Raises SourceDamagedError if there is no audio to be had."""
        self.damage = ""
        self.samples = 0
        try:
            self._container = av.open(Path(path.decode("utf-8", "surrogateescape")), mode="r")
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SourceDamagedError(f"cannot be opened: {error}") from error
        if not self._container.streams.audio:
            self._container.close()
            raise SourceDamagedError("holds no audio")
        self._stream = self._container.streams.audio[0]
        if not self._stream.rate:
            self._container.close()
            raise SourceDamagedError("has no sample rate")
        self._source_rate = self._stream.rate
        self.rate = target_rate(self._source_rate)

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def blocks(self) -> Iterator[Pcm]:
        """Blocks of shape (2, n). After the last one `samples` and `damage` are final.

        Raises SourceDamagedError if not a single sample came out.
        """
        for block in _regroup(self._trimmed()):
            self.samples += block.shape[1]
            yield block
        if not self.samples:
            raise SourceDamagedError(self.damage or "holds no sample")

    def _trimmed(self) -> Iterator[Pcm]:
        """At the target rate, cut to the length the source stands for."""
        resampled = self._resampled()
        if self.rate == self._source_rate:
            yield from resampled
            return
        given = 0
        for block in resampled:
            given += block.shape[1]
            yield block
        missing = round_ratio(self._decoded, self.rate, self._source_rate) - given
        if missing > 0:  # the resampler's own rounding: never more than a few samples
            yield np.zeros((2, missing), np.float32)

    def _resampled(self) -> Iterator[Pcm]:
        layout = "mono" if self._stream.channels == 1 else "stereo"
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=self.rate)
        self._decoded = 0
        for frame in self._frames():
            self._decoded += frame.samples
            for out in resampler.resample(frame):
                yield _stereo(out)
        if self._decoded:
            for out in resampler.resample(None):
                yield _stereo(out)

    def _frames(self) -> Iterator["AudioFrame"]:
        """Decoded frames, the encoder's delay and padding taken off, up to the first damage."""
        left = _stated_length(self._container.format.name, self._stream)
        frames = self._decode()
        while True:
            try:
                frame = next(frames)
            except StopIteration:
                self.damage = self._shortfall()
                return
            except (av.error.FFmpegError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                self.damage = f"{self._broken_off()}: {reason}"
                return
            frame.pts = None
            if left is not None and frame.samples >= left:
                yield _shortened(frame, left)
                return
            left = left - frame.samples if left is not None else None
            yield frame

    def _broken_off(self) -> str:
        return f"breaks off after {self._decoded / self._source_rate:.1f} s"

    def _shortfall(self) -> str:
        """What to say of a file that ends in good order, but before it said it would."""
        promised = _promised_length(self._container.format.name, self._stream)
        if promised <= self._decoded:
            return ""
        return f"{self._broken_off()} of {promised / self._source_rate:.1f} s"

    def _decode(self) -> Iterator["AudioFrame"]:
        for packet in self._container.demux(self._stream):
            if packet.is_corrupt:
                raise ValueError("a packet is damaged")
            yield from packet.decode()


def round_ratio(samples: int, to_rate: int, from_rate: int) -> int:
    """So many samples at another rate, rounded to the nearest."""
    return (2 * samples * to_rate + from_rate) // (2 * from_rate)


def samples_of(frame: "AudioFrame") -> Pcm:
    """The samples of a planar float frame, shape (channels, n)."""
    return cast("Pcm", frame.to_ndarray())


def _stereo(frame: "AudioFrame") -> Pcm:
    pcm = samples_of(frame)
    return np.repeat(pcm, 2, axis=0) if pcm.shape[0] == 1 else pcm


def _shortened(frame: "AudioFrame", samples: int) -> "AudioFrame":
    """The first samples of a frame (at least one)."""
    if samples == frame.samples:
        return frame
    pcm: Any = frame.to_ndarray()
    width = samples if frame.format.is_planar else samples * frame.layout.nb_channels
    short = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(pcm[:, :width]), format=frame.format.name, layout=frame.layout.name
    )
    short.sample_rate = frame.sample_rate
    return short


def _stated_length(format_name: str, stream: "av.AudioStream") -> int | None:
    """Samples the file says it holds, where the decoder would give the encoder's padding as well.

    MP4 says it in iTunes' gapless tag or, by its edit list, in the duration of the track. All other
    containers mark their padding in packets, and the decoder drops it.
    """
    if not format_name.startswith(_MP4_FAMILY):
        return None
    gapless = stream.metadata.get("iTunSMPB") or stream.container.metadata.get("iTunSMPB", "")
    fields = gapless.split()
    if len(fields) > 3:
        return int(fields[3], 16) or None
    if stream.duration and stream.time_base == Fraction(1, stream.rate):
        return stream.duration
    return None


def _promised_length(format_name: str, stream: "av.AudioStream") -> int:
    """Samples that must come out, where the header can be taken at its word; else 0.

    FLAC counts its samples. Everything else is measured in packets of what is there, or estimated.
    """
    if format_name != "flac" or not stream.duration or not stream.time_base:
        return 0
    return int(stream.duration * stream.time_base * (stream.rate or 0))


def _regroup(blocks: Iterator[Pcm], size: int = BLOCK_SAMPLES) -> Iterator[Pcm]:
    """Blocks of exactly `size` samples (the last one shorter): encoders like large frames."""
    waiting: list[Pcm] = []
    held = 0
    for block in blocks:
        waiting.append(block)
        held += block.shape[1]
        if held < size:
            continue
        joined = np.concatenate(waiting, axis=1)
        whole = held - held % size
        for at in range(0, whole, size):
            yield joined[:, at : at + size]
        waiting, held = [joined[:, whole:]], held - whole
    if held:
        yield np.concatenate(waiting, axis=1)
