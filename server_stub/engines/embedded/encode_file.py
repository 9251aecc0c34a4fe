"""One rendition while it is written: encoder, muxer, encryption and the growing file."""

import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from server_stub.engines.embedded.encode_codec import PacketEncoder
from server_stub.engines.embedded.encode_source import Pcm
from server_stub.streaming.model.encoding import Began, EncodeEvent, PieceWritten, Target
from server_stub.streaming.model.muxing import ClearPiece, muxer_for
from server_stub.streaming.model.sealing import Sealer
from sync.wire.index import digest

Tell = Callable[[EncodeEvent], None]


class RenditionFile:
    """Appends whole pieces only, and tells of each one after its bytes are in the file."""

    def __init__(self, task_id: str, target: Target, sample_rate: int, tell: Tell) -> None:
        self._task_id = task_id
        self._target = target
        self._tell = tell
        self._encoder = PacketEncoder(target.codec, target.kbps, sample_rate)
        serial = zlib.crc32(target.rendition_id.encode())
        self._muxer = muxer_for(self._encoder.setup, serial=serial)
        self._sealer = Sealer(target.content_key)
        self._file: BinaryIO = Path(target.path).open("wb", buffering=0)  # noqa: SIM115 - closed by close()
        self._samples = 0
        self._begin()

    def write(self, block: Pcm) -> None:
        """Encode one block."""
        self._add(self._encoder.encode(block))
        self._samples += block.shape[1]
        self._append(self._muxer.ready(self._samples))

    def finish(self) -> None:
        """Flush the encoder, write the last pieces, and wait until the disk has them."""
        self._add(self._encoder.flush())
        self._append(self._muxer.finish(self._samples))
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _begin(self) -> None:
        data = self._sealer.beginning(self._muxer.beginning())
        self._file.write(data)
        self._tell(
            Began(
                task_id=self._task_id,
                rendition_id=self._target.rendition_id,
                init_bytes=len(data),
                init_digest=digest(data),
            )
        )

    def _add(self, packets: Iterator[bytes]) -> None:
        for packet in packets:
            self._muxer.add(packet)

    def _append(self, pieces: Iterator[ClearPiece]) -> None:
        for clear in pieces:
            sealed = self._sealer.piece(clear)
            self._file.write(sealed.data)
            entry = sealed.entry
            self._tell(
                PieceWritten(
                    task_id=self._task_id,
                    rendition_id=self._target.rendition_id,
                    size=entry.size,
                    preroll=entry.preroll,
                    preroll_first=entry.preroll_first,
                    lead=entry.lead,
                    digest=entry.digest,
                )
            )
