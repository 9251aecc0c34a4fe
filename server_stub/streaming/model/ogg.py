"""Ogg pages (RFC 3533), with page breaks exactly where the caller wants them."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD = struct.Struct("<4sBBqIIIB")
_CHECKSUM_AT = 22
_MAX_LACES = 255
FIRST_PAGE = 2
LAST_PAGE = 4

_MIRROR = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def checksum(data: bytes) -> int:
    """Ogg's CRC-32: the polynomial of zlib's, most significant bit first, no inversion.

    zlib works least significant bit first and inverts before and after. Mirroring the bits of every
    byte and of the result, and starting from all ones, turns one into the other at zlib's speed.
    """
    reflected = zlib.crc32(data.translate(_MIRROR), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(reflected.to_bytes(4, "little").translate(_MIRROR), "big")


@dataclass(frozen=True, slots=True)
class OggPacket:
    """A packet and the granule position at its end."""

    data: bytes
    granule: int


class OggWriter:
    """Pages of one logical stream. A packet never spans two pages."""

    def __init__(self, serial: int) -> None:
        self._serial = serial
        self._sequence = 0

    def pages(
        self, packets: Sequence[OggPacket], flags_first: int = 0, flags_last: int = 0
    ) -> bytes:
        """Whole pages that hold these packets; a page break lies before and after."""
        groups = _page_groups(packets)
        written = []
        for number, group in enumerate(groups):
            flags = flags_first if number == 0 else 0
            if number == len(groups) - 1:
                flags |= flags_last
            written.append(self._page(group, flags))
        return b"".join(written)

    def nil_page(self, granule: int, flags: int) -> bytes:
        """A page without a packet, which carries only its flags."""
        return self._assemble(b"", b"", granule, flags)

    def _page(self, group: Sequence[OggPacket], flags: int) -> bytes:
        laces = b"".join(_laces(packet.data) for packet in group)
        body = b"".join(packet.data for packet in group)
        return self._assemble(laces, body, group[-1].granule, flags)

    def _assemble(self, laces: bytes, body: bytes, granule: int, flags: int) -> bytes:
        head = _HEAD.pack(b"OggS", 0, flags, granule, self._serial, self._sequence, 0, len(laces))
        self._sequence += 1
        page = bytearray(head + laces + body)
        struct.pack_into("<I", page, _CHECKSUM_AT, checksum(bytes(page)))
        return bytes(page)


def _laces(data: bytes) -> bytes:
    """Lacing values: 255 for every full segment, then the rest (0 if nothing is left over)."""
    full, rest = divmod(len(data), 255)
    return b"\xff" * full + bytes((rest,))


def _page_groups(packets: Sequence[OggPacket]) -> list[list[OggPacket]]:
    groups: list[list[OggPacket]] = []
    room = 0
    for packet in packets:
        need = len(packet.data) // 255 + 1
        if need > _MAX_LACES:
            raise ValueError("a packet fits on one page")
        if not groups or need > room:
            groups.append([])
            room = _MAX_LACES
        groups[-1].append(packet)
        room -= need
    return groups
