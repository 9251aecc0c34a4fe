"""Files that break off, as far as that shows without decoding them.

What only a decoder can see is reported by the encoder when it gets there.
"""

import os
import struct
from typing import Any, BinaryIO

_PAGE_HEAD = 27
_PAGE_MOST = _PAGE_HEAD + 255 + 255 * 255
_END_OF_STREAM = 4
_NEAR = 8192
_ATOMS = 64
_MP3_SLACK = 0.98
_FLAC_SYNC = b"\xff\xf8"
"""Of a frame in a stream of blocks of one size."""
_FLAC_FRAME_MOST = 1 << 20


def _crc8_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1 ^ 0x07) & 0xFF if byte & 0x80 else byte << 1
    return byte


_CRC8 = tuple(map(_crc8_of, range(256)))


def ogg_damage(stream: BinaryIO, size: int) -> str | None:
    """A whole stream ends with a whole page that is marked as the last."""
    page = _last_page(stream, size, _NEAR) or _last_page(stream, size, _PAGE_MOST)
    if page is None:
        return "the file breaks off: its last page is missing"
    at, head = page
    segments = head[26]
    length = _PAGE_HEAD + segments + sum(head[_PAGE_HEAD : _PAGE_HEAD + segments])
    if len(head) < _PAGE_HEAD + segments or at + length > size:
        return "the file breaks off inside its last page"
    if not head[5] & _END_OF_STREAM:
        return "the file breaks off: its stream has no end"
    return None


def _last_page(stream: BinaryIO, size: int, reach: int) -> tuple[int, bytes] | None:
    """Offset and first bytes of the last page that begins in the last `reach` bytes."""
    start = max(0, size - reach)
    tail = os.pread(stream.fileno(), size - start, start)
    at = tail.rfind(b"OggS")
    while at >= 0 and len(tail) - at < _PAGE_HEAD:
        at = tail.rfind(b"OggS", 0, at)
    return (start + at, tail[at : at + _PAGE_HEAD + 255]) if at >= 0 else None


def flac_damage(stream: BinaryIO, info: Any, size: int) -> str | None:
    """The last frame must be the one that the header's count of samples ends in (RFC 9639 §9)."""
    if not info.total_samples or info.min_blocksize != info.max_blocksize:
        return None
    last = (info.total_samples - 1) // info.max_blocksize
    for reach in (_NEAR, _FLAC_FRAME_MOST):
        start = max(0, size - reach)
        found = _last_flac_frame(os.pread(stream.fileno(), size - start, start))
        if found is not None:
            seconds = (found + 1) * info.max_blocksize / info.sample_rate
            return None if found >= last else f"the file breaks off after about {seconds:.1f} s"
    return "the file breaks off: its last frame is missing"


def _last_flac_frame(tail: bytes) -> int | None:
    """The number of the last frame that begins in these bytes. What looks like a frame by chance is
    told apart by the checksum of its header."""
    at = tail.rfind(_FLAC_SYNC)
    while at >= 0:
        number = _flac_frame_number(tail[at : at + 16])
        if number is not None:
            return number
        at = tail.rfind(_FLAC_SYNC, 0, at)
    return None


def _flac_frame_number(head: bytes) -> int | None:
    """Bytes 4 to 10 at most hold the number, coded like UTF-8; block size and rate may follow."""
    if len(head) < 6:
        return None
    first = head[4]
    length = 1 if first < 0x80 else 8 - (first ^ 0xFF).bit_length()
    size_code, rate_code = head[2] >> 4, head[2] & 15
    end = 4 + length + (size_code == 6) + 2 * (size_code == 7)
    end += (rate_code == 12) + 2 * (rate_code in (13, 14))
    if not length or end >= len(head) or _crc8(head[:end]) != head[end]:
        return None
    number = first & (0x7F if length == 1 else 0x7F >> length)
    for byte in head[5 : 4 + length]:
        number = number << 6 | byte & 0x3F
    return number


def _crc8(data: bytes) -> int:
    """Polynomial x^8 + x^2 + x + 1, as FLAC protects its frame headers."""
    rest = 0
    for byte in data:
        rest = _CRC8[rest ^ byte]
    return rest


def mp3_damage(info: Any, size: int) -> str | None:
    """A header that counts the bytes of the sound must not count more than there are."""
    expected = info.bitrate * info.length / 8
    if size < expected * _MP3_SLACK:
        return f"the file breaks off: {size} of about {round(expected)} bytes are there"
    return None


def mp4_damage(stream: BinaryIO, size: int) -> str | None:
    """Top-level boxes must end where the file does."""
    at = 0
    for _ in range(_ATOMS):
        if at + 8 > size:
            return None
        head = os.pread(stream.fileno(), 16, at)
        length, name = struct.unpack_from(">I4s", head)
        if length == 1 and len(head) == 16:
            length = struct.unpack_from(">Q", head, 8)[0]
        if length == 0:
            return None
        if at + length > size and name in (b"mdat", b"moov", b"moof"):
            return "the file breaks off: its last part is cut"
        at += max(8, length)
    return None
