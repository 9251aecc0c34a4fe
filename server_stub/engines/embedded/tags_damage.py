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
