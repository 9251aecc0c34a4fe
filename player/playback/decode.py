"""Packets to PCM: one PyAV decoder that knows which sample of the track comes out next."""

from collections.abc import Iterator, Sequence
from typing import cast

import av
import numpy as np
import numpy.typing as npt

from player.playback.demux import StreamSetup
from player.playback.errors import PieceDamagedError

Pcm = npt.NDArray[np.float32]
"""Interleaved stereo: shape (frames, 2)."""

CHANNELS = 2
FIRST_BLOCK_FRAMES = 2_048
BLOCK_FRAMES = 8_192


class RenditionRun:
    """A decoder running through consecutive packets of one rendition."""

    def __init__(self, setup: StreamSetup, position: int) -> None:
        """`position` is the track sample that the decoder's first output sample belongs to."""
        self.position = position
        self._decoder = cast("av.AudioCodecContext", av.CodecContext.create(setup.codec, "r"))
        self._decoder.extradata = setup.extradata
        self._decoder.sample_rate = setup.rate
        self._decoder.layout = "stereo" if setup.channels == CHANNELS else "mono"
        self._wanted = FIRST_BLOCK_FRAMES

    def decode(self, packets: Sequence[bytes]) -> Iterator[Pcm]:
        """Blocks of PCM; the first one is short, so that sound can begin."""
        planes: list[npt.NDArray[np.float32]] = []
        ready = 0
        for packet in packets:
            for plane in self._frames(packet):
                planes.append(plane)
                ready += plane.shape[1]
            if ready >= self._wanted:
                yield self._block(planes, ready)
                planes, ready = [], 0
                self._wanted = BLOCK_FRAMES
        if ready:
            yield self._block(planes, ready)

    def _frames(self, packet: bytes) -> Iterator[npt.NDArray[np.float32]]:
        try:
            for frame in self._decoder.decode(av.Packet(packet)):
                yield frame.to_ndarray().astype(np.float32, copy=False)
        except av.FFmpegError as error:
            raise PieceDamagedError(f"a packet does not decode: {error}") from error

    def _block(self, planes: list[npt.NDArray[np.float32]], frames: int) -> Pcm:
        """Interleave; mono becomes stereo."""
        block = np.empty((frames, CHANNELS), np.float32)
        at = 0
        for plane in planes:
            block[at : at + plane.shape[1]] = plane.T
            at += plane.shape[1]
        self.position += frames
        return block
