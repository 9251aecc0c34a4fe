"""Packets from Ogg pages (RFC 3533), and the headers of Vorbis."""

import struct

from player.playback.errors import PieceDamagedError

_PAGE = struct.Struct("<4sBBqIIIB")
_CONTINUED = 1
_IDENTIFICATION = struct.Struct("<7xIBI")
_HEADER_COUNT = 3


def packets(data: bytes) -> list[bytes]:
    """Whole packets of a run of pages that begins and ends at packet borders.

    Checksums are not looked at: the digest of the piece has vouched for every byte.
    """
    found: list[bytes] = []
    partial = b""
    offset = 0
    while offset < len(data):
        continued, lacing, offset = _page_head(data, offset)
        if continued != bool(partial):
            raise PieceDamagedError("an Ogg page does not continue the one before it")
        length = 0
        for segment in lacing:
            length += segment
            if segment < 255:
                found.append(partial + data[offset : offset + length])
                partial = b""
                offset += length
                length = 0
        partial += data[offset : offset + length]
        offset += length
    if partial:
        raise PieceDamagedError("the last Ogg packet is not whole")
    return found


def _page_head(data: bytes, offset: int) -> tuple[bool, bytes, int]:
    """Is the first packet a continuation, segment lengths, where the payload begins."""
    if len(data) - offset < _PAGE.size:
        raise PieceDamagedError("an Ogg page breaks off in its head")
    magic, version, flags, *_numbers, segments = _PAGE.unpack_from(data, offset)
    if magic != b"OggS" or version != 0:
        raise PieceDamagedError("not an Ogg page")
    payload = offset + _PAGE.size + segments
    lacing = data[offset + _PAGE.size : payload]
    if len(lacing) != segments or payload + sum(lacing) > len(data):
        raise PieceDamagedError("an Ogg page breaks off")
    return bool(flags & _CONTINUED), lacing, payload


def xiph_laced(headers: list[bytes]) -> bytes:
    """The three Vorbis headers as one block of decoder configuration (the form FFmpeg takes)."""
    sizes = b"".join(
        b"\xff" * (len(header) // 255) + bytes([len(header) % 255]) for header in headers[:2]
    )
    return bytes([_HEADER_COUNT - 1]) + sizes + b"".join(headers)


def rate_and_channels(headers: list[bytes]) -> tuple[int, int]:
    """From the identification header; checks that all three headers are there."""
    kinds = [header[:7] for header in headers]
    if kinds != [b"\x01vorbis", b"\x03vorbis", b"\x05vorbis"]:
        raise PieceDamagedError("the file does not begin with the three Vorbis headers")
    if len(headers[0]) < _IDENTIFICATION.size:
        raise PieceDamagedError("the Vorbis identification header breaks off")
    _version, channels, rate = _IDENTIFICATION.unpack_from(headers[0])
    if not rate or not channels:
        raise PieceDamagedError("a Vorbis stream without rate or channels")
    return rate, channels
