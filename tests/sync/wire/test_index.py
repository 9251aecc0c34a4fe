"""The index of a rendition survives the trip and refuses anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.wire import index as wire
from sync.wire.playback import CODECS, Manifest, manifest_from_bytes

digests = st.binary(min_size=16, max_size=16)


@st.composite
def indexes(draw):
    init_bytes = draw(st.integers(20, 6_000))
    offset, pieces = init_bytes, []
    for _ in range(draw(st.integers(0, 30))):
        preroll = draw(st.integers(0, min(offset, 65_535)))
        first = draw(st.integers(0, preroll))
        size = draw(st.integers(0, 100_000))
        lead = draw(st.integers(0, 65_535))
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
def test_other_bytes_are_refused_with_one_error(data):
    with pytest.raises(wire.IndexDamagedError):
        wire.decode_index(data)


@given(indexes(), st.data())
def test_a_cut_index_is_refused(index, data):
    whole = wire.encode_index(index)
    with pytest.raises(wire.IndexDamagedError):
        wire.decode_index(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_a_piece_before_the_file_is_refused():
    piece = wire.Piece(10, 5, 11, 0, 0, bytes(16))
    whole = wire.encode_index(wire.RenditionIndex("aac", 10, bytes(16), (piece,)))
    with pytest.raises(wire.IndexDamagedError, match="before"):
        wire.decode_index(whole)


def test_four_minutes_need_about_four_kilobytes():
    pieces = tuple(wire.Piece(0, 1, 0, 0, 0, bytes(16)) for _ in range(162))
    whole = wire.encode_index(wire.RenditionIndex("aac", 100, bytes(16), pieces))
    assert len(whole) < 4_500


def test_a_manifest_is_plain_json():
    text = (
        b'{"track_id":"t","sample_rate":44100,"channels":2,"duration_samples":5,"exact":true,'
        b'"renditions":[]}'
    )
    manifest = manifest_from_bytes(text)
    assert isinstance(manifest, Manifest)
    assert manifest.edges.lead_in == 0


def test_another_format_of_the_right_length_is_refused():
    whole = wire.encode_index(wire.RenditionIndex("aac", 10, bytes(16), ()))
    with pytest.raises(wire.IndexDamagedError, match="version 1"):
        wire.decode_index(b"SGI9" + whole[4:])
