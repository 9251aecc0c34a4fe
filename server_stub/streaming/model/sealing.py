"""A rendition as stored: every byte encrypted, every piece with its digest."""

from dataclasses import dataclass

from drm.format import envelope
from server_stub.streaming.model.muxing import ClearPiece
from sync.wire.index import Piece, digest


@dataclass(frozen=True, slots=True)
class SealedPiece:
    """Bytes to append to the file, and their entry in the index."""

    data: bytes
    entry: Piece


class Sealer:
    """Encrypts a growing file from its first byte on."""

    def __init__(self, content_key: bytes) -> None:
        self._key = content_key
        self._offset = 0
        self._previous = b""

    @property
    def size(self) -> int:
        """Bytes given so far."""
        return self._offset

    def beginning(self, clear: bytes) -> bytes:
        """The file's first bytes; their digest is `sync.wire.index.digest` of what this gives."""
        return self._append(clear)

    def piece(self, clear: ClearPiece) -> SealedPiece:
        """The next piece."""
        offset = self._offset
        preroll = self._previous[len(self._previous) - clear.preroll :]
        data = self._append(clear.data)
        entry = Piece(
            offset,
            len(data),
            clear.preroll,
            clear.preroll_first,
            clear.lead,
            digest(preroll + data),
        )
        return SealedPiece(data, entry)

    def _append(self, clear: bytes) -> bytes:
        data = envelope.apply(self._key, self._offset, clear)
        self._offset += len(data)
        self._previous = data
        return data
