"""The plug-in that runs the production classes in the bitrate bench, without the bench."""

from types import SimpleNamespace

import pytest

from player.playback.load_control import LoadNumbers
from tests.benchmarks.abr_plugin import Segue, engine_options

PIECE_S = 1.5
KBPS = (96, 160, 320)
SIZES = [kbps * 125 * PIECE_S for kbps in KBPS]


def state(buffer_s, *, track=0, chunk=0, kind="play", ahead=8):
    return SimpleNamespace(
        t=0.0,
        buffer_s=buffer_s,
        buffer_max=120.0,
        chunk_s=PIECE_S,
        last_q=0,
        track=track,
        chunk=chunk,
        kind=kind,
        bitrates=list(KBPS),
        stalled=False,
        started=True,
        next=[(PIECE_S, SIZES)] * ahead,
    )


def listened(kbps, pieces=200):
    """A controller after so many pieces over a steady link, and what it chose."""
    segue, buffer_s, chosen = Segue(), 0.0, []
    for number in range(pieces):
        rung = segue.decide(state(buffer_s, chunk=number))
        seconds = SIZES[rung] / (kbps * 125)
        segue.on_download(SIZES[rung], seconds + 0.1, 0.1)
        buffer_s = min(120.0, max(0.0, buffer_s - seconds) + PIECE_S)
        chosen.append(rung)
    return segue, chosen


@pytest.mark.parametrize(("kbps", "rung"), [(110, 0), (170, 1), (1000, 2)])
def test_the_quality_settles_where_the_link_carries_it(kbps, rung):
    _segue, chosen = listened(kbps)
    assert chosen[0] == 0
    assert set(chosen[-50:]) == {rung}


def test_the_first_sizes_are_the_piece_about_to_be_requested():
    segue, _chosen = listened(170)
    heavy = state(40.0, chunk=200)
    heavy.next = [(PIECE_S, [4 * size for size in SIZES])] * 8
    assert segue.decide(heavy) < segue.decide(state(40.0, chunk=200))


def test_the_next_track_begins_like_this_one():
    segue, chosen = listened(1000)
    assert chosen[-1] == 2
    assert segue.decide(state(119.0, track=1, kind="prefetch")) == 2


def test_a_piece_is_left_when_the_link_dies():
    segue, _chosen = listened(330)
    flight = SimpleNamespace(
        q=2, size=SIZES[2], got=1_000.0, elapsed=12.1, ttfb=0.1, sizes=SIZES, dur=PIECE_S
    )
    place = state(12.0, chunk=201, ahead=3)
    assert segue.abandon(place, flight) in (0, 1)
    assert segue.abandon(state(100.0, chunk=201), flight) is None


def test_the_bench_is_told_what_load_control_does():
    numbers = LoadNumbers()
    calm, restless = engine_options(restless=False), engine_options(restless=True)
    assert calm[calm.index("--bmax") + 1] == "120"
    assert calm[-1] == f"120,120,0,120,{numbers.calm.early_from_s:g},{numbers.calm.start_s:g}"
    assert restless[restless.index("--bmax") + 1] == f"{numbers.restless.target_s:g}"
    assert restless[restless.index("--prefetch") + 1] == "3"
