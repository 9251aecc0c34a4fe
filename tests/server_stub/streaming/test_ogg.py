"""Ogg pages: checksum, lacing, page breaks; and what is read of Vorbis headers."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.engines.embedded.encode_codec import PacketEncoder
from server_stub.streaming.errors import StreamDamagedError
from server_stub.streaming.model import vorbis
from server_stub.streaming.model.ogg import FIRST_PAGE, LAST_PAGE, OggPacket, OggWriter, checksum
from tests.server_stub.streaming.material import music, ogg_pages


def slow_checksum(data):
    """RFC 3533, bit by bit."""
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
            register &= 0xFFFFFFFF
    return register


@given(st.binary(max_size=300))
def test_the_checksum_is_that_of_the_specification(data):
    assert checksum(data) == slow_checksum(data)


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=300))
def test_pages_give_back_their_packets(sizes):
    packets = [OggPacket(bytes((n % 251,)) * size, 10 * n) for n, size in enumerate(sizes)]
    data = OggWriter(99).pages(packets, FIRST_PAGE, LAST_PAGE)
    pages = ogg_pages(data)

    assert [packet for page in pages for packet in page[4]] == [packet.data for packet in packets]
    assert pages[0][0] & FIRST_PAGE
    assert pages[-1][0] & LAST_PAGE
    assert all(page[0] == 0 for page in pages[1:-1])
    assert [page[3] for page in pages] == list(range(len(pages)))
    assert pages[-1][1] == packets[-1].granule
    struct_crc = struct.unpack_from("<I", data, 22)[0]
    first = data[: data.find(b"OggS", 4)] if len(pages) > 1 else data
    if data.count(b"OggS") == len(pages):
        assert struct_crc == slow_checksum(first[:22] + bytes(4) + first[26:])


def test_a_packet_that_needs_two_pages_is_refused():
    with pytest.raises(ValueError, match="one page"):
        OggWriter(1).pages([OggPacket(bytes(70_000), 0)])


@pytest.mark.parametrize("kbps", [96, 160, 320])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_packet_lengths_add_up_to_the_source(kbps, rate):
    encoder = PacketEncoder("vorbis", kbps, rate)
    headers = vorbis.split_headers(encoder.setup.extradata)
    assert [header[1:7] for header in headers] == [b"vorbis"] * 3
    sizes = vorbis.block_sizes(headers[0], headers[2])
    assert (sizes.short, sizes.long) == (256, 2048)
    lengths = vorbis.PacketLengths(sizes)
    packets = [*encoder.encode(music(30_000, rate)), *encoder.flush()]
    total = sum(lengths.next(packet) for packet in packets)
    assert 30_000 <= total < 30_000 + 1024


def test_other_bytes_are_no_vorbis_headers():
    encoder = PacketEncoder("vorbis", 96, 44_100)
    first, _, third = vorbis.split_headers(encoder.setup.extradata)
    with pytest.raises(StreamDamagedError):
        vorbis.split_headers(b"\x01")
    with pytest.raises(StreamDamagedError):
        vorbis.block_sizes(b"\x01theora", third)
    with pytest.raises(StreamDamagedError):
        vorbis.block_sizes(first, b"\xff" * 100)
    with pytest.raises(StreamDamagedError):
        vorbis.block_sizes(first, third).of(b"\x01")
