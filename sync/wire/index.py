"""The compact index of a rendition: where each piece lies and what it must hash to.

Layout, little endian: magic `SGI1`, codec u8, two bytes reserved, init digest (16 bytes), init
bytes u32, piece count u32; then for each piece: bytes u32, pre-roll bytes u16, first pre-roll
packet bytes u16, lead samples u16 and 16 bytes of SHA-256 over pre-roll and piece as stored.
Piece 0 begins at `init_bytes`; each next piece begins where the last one ended.
"""

import hashlib
import struct
from dataclasses import dataclass

from sync.wire.playback import Codec

MAGIC = b"SGI1"
DIGEST_BYTES = 16
_HEAD = struct.Struct("<4sBxx16sII")
_PIECE = struct.Struct("<IHHH16s")
_CODEC_NUMBERS: dict[Codec, int] = {"vorbis": 1, "aac": 2}
_CODEC_NAMES: dict[int, Codec] = {number: codec for codec, number in _CODEC_NUMBERS.items()}


class IndexDamagedError(ValueError):
    """The bytes are not a whole index."""


@dataclass(frozen=True, slots=True)
class Piece:
    """65,536 samples (the last piece may be shorter). Offsets count bytes of the stored file."""

    offset: int
    size: int
    preroll: int
    """Bytes just before `offset` that warm up a fresh decoder."""
    preroll_first: int
    """Size of the first of the two pre-roll packets (AAC); 0 for Vorbis: its pre-roll is a page."""
    lead: int
    """Samples a fresh decoder fed with pre-roll and piece gives before the border; the last 256 of
    them are exact. Piece 0 has no pre-roll: there it counts the encoder delay to drop."""
    digest: bytes

    @property
    def start(self) -> int:
        """First byte of the range to fetch, pre-roll included."""
        return self.offset - self.preroll

    @property
    def end(self) -> int:
        """One past the last byte."""
        return self.offset + self.size


@dataclass(frozen=True, slots=True)
class RenditionIndex:
    """Every piece of one rendition, in order."""

    codec: Codec
    init_bytes: int
    init_digest: bytes
    pieces: tuple[Piece, ...]


def digest(data: bytes | memoryview) -> bytes:
    """The 16 bytes that identify stored bytes: a truncated SHA-256."""
    return hashlib.sha256(data).digest()[:DIGEST_BYTES]


def encode_index(index: RenditionIndex) -> bytes:
    """Write an index."""
    head = _HEAD.pack(
        MAGIC, _CODEC_NUMBERS[index.codec], index.init_digest, index.init_bytes, len(index.pieces)
    )
    body = b"".join(
        _PIECE.pack(p.size, p.preroll, p.preroll_first, p.lead, p.digest) for p in index.pieces
    )
    return head + body


def decode_index(data: bytes) -> RenditionIndex:
    """Read an index. Raises IndexDamagedError if the bytes are anything else."""
    if len(data) < _HEAD.size:
        raise IndexDamagedError("an index is longer than this")
    magic, codec_number, init_digest, init_bytes, count = _HEAD.unpack_from(data)
    codec = _CODEC_NAMES.get(codec_number)
    if magic != MAGIC or codec is None:
        raise IndexDamagedError("not an index of version 1")
    if len(data) != _HEAD.size + count * _PIECE.size:
        raise IndexDamagedError(f"an index of {count} pieces has another length")
    pieces = []
    offset = init_bytes
    for size, preroll, preroll_first, lead, piece_digest in _PIECE.iter_unpack(data[_HEAD.size :]):
        if preroll > offset or preroll_first > preroll:
            raise IndexDamagedError("a piece reaches back before the file")
        pieces.append(Piece(offset, size, preroll, preroll_first, lead, piece_digest))
        offset += size
    return RenditionIndex(codec, init_bytes, init_digest, tuple(pieces))
