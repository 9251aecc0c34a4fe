"""Packets and decoder configuration: what goes in comes out, and damage has a name."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.playback.demux import packets_of, preroll_packets, setup_of
from player.playback.errors import PieceDamagedError
from tests.player.playback.sound_material import rendition

SAMPLES = 70_000


def pieces(codec):
    return rendition(SAMPLES, codec, 96).pieces


def paged(packets, segments_per_page):
    """Pages that break anywhere, also in the middle of a packet."""
    laces = [(lace, data) for packet in packets for lace, data in segments(packet)]
    pages = []
    for at in range(0, len(laces), segments_per_page):
        here = laces[at : at + segments_per_page]
        continued = at > 0 and laces[at - 1][0] == 255
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, continued, 0, 1, 0, 0, len(here))
        pages.append(head + bytes(lace for lace, _ in here) + b"".join(data for _, data in here))
    return b"".join(pages)


def segments(packet):
    for at in range(0, len(packet) + 1, 255):
        part = packet[at : at + 255]
        yield len(part), part


@given(st.lists(st.binary(max_size=1_200), min_size=1, max_size=20), st.integers(1, 255))
def test_ogg_packets_come_back_from_their_pages(packets, segments_per_page):
    assert packets_of("vorbis", paged(packets, segments_per_page)) == packets


def test_a_page_that_continues_nothing_is_refused():
    whole = paged([bytes(300), b"next"], 1)
    second = whole.index(b"OggS", 1)
    with pytest.raises(PieceDamagedError):
        packets_of("vorbis", whole[second:])
    with pytest.raises(PieceDamagedError):
        packets_of("vorbis", whole[:second] * 2)


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def fragment(tfhd, trun, audio):
    return box(b"moof", box(b"traf", box(b"tfhd", tfhd), box(b"trun", trun))) + box(b"mdat", audio)


def test_samples_of_one_default_size():
    tfhd = struct.pack(">IIQII", 0x1 | 0x8 | 0x10, 1, 0, 1024, 3)
    trun = struct.pack(">II", 0, 2)
    assert packets_of("aac", fragment(tfhd, trun, b"abcdef")) == [b"abc", b"def"]


def test_samples_with_all_columns():
    tfhd = struct.pack(">II", 0, 1)
    rows = struct.pack(">8I", 1024, 2, 0, 0, 1024, 4, 0, 0)
    trun = struct.pack(">IIII", 0x1 | 0x4 | 0xF00, 2, 0, 0) + rows
    assert packets_of("aac", fragment(tfhd, trun, b"abcdef")) == [b"ab", b"cdef"]


def test_two_fragments_in_one_piece_follow_each_other():
    piece = pieces("aac")[1]
    assert packets_of("aac", piece.body * 2) == packets_of("aac", piece.body) * 2


@pytest.mark.parametrize("codec", ["aac", "vorbis"])
def test_configuration_names_rate_and_channels(codec):
    setup = setup_of(codec, pieces(codec)[0].init)
    assert (setup.codec, setup.rate, setup.channels) == (codec, 44100, 2)


def test_preroll_is_the_end_of_the_piece_before():
    first, second = pieces("aac")
    assert preroll_packets(second) == packets_of("aac", first.body)[-2:]
    first, second = pieces("vorbis")
    before = packets_of("vorbis", first.body)
    warm_up = preroll_packets(second)
    assert warm_up == before[-len(warm_up) :]
    assert preroll_packets(first) == []


@pytest.mark.parametrize("codec", ["aac", "vorbis"])
@given(data=st.data())
def test_damage_raises_a_typed_error_or_gives_packets(codec, data):
    body = pieces(codec)[1].body
    mutilated = bytearray(body[: data.draw(st.integers(0, len(body)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if mutilated:
            mutilated[data.draw(st.integers(0, min(len(mutilated) - 1, 900)))] = data.draw(
                st.integers(0, 255)
            )
    with suppress(PieceDamagedError):
        assert sum(map(len, packets_of(codec, bytes(mutilated)))) <= len(body)


@pytest.mark.parametrize("codec", ["aac", "vorbis"])
@given(data=st.data())
def test_a_damaged_beginning_raises_a_typed_error_or_configures(codec, data):
    init = bytearray(pieces(codec)[0].init)
    init = init[: data.draw(st.integers(0, len(init)))]
    if init:
        init[data.draw(st.integers(0, len(init) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(PieceDamagedError):
        assert setup_of(codec, bytes(init)).rate > 0


@pytest.mark.parametrize(
    "data",
    [
        b"OggS",
        b"JunkJunkJunkJunkJunkJunkJunk",
        b"OggS\x00\x01" + bytes(20) + b"\x01\x05hello",
        b"OggS\x00\x00" + bytes(20) + b"\x01\xff" + bytes(255),
        b"OggS\x00\x00" + bytes(20) + b"\x02\x05\x05hello",
    ],
)
def test_broken_ogg_is_refused(data):
    with pytest.raises(PieceDamagedError):
        packets_of("vorbis", data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x00",
        box(b"mdat", b"abc"),
        struct.pack(">I4s", 4, b"moof"),
        box(b"moof", box(b"traf", box(b"tfhd", bytes(8)))),
        box(b"moof", b""),
        fragment(struct.pack(">II", 0, 1), struct.pack(">II", 0, 2), b""),
        fragment(struct.pack(">II", 0x10, 1), struct.pack(">II", 0, 2), b""),
        fragment(struct.pack(">III", 0x10, 1, 9), struct.pack(">II", 0, 2**32 - 1), b""),
        fragment(struct.pack(">III", 0x10, 1, 9), struct.pack(">II", 0, 2), b"short"),
        fragment(struct.pack(">II", 0, 1), b"abc", b""),
        fragment(struct.pack(">II", 0, 1), struct.pack(">II", 0x200, 9), b"abc"),
    ],
)
def test_broken_fragments_are_refused(data):
    with pytest.raises(PieceDamagedError):
        packets_of("aac", data)


def test_an_aac_preroll_of_one_packet_is_refused():
    whole = pieces("aac")[1]
    for first in (0, len(whole.preroll)):
        broken = type(whole)(
            **{name: getattr(whole, name) for name in whole.__slots__} | {"preroll_first": first}
        )
        with pytest.raises(PieceDamagedError):
            preroll_packets(broken)
