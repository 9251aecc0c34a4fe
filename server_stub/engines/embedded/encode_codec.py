"""The two encoders of the ladder: float stereo in, packets out."""

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np

from server_stub.engines.embedded.encode_source import Pcm
from server_stub.streaming.model.muxing import StreamSetup
from sync.wire.playback import Codec

_ENCODERS: dict[Codec, str] = {"vorbis": "libvorbis", "aac": "aac"}
_OPTIONS: dict[Codec, dict[str, str]] = {
    "vorbis": {},
    "aac": {"aac_pns": "0"},  # noise substitution is random: a fresh decoder would not repeat it
}


class PacketEncoder:
    """One encoder from its first sample to its last."""

    def __init__(self, codec: Codec, kbps: int, sample_rate: int) -> None:
        context = av.CodecContext.create(_ENCODERS[codec], "w")
        if not isinstance(context, av.AudioCodecContext):
            raise TypeError("an audio encoder expected")
        context.sample_rate = sample_rate
        context.layout = "stereo"
        context.format = "fltp"
        context.time_base = Fraction(1, sample_rate)
        context.bit_rate = kbps * 1000
        context.options = _OPTIONS[codec]
        context.open()
        self._context = context
        self._position = 0
        extradata = bytes(context.extradata or b"")
        self.setup = StreamSetup(codec, sample_rate, kbps, extradata)

    def encode(self, block: Pcm) -> Iterator[bytes]:
        """Packets that became whole. A block may be far longer than the codec's own frame: cutting
        it up inside PyAV halves the cost of Vorbis, whose frames are 64 samples."""
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(block), format="fltp", layout="stereo"
        )
        frame.sample_rate = self.setup.sample_rate
        frame.time_base = self._context.time_base
        frame.pts = self._position
        self._position += block.shape[1]
        for packet in self._context.encode(frame):
            yield bytes(packet)

    def flush(self) -> Iterator[bytes]:
        """The last packets."""
        for packet in self._context.encode(None):
            yield bytes(packet)
