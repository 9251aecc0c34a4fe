"""Boxes of ISO base media files (ISO 14496-12) and the descriptors of MPEG-4 audio."""

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box: its size, its kind, its content."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box whose content begins with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def descriptor(tag: int, *parts: bytes) -> bytes:
    """An MPEG-4 descriptor. Its size must fit into seven bits."""
    body = b"".join(parts)
    if len(body) > 127:
        raise ValueError("a descriptor of this size needs a longer size field")
    return bytes((tag, len(body))) + body


def audio_descriptor(config: bytes, bits_per_second: int) -> bytes:
    """ES descriptor (14496-1) that names AAC and carries its AudioSpecificConfig."""
    object_type_aac, audio_stream = 0x40, 0x15
    decoder = struct.pack(
        ">BB3sII", object_type_aac, audio_stream, bytes(3), bits_per_second, bits_per_second
    )
    return descriptor(
        3,
        struct.pack(">HB", 1, 0),
        descriptor(4, decoder, descriptor(5, config)),
        descriptor(6, b"\x02"),
    )
