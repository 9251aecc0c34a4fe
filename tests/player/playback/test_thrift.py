"""Load control on a connection that is paid by volume."""

from dataclasses import replace

from player.playback.load_control import BufferControl, Load
from player.playback.thrift import AHEAD_S, Thrift

LOAD = Load(
    buffer_s=60.0,
    buffer_bytes=1_000_000,
    left_s=100.0,
    early_s=0.0,
    piece_bytes=30_000,
    rate=100_000.0,
    bytes_per_s=20_000.0,
    stalled=False,
    ended=False,
)


def test_off_it_is_what_it_wraps():
    plain, thrift = BufferControl(), Thrift(BufferControl())
    for buffer_s in (0.0, 10.0, 60.0, 119.0, 121.0):
        load = replace(LOAD, buffer_s=buffer_s)
        assert thrift.may_fetch(load) == plain.may_fetch(load)
        assert thrift.fetch_early(load) == plain.fetch_early(load)
        assert thrift.may_play(load) == plain.may_play(load)
    assert (thrift.target_s, thrift.budget_bytes) == (plain.target_s, plain.budget_bytes)


def test_on_little_is_loaded_ahead_and_nothing_of_the_next_track():
    thrift = Thrift(BufferControl())
    thrift.on = True
    assert thrift.target_s == AHEAD_S
    assert not thrift.may_fetch(LOAD)
    assert thrift.may_fetch(replace(LOAD, buffer_s=AHEAD_S - 1))
    assert not thrift.fetch_early(LOAD)
    assert thrift.may_play(LOAD)
