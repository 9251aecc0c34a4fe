"""The compact index of a rendition: where each piece lies and what it must hash to.

Layout: magic `SGI2`, codec u8, init digest (16 bytes), init bytes, piece count, then the sizes of
the pieces and, last, 16 bytes of SHA-256 for each over pre-roll and piece as stored. Numbers are
varints (LEB128) of at most 32 bits. The sizes are four columns: bytes, pre-roll bytes, bytes of the
first pre-roll packet, lead samples. The first and the last piece differ from all others, so their
values stand alone, in this order; between them each column is its smallest value (varint), a width
in bits (u8), and what each piece has above the smallest, packed, the first piece in the highest
bits. Four minutes take about 3.2 KB, of which digests are 2.6.

Piece 0 begins at `init_bytes`; each next piece begins where the last one ended.
"""

import hashlib
from dataclasses import dataclass

from sync.wire.playback import Codec

MAGIC = b"SGI2"
DIGEST_BYTES = 16
_CODEC_NUMBERS: dict[Codec, int] = {"vorbis": 1, "aac": 2}
_CODEC_NAMES: dict[int, Codec] = {number: codec for codec, number in _CODEC_NUMBERS.items()}
_MOST = (1 << 32) - 1

_Sizes = tuple[int, int, int, int]


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
    """Write an index. Raises ValueError if a number in it needs more than 32 bits."""
    sizes = [(p.size, p.preroll, p.preroll_first, p.lead) for p in index.pieces]
    parts = [MAGIC, bytes((_CODEC_NUMBERS[index.codec],)), index.init_digest]
    parts += map(_varint, (index.init_bytes, len(sizes)))
    for row in (*sizes[:1], *sizes[1:][-1:]):
        parts += map(_varint, row)
    for column in zip(*sizes[1:-1], strict=True):
        parts.append(_packed(column))
    return b"".join(parts) + b"".join(piece.digest for piece in index.pieces)


def decode_index(data: bytes) -> RenditionIndex:
    """Read an index. Raises IndexDamagedError if the bytes are anything else."""
    reader = _Reader(data)
    magic, codec = reader.take(len(MAGIC)), _CODEC_NAMES.get(reader.take(1)[0])
    if magic != MAGIC or codec is None:
        raise IndexDamagedError("not an index of version 2")
    init_digest, init_bytes, count = reader.take(DIGEST_BYTES), reader.varint(), reader.varint()
    if count * DIGEST_BYTES > len(data):
        raise IndexDamagedError(f"an index of {count} pieces is longer than this")
    sizes = reader.sizes(count)
    digests = [reader.take(DIGEST_BYTES) for _ in range(count)]
    reader.end()
    pieces = []
    offset = init_bytes
    for (size, preroll, preroll_first, lead), piece_digest in zip(sizes, digests, strict=True):
        if preroll > offset or preroll_first > preroll:
            raise IndexDamagedError("a piece reaches back before the file")
        pieces.append(Piece(offset, size, preroll, preroll_first, lead, piece_digest))
        offset += size
    return RenditionIndex(codec, init_bytes, init_digest, tuple(pieces))


class _Reader:
    """Takes an index apart from front to back."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise IndexDamagedError("an index is longer than this")
        self._at += count
        return taken

    def varint(self) -> int:
        """The next number."""
        number = 0
        for shift in range(0, 35, 7):
            (byte,) = self.take(1)
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        else:
            raise IndexDamagedError("a number that does not end")
        if number > _MOST:
            raise IndexDamagedError("a number of more than 32 bits")
        return number

    def sizes(self, count: int) -> list[_Sizes]:
        """The four columns, as one row a piece."""
        outer = [self._row() for _ in range(min(count, 2))]
        inner = [self._column(count - 2) for _ in range(4 if count > 2 else 0)]
        return [*outer[:1], *zip(*inner, strict=True), *outer[1:]]

    def end(self) -> None:
        """Refuse anything that follows."""
        if self._at != len(self._data):
            raise IndexDamagedError("an index is shorter than this")

    def _row(self) -> _Sizes:
        return self.varint(), self.varint(), self.varint(), self.varint()

    def _column(self, count: int) -> list[int]:
        least, width = self.varint(), self.take(1)[0]
        if width > 32:
            raise IndexDamagedError("a column of more than 32 bits")
        if width == 0:
            return [least] * count
        bits = width * count
        packed = int.from_bytes(self.take((bits + 7) // 8), "big") >> -bits % 8
        digits = f"{packed:0{bits}b}"
        return [least + int(digits[at : at + width], 2) for at in range(0, bits, width)]


def _packed(column: tuple[int, ...]) -> bytes:
    least = min(column)
    width = (max(column) - least).bit_length()
    if width == 0:
        return _varint(least) + b"\0"
    bits = width * len(column)
    digits = "".join(f"{value - least:0{width}b}" for value in column)
    packed = int(digits, 2) << -bits % 8
    return _varint(least) + bytes((width,)) + packed.to_bytes((bits + 7) // 8, "big")


def _varint(number: int) -> bytes:
    if not 0 <= number <= _MOST:
        raise ValueError(f"{number} does not fit into an index")
    written = bytearray()
    while number >= 0x80:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)
