"""WAV files: their chunks, of which mutagen reads only the ID3 one."""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from mutagen.id3 import ID3

from server_stub.catalog.model.encodings import decode_text
from server_stub.catalog.model.tags import Audio
from server_stub.engines.embedded.tags_fields import Fields
from server_stub.engines.embedded.tags_id3 import id3_fields

_INFO = {
    b"INAM": "title",
    b"IART": "artist",
    b"IPRD": "album",
    b"ICRD": "date",
    b"IGNR": "genre",
    b"ITRK": "tracknumber",
    b"IPRT": "tracknumber",
    b"IMUS": "composer",
    b"ISRC": "isrc",
}
_OPEN_END = 0xFFFFFFFF
"""Size that a recorder writes when it does not know yet how much will follow."""
_CHUNK_LIMIT = 32 << 20
_CHUNKS = 256


@dataclass(frozen=True, slots=True)
class Wave:
    """What the chunks of a WAV file say."""

    audio: Audio
    fields: Fields
    broken: bool
    """The sound is shorter than its header says."""


def read_wave(stream: BinaryIO, size: int) -> Wave | None:
    """Walk the chunks; None if there is no sound that could be played."""
    fields = Fields()
    form = (0, 0, 0)
    sound, declared = -1, 0
    at = 12
    for _ in range(_CHUNKS):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            break
        name, length = struct.unpack("<4sI", head)
        at += 8
        if name == b"fmt " and length >= 16:
            form = _form(stream.read(16))
        elif name == b"data":
            sound, declared = max(0, min(length, size - at)), length
        elif name == b"LIST" and length < _CHUNK_LIMIT:
            _info(stream.read(length), fields)
        elif name in (b"id3 ", b"ID3 ") and length < _CHUNK_LIMIT:
            fields = _merged(id3_fields(ID3(io.BytesIO(stream.read(length)))), fields)
        at += length + length % 2
    rate, channels, frame = form
    if sound < 0 or not (rate and channels and frame):
        return None
    duration = sound // frame * 1000 // rate
    return Wave(Audio("wav", duration, rate, channels), fields, sound < declared != _OPEN_END)


def _form(data: bytes) -> tuple[int, int, int]:
    """Sample rate, channels and bytes of one frame."""
    if len(data) < 16:
        return 0, 0, 0
    _code, channels, rate, _bytes, frame, _bits = struct.unpack("<HHIIHH", data)
    return rate, channels, frame


def _info(data: bytes, fields: Fields) -> None:
    if data[:4] != b"INFO":
        return
    at = 4
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name in _INFO:
            value = data[at + 8 : at + 8 + length].rstrip(b"\0")
            fields.add(_INFO[name], (decode_text(value),))
        at += 8 + length + length % 2


def _merged(better: Fields, other: Fields) -> Fields:
    """ID3 knows more than INFO; what only INFO has is kept."""
    better.texts = {**other.texts, **better.texts}
    return better
