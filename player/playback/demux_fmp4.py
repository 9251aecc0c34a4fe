"""Packets and decoder configuration from fragmented MP4 (ISO 14496-12 and -14)."""

import struct
from collections.abc import Iterator

from player.playback.errors import PieceDamagedError

_BOX = struct.Struct(">I4s")
_TRUN = struct.Struct(">II")
_SAMPLE_ENTRY_BYTES = 28
_STSD_HEAD_BYTES = 8
_FULL_BOX_BYTES = 4
_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_ES, _DECODER_CONFIG, _SPECIFIC_INFO = 3, 4, 5
_TRUN_OFFSET, _TRUN_FIRST_FLAGS = 0x1, 0x4
_TRUN_COLUMNS = (0x100, 0x200, 0x400, 0x800)
"""Which of duration, size, flags and composition offset each sample has a column for."""
_SIZE_FLAG = 0x200
_TFHD_BEFORE_SIZE = ((0x1, 8), (0x2, 4), (0x8, 4))
_TFHD_SIZE = 0x10


def _boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and payload of each box."""
    offset = 0
    while offset < len(data):
        if len(data) - offset < _BOX.size:
            raise PieceDamagedError("an MP4 box breaks off in its head")
        size, kind = _BOX.unpack_from(data, offset)
        if size < _BOX.size or offset + size > len(data):
            raise PieceDamagedError(f"the MP4 box {kind!r} breaks off")
        yield kind, data[offset + _BOX.size : offset + size]
        offset += size


def _inside(data: memoryview, *path: bytes) -> memoryview:
    """The payload of the first box at a path of nested boxes."""
    for wanted in path:
        for kind, payload in _boxes(data):
            if kind == wanted:
                data = payload
                break
        else:
            raise PieceDamagedError(f"there is no MP4 box {wanted!r} where it should be")
    return data


def packets(data: bytes) -> list[bytes]:
    """The samples of all fragments (`moof` and its `mdat`), in order."""
    found: list[bytes] = []
    sizes: list[int] = []
    for kind, payload in _boxes(memoryview(data)):
        if kind == b"moof":
            sizes += _fragment_sizes(_inside(payload, b"traf"))
        elif kind == b"mdat":
            if sum(sizes) > len(payload):
                raise PieceDamagedError("a fragment names more bytes than it holds")
            offset = 0
            for size in sizes:
                found.append(bytes(payload[offset : offset + size]))
                offset += size
            sizes = []
    if sizes or not found:
        raise PieceDamagedError("a fragment without its audio")
    return found


def _fragment_sizes(traf: memoryview) -> list[int]:
    """Bytes of each sample of a track fragment."""
    default = 0
    sizes: list[int] = []
    for kind, payload in _boxes(traf):
        if kind == b"tfhd":
            default = _default_size(payload)
        elif kind == b"trun":
            sizes += _run_sizes(payload, default)
    if not all(sizes):
        raise PieceDamagedError("a fragment holds an empty packet")
    return sizes


def _default_size(tfhd: memoryview) -> int:
    flags = _uint32(tfhd, 0) & 0xFFFFFF
    if not flags & _TFHD_SIZE:
        return 0
    return _uint32(tfhd, 8 + sum(width for flag, width in _TFHD_BEFORE_SIZE if flags & flag))


def _run_sizes(trun: memoryview, default: int) -> list[int]:
    if len(trun) < _TRUN.size:
        raise PieceDamagedError("a fragment's table breaks off")
    flags, count = _TRUN.unpack_from(trun)
    columns = [flag for flag in _TRUN_COLUMNS if flags & flag]
    start = _TRUN.size + 4 * bool(flags & _TRUN_OFFSET) + 4 * bool(flags & _TRUN_FIRST_FLAGS)
    if start + 4 * count * len(columns) > len(trun):
        raise PieceDamagedError("a fragment's table breaks off")
    if _SIZE_FLAG not in columns:
        if count * default > 1 << 31:
            raise PieceDamagedError("a fragment of impossible size")
        return [default] * count
    table = struct.unpack_from(f">{count * len(columns)}I", trun, start)
    return list(table[columns.index(_SIZE_FLAG) :: len(columns)])


def _uint32(data: memoryview, offset: int) -> int:
    if offset + 4 > len(data):
        raise PieceDamagedError("an MP4 box is too short")
    return int.from_bytes(data[offset : offset + 4], "big")


def audio_config(init: bytes) -> bytes:
    """The AudioSpecificConfig of the first track."""
    stsd = _inside(memoryview(init), b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    entry = _inside(stsd[_STSD_HEAD_BYTES:], b"mp4a")
    esds = _inside(entry[_SAMPLE_ENTRY_BYTES:], b"esds")
    es = _descriptor(bytes(esds[_FULL_BOX_BYTES:]), _ES)
    decoder = _descriptor(es[3:], _DECODER_CONFIG)
    return _descriptor(decoder[13:], _SPECIFIC_INFO)


def _descriptor(data: bytes, wanted: int) -> bytes:
    """The payload of an MPEG-4 descriptor that must come first in the data."""
    if not data or data[0] != wanted:
        raise PieceDamagedError(f"MPEG-4 descriptor {wanted} is missing")
    size = 0
    for place, byte in enumerate(data[1:5], start=2):
        size = size << 7 | byte & 0x7F
        if not byte & 0x80:
            payload = data[place : place + size]
            if len(payload) != size or not size:
                break
            return payload
    raise PieceDamagedError(f"MPEG-4 descriptor {wanted} breaks off")


def rate_and_channels(config: bytes) -> tuple[int, int]:
    """From an AudioSpecificConfig of the plain form (object type and rate by number)."""
    if len(config) < 2:
        raise PieceDamagedError("the AAC configuration breaks off")
    head = int.from_bytes(config[:2], "big")
    rate_number, channels = head >> 7 & 0xF, head >> 3 & 0xF
    if rate_number >= len(_RATES) or not channels:
        raise PieceDamagedError("an AAC stream without a usual rate or channels")
    return _RATES[rate_number], channels
