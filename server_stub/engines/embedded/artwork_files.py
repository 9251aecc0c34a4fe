"""What a cover picture is, by its bytes."""

import hashlib

from sync.wire.ids import encode

SIZE_LIMIT = 32 << 20
"""Larger pictures are left alone."""

_MARKS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
)


def media_type(data: bytes) -> str | None:
    """The picture's format; None for anything that is not one of the four we show."""
    return next((kind for at, mark, kind in _MARKS if data[at : at + len(mark)] == mark), None)


def picture_id(data: bytes) -> str | None:
    """The id of these bytes; None if they are no picture."""
    if len(data) > SIZE_LIMIT or media_type(data) is None:
        return None
    return encode(int.from_bytes(hashlib.sha256(data).digest()[:16]))
