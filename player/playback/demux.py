"""Our own rendition files without a demuxer library: decoder configuration and packets.

Works on the parts that the player holds in memory (init, pre-roll, piece), all of which begin and
end at packet borders. Anything else raises PieceDamagedError; no loop runs beyond its input.
"""

from dataclasses import dataclass, field

from player.playback import demux_fmp4, demux_ogg
from player.playback.errors import PieceDamagedError
from player.playback.pieces import LoadedPiece
from sync.wire.playback import Codec

AAC_FRAME_SAMPLES = 1024


@dataclass(frozen=True, slots=True)
class StreamSetup:
    """What a fresh decoder must know before its first packet."""

    codec: Codec
    extradata: bytes = field(repr=False)
    rate: int
    channels: int


def setup_of(codec: Codec, init: bytes) -> StreamSetup:
    """Decoder configuration from the first bytes of a rendition file."""
    if codec == "aac":
        config = demux_fmp4.audio_config(init)
        rate, channels = demux_fmp4.rate_and_channels(config)
        return StreamSetup(codec, config, rate, channels)
    headers = demux_ogg.packets(init)
    rate, channels = demux_ogg.rate_and_channels(headers)
    return StreamSetup(codec, demux_ogg.xiph_laced(headers), rate, channels)


def packets_of(codec: Codec, data: bytes) -> list[bytes]:
    """The packets of a piece."""
    return demux_fmp4.packets(data) if codec == "aac" else demux_ogg.packets(data)


def preroll_packets(piece: LoadedPiece) -> list[bytes]:
    """The packets that warm up a fresh decoder for the piece; none for piece 0."""
    if not piece.preroll:
        return []
    if piece.codec == "vorbis":
        return demux_ogg.packets(piece.preroll)
    if not 0 < piece.preroll_first < len(piece.preroll):
        raise PieceDamagedError("an AAC pre-roll consists of two packets")
    return [piece.preroll[: piece.preroll_first], piece.preroll[piece.preroll_first :]]
