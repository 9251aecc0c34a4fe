"""The piece plans, held to their definition for any sequence of packets."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.streaming.errors import StreamDamagedError
from server_stub.streaming.model.plan import AAC_FRAME, AacPlan, VorbisPlan, piece_count
from sync.wire.playback import CROSSFADE_SAMPLES

PIECE = 4096
BLOCKS = st.lists(st.sampled_from([256, 2048]), min_size=3, max_size=80)


def fed(plan, lengths, known=lambda done: done):
    """Pieces a plan gives while packets come in."""
    pieces, done = [], 0
    for length in lengths:
        plan.add(length)
        done += length
        pieces += plan.ready(known(done))
    return pieces


def vorbis_lengths(blocks):
    """Samples of each packet: the first gives nothing, then a quarter of both neighbours."""
    return [0] + [(a + b) // 4 for a, b in pairwise(blocks)]


@given(BLOCKS, st.integers(0, 575))
def test_vorbis_pieces(blocks, short):
    lengths = vorbis_lengths(blocks)
    starts = [sum(lengths[:n]) for n in range(len(lengths))]
    total = max(sum(lengths) - min(short, lengths[-1] - 1), 1)
    plan = VorbisPlan(PIECE)
    early = fed(plan, lengths)
    pieces = early + list(plan.finish(total))

    assert len(pieces) == piece_count(total, PIECE)
    assert [piece.last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert pieces[0].first == pieces[0].lead == 0
    assert pieces[-1].end == len(lengths)
    for number, (before, after) in enumerate(pairwise(pieces), start=1):
        border = number * PIECE
        closing, exact = before.end - 1, before.tail + 1
        assert after.first == before.end
        assert starts[closing] < border <= starts[closing] + lengths[closing]
        assert starts[exact] <= border - CROSSFADE_SAMPLES
        later = [n for n in range(exact + 1, len(starts)) if starts[n] <= border - 256]
        assert all(starts[n] == starts[exact] for n in later)
        assert after.lead == border - starts[exact]
        assert before.first <= before.tail < before.end


@given(st.integers(1, 20 * PIECE), st.integers(0, 3))
def test_aac_pieces(total, extra):
    packets = -(-total // AAC_FRAME) + 1 + extra
    plan = AacPlan(PIECE)
    early = fed(plan, [AAC_FRAME] * packets, lambda done: min(done, total))
    pieces = early + list(plan.finish(total))
    frames = PIECE // AAC_FRAME

    assert len(pieces) == piece_count(total, PIECE)
    assert pieces[-1].end == packets
    assert pieces[-1].last
    for number, piece in enumerate(pieces):
        assert piece.first == (frames * number + 1 if number else 0)
        assert piece.lead == (2048 if number else 1024)
        if not piece.last:
            assert piece.end == frames * (number + 1) + 1
            assert piece.tail == piece.end - 2


@given(st.integers(2, 12 * PIECE))
def test_a_piece_is_out_as_soon_as_it_has_a_successor(total):
    packets = -(-total // AAC_FRAME) + 1
    pieces = fed(AacPlan(PIECE), [AAC_FRAME] * packets, lambda done: min(done, total))
    assert len(pieces) == piece_count(total, PIECE) - 1


def test_missing_packets_are_noticed():
    aac, vorbis = AacPlan(PIECE), VorbisPlan(PIECE)
    fed(aac, [AAC_FRAME] * 3)
    fed(vorbis, [0, 1024, 1024])
    with pytest.raises(StreamDamagedError):
        list(aac.finish(2 * AAC_FRAME + 1))
    with pytest.raises(StreamDamagedError):
        list(vorbis.finish(2049))
    with pytest.raises(StreamDamagedError):
        aac.add(960)
    with pytest.raises(ValueError, match="whole number"):
        AacPlan(1000)
