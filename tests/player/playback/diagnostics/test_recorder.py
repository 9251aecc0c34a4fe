"""What is recorded of a whole player: sums, switches, waste and histories."""

import asyncio
import json

import pytest

from player.playback.bandwidth import Estimate
from player.playback.diagnostics.gauges import sound_report, store_report
from player.playback.diagnostics.history import History
from player.playback.diagnostics.ledger import Ledger
from player.playback.diagnostics.recorder import Recorder
from player.playback.diagnostics.report import Report, without_histories
from player.playback.diagnostics.tally import Tally, told
from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.stage import Stage
from tests.player.playback.virtual_time import run_virtual

KNOWN = Estimate(fast=50_000, slow=40_000, error=0.2, latency_s=0.05, transfers=9)


class Recorded(Stage):
    """The stage with a recorder in front of its trace."""

    def build(self):
        super().build()
        self.recorder.watch(self.controller.gauges)

    def tracer(self):
        self.recorder = Recorder(self.clock.monotonic, self.trace)
        return self.recorder


def test_an_evening_with_a_skip_and_a_stall():
    async def scenario():
        stage = Recorded(kbps=lambda t: 250_000 if t < 20 or t > 140 else 0)
        for name in "abc":
            stage.server.add_track(name, seconds=90)
        async with stage.running():
            stage.controller.play(["a", "b", "c"])
            await asyncio.sleep(10)
            full = stage.recorder.report()
            stage.controller.seek(80_000)
            await asyncio.sleep(5)
            stage.controller.next()
            await asyncio.sleep(3)
            stage.controller.next()
            await asyncio.sleep(160)
            return stage, full, stage.recorder.report()

    stage, full, report = run_virtual(scenario())
    assert full.ladder.kbps == (96, 160, 320)
    assert full.ladder.current in full.ladder.kbps
    assert full.ladder.reason
    assert full.buffer.seconds > 5
    assert full.buffer.history[-1] == pytest.approx(full.buffer.seconds, abs=0.1)
    assert full.counts.wasted_bytes == 0
    assert report.counts.stalls == len(stage.trace.named("stall_begin"))
    assert report.counts.requests == len(stage.trace.named("chunk_requested"))
    assert report.counts.switches == len(stage.trace.named("switch"))
    assert report.counts.wasted_bytes > 0
    heard = [json.loads(line) for line in stage.recorder.lines()]
    assert [line["event"] for line in heard] == [line["event"] for line in stage.trace.lines]


def test_without_anything_to_look_at_the_report_is_empty():
    recorder = Recorder(lambda: 5.0)
    recorder("seek", track="a")
    assert recorder.report() == Report()
    assert recorder.lines(since=6.0) == []
    assert len(recorder.lines()) == 1


def test_the_small_form_has_no_histories():
    small = without_histories(Report())
    assert small.buffer.history == small.link.rates == small.link.trips == ()


def test_a_stall_counts_while_it_lasts():
    tally = Tally()
    tally.note({"event": "stall_begin", "t": 10.0}, KNOWN)
    assert tally.stalled_s(12.5) == 2.5
    tally.note({"event": "stall_end", "t": 13.0}, KNOWN)
    tally.note({"event": "stall_end", "t": 14.0}, KNOWN)
    assert (tally.stalls, tally.stalled_s(99.0)) == (1, 3.0)


def test_switches_keep_their_figures():
    tally = Tally()
    line = {"event": "switch", "t": 1.0, "before": 96, "kbps": 160, "buffer_s": 40.2}
    for number in range(50):
        tally.note({**line, "t": number, "reason": "buffer"}, KNOWN)
    assert tally.switches == 50
    assert len(tally.latest) == 20
    assert (tally.latest[-1].before, tally.latest[-1].after) == (96, 160)
    assert "40 s" in tally.latest[-1].words


@pytest.mark.parametrize(
    ("reason", "up", "words"),
    [
        ("link", True, "the link gives 320 kb/s, buffer 8 s"),
        ("link", False, "the link fell to 320 kb/s, buffer 8 s"),
        ("buffer", True, "buffer of 8 s allows more at 320 kb/s"),
        ("buffer", False, "buffer of 8 s is too short for more at 320 kb/s"),
        ("saver", False, "data saver is on"),
        ("something new", False, "something new"),
    ],
)
def test_reasons_in_words(reason, up, words):
    assert told(reason, 8.4, KNOWN, up=up) == words


def received(piece, size=1000, kbps=96, **more):
    return {"event": "chunk_received", "track": "a", "piece": piece, "kbps": kbps, "bytes": size,
            **more}  # fmt: skip


def at(piece, track="a"):
    return (track, piece * PIECE_SAMPLES + 10)


def test_what_was_heard_is_no_waste():
    ledger = Ledger()
    for piece in range(4):
        ledger.note(received(piece), at(0), {"a"})
    ledger.note({"event": "seek"}, at(1), {"a"})
    ledger.note(received(4), at(3), {"a"})
    assert ledger.wasted_bytes == 0
    ledger.note({"event": "skip"}, at(3), {"a"})
    ledger.note({"event": "track_start"}, ("b", 0), {"b"})
    assert ledger.wasted_bytes == 2000  # pieces 2 and 4


def test_a_track_heard_to_its_end_leaves_nothing():
    ledger = Ledger()
    for piece in range(4):
        ledger.note(received(piece), at(0), {"a", "b"})
    ledger.note({"event": "track_end"}, at(0, "b"), {"a", "b"})
    ledger.note({"event": "track_start"}, at(0, "b"), {"b"})
    assert ledger.wasted_bytes == 0


def test_the_same_piece_in_two_qualities_is_waste_once():
    ledger = Ledger()
    ledger.note(received(1), at(0), {"a"})
    ledger.note(received(1, size=3000, kbps=320), at(0), {"a"})
    assert ledger.wasted_bytes == 1000
    assert ledger.received_bytes == 4000


def test_a_request_that_was_cut_is_waste_until_it_goes_on():
    ledger = Ledger()
    cut = {**received(2, size=900), "event": "chunk_abandoned", "received": 300}
    ledger.note(cut, at(0), {"a"})
    assert ledger.wasted_bytes == 300
    ledger.note(received(2, size=900), at(0), {"a"})
    assert (ledger.wasted_bytes, ledger.received_bytes) == (0, 900)
    ledger.note({**cut, "piece": 3}, at(0), {"a"})
    ledger.leave(())
    assert ledger.wasted_bytes == 1200


def test_the_buffer_between_two_moments_went_evenly():
    history = History(window_s=100)
    history.note(50.0, 40.0, 160)
    history.note(70.0, 20.0, 0)
    values = history.buffer(now=100.0, now_s=50.0, bins=10)
    assert values == [40.0, 30.0, 20.0, 30.0, 40.0, 50.0]
    assert history.fetched(now=100.0, bins=10) == [0, 0, 0, 0, 160, 0, 0, 0, 0, 0]
    history.note(500.0, 1.0, 0)
    assert history.buffer(now=500.0, now_s=1.0, bins=10) == [1.0]


def test_gauges_of_sound_and_store():
    class Gauge:
        name, underruns, latency_s, decode_s = "null", 2, 0.02, 0.0015
        hits, misses, used_bytes, budget_bytes = 3, 1, 10, 100

    assert (sound_report(Gauge()).decode_ms, sound_report(Gauge()).latency_ms) == (1.5, 20)
    assert store_report(Gauge()).hits == 3
