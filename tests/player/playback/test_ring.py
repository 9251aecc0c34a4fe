"""The ring gives out what went in, once, in order, whatever the sizes and threads."""

import threading

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from player.playback.ring import FRAME_BYTES, PcmRing


def frames(first, count):
    """Numbered frames: the right channel is the left one negated."""
    left = np.arange(first, first + count, dtype=np.float32)
    return np.stack([left, -left], 1)


def read(ring, count):
    buffer = bytearray(count * FRAME_BYTES)
    got = ring.read_into(buffer)
    return np.frombuffer(buffer, np.float32).reshape(-1, 2)[:got]


class RingModel(RuleBasedStateMachine):
    """Against a plain list."""

    def __init__(self):
        super().__init__()
        self.ring = PcmRing(50)
        self.inside = []
        self.next = 0

    @rule(count=st.integers(0, 120))
    def write(self, count):
        taken = self.ring.write(frames(self.next, count))
        assert taken == min(count, 50 - len(self.inside))
        self.inside += range(self.next, self.next + taken)
        self.next += taken

    @rule(count=st.integers(0, 120))
    def read(self, count):
        got = read(self.ring, count)
        wanted, self.inside = self.inside[:count], self.inside[count:]
        assert got[:, 0].tolist() == wanted
        assert got[:, 1].tolist() == [-value for value in wanted]

    @invariant()
    def levels_agree(self):
        assert self.ring.level_frames == len(self.inside)
        assert self.ring.free_frames == 50 - len(self.inside)
        assert self.ring.written_frames == self.next
        assert self.ring.read_frames == self.next - len(self.inside)


TestRingModel = RingModel.TestCase
TestRingModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_two_threads_lose_nothing():
    ring, total, seen = PcmRing(997), 200_000, []

    def writer():
        at = 0
        while at < total:
            at += ring.write(frames(at, min(613, total - at)))

    thread = threading.Thread(target=writer)
    thread.start()
    while sum(map(len, seen)) < total:
        if ring.wait(5):
            seen.append(read(ring, 401)[:, 0])
    thread.join()
    assert np.array_equal(np.concatenate(seen), np.arange(total, dtype=np.float32))


def test_short_reads_count_until_the_end_is_known():
    ring = PcmRing(10)
    ring.write(frames(0, 4))
    assert len(read(ring, 6)) == 4
    assert ring.short_reads == 1
    ring.complete()
    assert len(read(ring, 6)) == 0
    assert ring.short_reads == 1
    assert ring.ended
    ring.complete(False)
    assert not ring.ended


def test_the_end_is_when_everything_was_read():
    ring = PcmRing(10)
    ring.write(frames(0, 4))
    ring.complete()
    assert not ring.ended
    read(ring, 4)
    assert ring.ended


def test_waiting_ends_with_audio_with_the_end_and_with_closing():
    ring = PcmRing(10)
    assert not ring.wait(0.001)
    for change, answer in (
        (lambda: ring.write(frames(0, 1)), True),
        (ring.complete, True),
        (ring.close, False),
    ):
        thread = threading.Thread(target=change)
        thread.start()
        assert ring.wait(10) == answer
        thread.join()
    assert not ring.wait(10)


def test_a_closed_ring_takes_and_gives_nothing():
    ring = PcmRing(10)
    ring.write(frames(0, 4))
    ring.close()
    assert ring.closed
    assert ring.write(frames(0, 4)) == 0
    assert len(read(ring, 4)) == 0


@pytest.mark.parametrize(("level", "calls"), [(8, 1), (6, 1), (5, 0)])
def test_a_low_level_is_told_once(level, calls):
    ring, told = PcmRing(10), []
    ring.write(frames(0, 10))
    ring.alert_below(level, lambda: told.append(1))
    read(ring, 4)
    read(ring, 0)
    assert len(told) == calls
