"""Fragmented MP4 with one AAC track: the file's beginning, and one fragment a piece."""

import struct
from collections.abc import Sequence

from server_stub.streaming.model.boxes import audio_descriptor, box, full_box
from server_stub.streaming.model.plan import AAC_DELAY, AAC_FRAME

_TRACK = 1
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4  # language "und", five bits a letter
_SYNC_SAMPLE = 0x02000000  # depends on no other sample
_DATA_OFFSET, _SAMPLE_SIZES = 0x000001, 0x000200
_DURATION, _FLAGS, _BASE_IS_MOOF = 0x000008, 0x000020, 0x020000


def beginning(sample_rate: int, config: bytes, bits_per_second: int) -> bytes:
    """ftyp and moov of an empty, fragmented movie whose first 1024 samples are priming."""
    brands = box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6mp41M4A ")
    extends = box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">5I", _TRACK, 1, 0, 0, 0)))
    track = box(b"trak", _track_header(), _edit(), _media(sample_rate, config, bits_per_second))
    return brands + box(b"moov", _movie_header(sample_rate), track, extends)


def fragment(number: int, first_packet: int, packets: Sequence[bytes]) -> bytes:
    """moof and mdat. The packets are the last bytes, in order and without gaps."""
    sizes = struct.pack(f">{len(packets)}I", *map(len, packets))
    moof = _moof(number, first_packet, sizes, 0)
    moof = _moof(number, first_packet, sizes, len(moof) + 8)
    return moof + box(b"mdat", *packets)


def _moof(number: int, first_packet: int, sizes: bytes, data_offset: int) -> bytes:
    head = full_box(
        b"tfhd",
        0,
        _BASE_IS_MOOF | _DURATION | _FLAGS,
        struct.pack(">III", _TRACK, AAC_FRAME, _SYNC_SAMPLE),
    )
    time = full_box(b"tfdt", 1, 0, struct.pack(">Q", first_packet * AAC_FRAME))
    run = full_box(
        b"trun",
        0,
        _DATA_OFFSET | _SAMPLE_SIZES,
        struct.pack(">Ii", len(sizes) // 4, data_offset),
        sizes,
    )
    return box(
        b"moof",
        full_box(b"mfhd", 0, 0, struct.pack(">I", number)),
        box(b"traf", head, time, run),
    )


def _movie_header(sample_rate: int) -> bytes:
    return full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH10x", 0, 0, sample_rate, 0, 0x10000, 0x100),
        _MATRIX,
        bytes(24),
        struct.pack(">I", _TRACK + 1),
    )


def _track_header() -> bytes:
    enabled_in_movie = 3
    return full_box(
        b"tkhd",
        0,
        enabled_in_movie,
        struct.pack(">IIIII8xHHHxx", 0, 0, _TRACK, 0, 0, 0, 0, 0x100),
        _MATRIX,
        bytes(8),
    )


def _edit() -> bytes:
    """Play from media time 1024 on, as long as fragments come."""
    entry = struct.pack(">IIiHH", 1, 0, AAC_DELAY, 1, 0)
    return box(b"edts", full_box(b"elst", 0, 0, entry))


def _media(sample_rate: int, config: bytes, bits_per_second: int) -> bytes:
    header = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, sample_rate, 0, _UNDETERMINED, 0))
    handler = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"soun"), b"sound\x00")
    location = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    return box(
        b"mdia",
        header,
        handler,
        box(
            b"minf",
            full_box(b"smhd", 0, 0, bytes(4)),
            box(b"dinf", location),
            _sample_table(sample_rate, config, bits_per_second),
        ),
    )


def _sample_table(sample_rate: int, config: bytes, bits_per_second: int) -> bytes:
    entry = box(
        b"mp4a",
        struct.pack(">6xH8xHHHHI", 1, 2, 16, 0, 0, sample_rate << 16),
        full_box(b"esds", 0, 0, audio_descriptor(config, bits_per_second)),
    )
    return box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
