"""The index of a rendition survives the trip and refuses anything else."""

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.wire import index as wire
from sync.wire.playback import CODECS, Manifest, manifest_from_bytes

digests = st.binary(min_size=16, max_size=16)


@st.composite
def indexes(draw):
    init_bytes = draw(st.integers(20, 6_000))
    offset, pieces = init_bytes, []
    for _ in range(draw(st.integers(0, 30))):
        preroll = draw(st.integers(0, min(offset, 70_000)))
        first = draw(st.integers(0, preroll))
        size = draw(st.integers(0, 100_000))
        lead = draw(st.sampled_from((0, 1_024, 2_048, 70_000)))
        pieces.append(wire.Piece(offset, size, preroll, first, lead, draw(digests)))
        offset += size
    return wire.RenditionIndex(
        draw(st.sampled_from(CODECS)), init_bytes, draw(digests), tuple(pieces)
    )


@given(indexes())
def test_an_index_comes_back_as_it_was(index):
    assert wire.decode_index(wire.encode_index(index)) == index


@given(indexes())
def test_ranges_cover_the_file_without_a_hole(index):
    end = index.init_bytes
    for piece in index.pieces:
        assert piece.start <= piece.offset == end
        end = piece.end


@given(st.binary(max_size=200))
@example(b"")
@example(b"SGI2\x01" + bytes(16) + b"\x00\xff\xff\xff\xff\xff")
@example(b"SGI2\x01" + bytes(16) + b"\x00\xff\xff\xff\xff\x7f")
def test_other_bytes_are_refused_with_one_error(data):
    with pytest.raises(wire.IndexDamagedError):
        wire.decode_index(data)


@given(indexes(), st.data())
def test_a_cut_index_is_refused(index, data):
    whole = wire.encode_index(index)
    with pytest.raises(wire.IndexDamagedError):
        wire.decode_index(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(indexes(), st.binary(min_size=1, max_size=9))
def test_bytes_after_an_index_are_refused(index, more):
    with pytest.raises(wire.IndexDamagedError, match="shorter"):
        wire.decode_index(wire.encode_index(index) + more)


@given(indexes(), st.data())
def test_a_changed_byte_gives_another_index_or_the_one_error(index, data):
    """Never the same index, never another kind of failure."""
    whole = bytearray(wire.encode_index(index))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = wire.decode_index(bytes(whole))
    except wire.IndexDamagedError:
        return
    # What fills up the last byte of a column means nothing.
    assert changed != index or wire.encode_index(changed) == wire.encode_index(index)


@given(st.binary(max_size=120))
def test_any_bytes_behind_a_good_beginning_fail_in_the_one_way(data):
    try:
        wire.decode_index(b"SGI2\x01" + bytes(16) + b"\x7f" + data)
    except wire.IndexDamagedError:
        return


def test_a_piece_before_the_file_is_refused():
    piece = wire.Piece(10, 5, 11, 0, 0, bytes(16))
    whole = wire.encode_index(wire.RenditionIndex("aac", 10, bytes(16), (piece,)))
    with pytest.raises(wire.IndexDamagedError, match="before"):
        wire.decode_index(whole)


@pytest.mark.parametrize(
    ("codec", "spread", "most"),
    [("aac", (1_200, 400, 200, 0), 3_250), ("vorbis", (12_000, 900, 0, 1_100), 3_450)],
)
def test_four_minutes_need_little_more_than_their_digests(codec, spread, most):
    """Sizes as real music of these codecs has them: AAC nearly constant, Vorbis not at all."""
    random = Random(1)
    base = (24_000, 700, 350, 1_024)
    pieces, offset = [wire.Piece(100, 25_000, 0, 0, 1_024, bytes(16))], 25_100
    for _ in range(161):
        size, preroll, first, lead = (
            b + random.randint(0, s) for b, s in zip(base, spread, strict=True)
        )
        pieces.append(wire.Piece(offset, size, preroll, min(first, preroll), lead, bytes(16)))
        offset += size
    whole = wire.encode_index(wire.RenditionIndex(codec, 100, bytes(16), tuple(pieces)))
    assert 162 * 16 < len(whole) < most


@pytest.mark.parametrize("size", [-1, 1 << 32])
def test_numbers_that_do_not_fit_are_not_written(size):
    piece = wire.Piece(10, size, 0, 0, 0, bytes(16))
    with pytest.raises(ValueError, match="does not fit"):
        wire.encode_index(wire.RenditionIndex("aac", 10, bytes(16), (piece,)))


def test_a_column_wider_than_any_number_is_refused():
    head = b"SGI2\x01" + bytes(16) + b"\x00\x03" + bytes(8)
    with pytest.raises(wire.IndexDamagedError, match="column"):
        wire.decode_index(head + b"\x00\x21" + bytes(100))


def test_a_manifest_is_plain_json():
    text = (
        b'{"track_id":"t","sample_rate":44100,"channels":2,"duration_samples":5,"exact":true,'
        b'"renditions":[]}'
    )
    manifest = manifest_from_bytes(text)
    assert isinstance(manifest, Manifest)
    assert manifest.edges.lead_in == 0


def test_the_format_before_is_refused():
    whole = wire.encode_index(wire.RenditionIndex("aac", 10, bytes(16), ()))
    with pytest.raises(wire.IndexDamagedError, match="version 2"):
        wire.decode_index(b"SGI1" + whole[4:])


def test_a_digest_is_half_a_sha256():
    assert wire.digest(memoryview(b"abc")).hex() == "ba7816bf8f01cfea414140de5dae2223"
