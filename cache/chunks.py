"""The form of a cache file: records of ciphertext in the order they came. Pure.

One file per rendition. A record is a head (magic, length, first byte in the rendition) and the
bytes as the server sent them. Appending is one write; after a crash the file is read up to its
last whole record. What the bytes are worth is checked by whoever reads them, against the index.
"""

import struct
from bisect import bisect_right
from collections.abc import Callable

MAGIC = b"SGC1"
_HEAD = struct.Struct("<4sIQ")
HEAD_BYTES = _HEAD.size


def head(start: int, size: int) -> bytes:
    """The head of a record that holds bytes [start, start + size) of the rendition."""
    return _HEAD.pack(MAGIC, size, start)


_Span = tuple[int, int, int]
"""(start, end, place in the file)"""


class Ranges:
    """Which bytes of a rendition lie where in its cache file."""

    def __init__(self) -> None:
        self._spans: tuple[_Span, ...] = ()
        """By start. Replaced as a whole: one thread may add while another one looks."""

    def add(self, start: int, size: int, place: int) -> None:
        """Bytes [start, start + size) lie at `place`."""
        spans = self._spans
        at = bisect_right(spans, start, key=_start)
        self._spans = (*spans[:at], (start, start + size, place), *spans[at:])

    def cover(self, start: int, end: int) -> list[tuple[int, int]] | None:
        """(place, size) of the parts that make up [start, end), or None if some are missing."""
        spans = self._spans
        parts: list[tuple[int, int]] = []
        at = start
        while at < end:
            span = _reaching_furthest(spans, at)
            if span is None:
                return None
            span_start, span_end, place = span
            size = min(span_end, end) - at
            parts.append((place + at - span_start, size))
            at += size
        return parts


def _start(span: _Span) -> int:
    return span[0]


def _reaching_furthest(spans: tuple[_Span, ...], at: int) -> _Span | None:
    begun = spans[: bisect_right(spans, at, key=_start)]
    return max((s for s in begun if s[1] > at), key=lambda span: span[1], default=None)


def scan(read: Callable[[int, int], bytes]) -> tuple[Ranges, int]:
    """The ranges of a file, and its size up to the last whole record.

    `read(offset, size)` gives the file's bytes.
    """
    ranges = Ranges()
    at = 0
    while True:
        raw = read(at, HEAD_BYTES)
        if len(raw) < HEAD_BYTES:
            return ranges, at
        magic, size, start = _HEAD.unpack(raw)
        following = at + HEAD_BYTES + size
        if magic != MAGIC or size == 0 or len(read(following - 1, 1)) < 1:
            return ranges, at
        ranges.add(start, size, at + HEAD_BYTES)
        at = following
