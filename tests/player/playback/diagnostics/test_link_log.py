"""The link second by second, and the tap that notes it."""

import asyncio

import pytest

from player.errors import OfflineError
from player.playback.diagnostics.link_log import LinkLog, LinkTap
from tests.player.playback.virtual_time import LoopClock, run_virtual


def fetch(log, begin, first, end, size, *, failed=False):
    """One request: asked, answered from `first` on in tenths of a second, ended."""
    number = log.asked(begin)
    steps = 10
    for step in range(steps + 1 if size else 0):
        log.received(number, size // (steps + 1), first + (end - first) * step / steps)
    log.ended(number, end, failed=failed)


def test_a_rate_is_bytes_over_the_time_in_which_they_came():
    log = LinkLog()
    fetch(log, 10.0, 10.1, 10.6, 55_000)
    (row,) = log.samples()
    assert row["duration_ms"] == 1000
    assert row["bandwidth_kbps"] == pytest.approx(55_000 / 0.5 / 125)
    assert row["latency_ms"] == pytest.approx(100)


def test_idle_seconds_hold_the_rate_and_equal_seconds_are_one_row():
    log = LinkLog()
    fetch(log, 10.0, 10.1, 10.6, 55_000)
    fetch(log, 14.0, 14.1, 14.6, 110_000)
    rows = log.samples()
    assert [row["duration_ms"] for row in rows] == [4000, 1000]
    assert rows[1]["bandwidth_kbps"] == pytest.approx(2 * rows[0]["bandwidth_kbps"])


@pytest.mark.parametrize("failed", [True, False])
def test_a_request_that_hangs_tells_that_there_is_no_link(failed):
    log = LinkLog()
    fetch(log, 10.0, 10.1, 10.6, 55_000)
    fetch(log, 11.0, 0, 16.0, 0, failed=failed)
    fetch(log, 17.0, 17.1, 17.6, 55_000)
    rates = {row["bandwidth_kbps"]: row["duration_ms"] for row in log.samples()}
    assert rates[0.0] >= 5000


def test_a_refused_connection_tells_it_too():
    log = LinkLog()
    fetch(log, 10.0, 10.1, 10.6, 55_000)
    fetch(log, 12.0, 0, 12.001, 0, failed=True)
    assert [row["bandwidth_kbps"] for row in log.samples()][-1] == 0


def test_a_wait_behind_another_request_is_no_latency():
    log = LinkLog()
    first = log.asked(10.0)
    log.received(first, 1000, 10.05)
    second = log.asked(10.1)
    log.received(first, 1000, 10.9)
    log.ended(first, 10.9, failed=False)
    log.received(second, 1000, 10.91)
    log.ended(second, 10.95, failed=False)
    assert log.samples()[0]["latency_ms"] == pytest.approx(50)
    assert log.total_bytes == 3000


def test_it_is_bounded_and_can_be_asked_for_a_part():
    log = LinkLog(most_seconds=10)
    for second in range(100):
        fetch(log, second, second + 0.1, second + 0.6, 11_000 * (1 + second % 2))
    assert sum(row["duration_ms"] for row in log.samples()) == 10_000
    assert sum(row["duration_ms"] for row in log.samples(since=97)) == 3000
    assert LinkLog().samples() == []


def test_recent_stretches():
    log = LinkLog()
    fetch(log, 10.0, 10.1, 10.6, 55_000)
    rates, trips = log.recent(now=19.0, bins=3, bin_s=5)
    assert rates == [0, round(55_000 / 0.5 / 125), 0]
    assert trips == [0, 100, 0]


class OneServer:
    """Answers in two halves; fails on demand."""

    def __init__(self):
        self.hung_up = False
        self.fails = False

    async def grant(self, track_ids, codec):
        return (track_ids, codec)

    def hang_up(self):
        self.hung_up = True

    async def read(self, path, start, end):
        await asyncio.sleep(0.1)
        yield b"x" * 500
        if self.fails:
            raise OfflineError("cut")
        await asyncio.sleep(0.5)
        yield b"x" * 500


def test_the_tap_hands_everything_on_and_notes_it():
    async def scenario():
        server, clock = OneServer(), LoopClock()
        log = LinkLog()
        tap = LinkTap(server, log, clock.monotonic)
        whole = b"".join([data async for data in tap.read("/p", 0, 1000)])
        assert whole == b"x" * 1000
        assert log.total_bytes == 1000
        server.fails = True
        with pytest.raises(OfflineError):
            [data async for data in tap.read("/p", 0, 1000)]
        tap.hang_up()
        assert server.hung_up
        assert await tap.grant(["a"], "aac") == (["a"], "aac")
        return log.samples()

    rows = run_virtual(scenario())
    assert rows[0]["bandwidth_kbps"] > 0
