"""What is heard, when, and what the output says of it. The sink's clock is turned by hand."""

from dataclasses import replace

import numpy as np
import pytest

from player.adapters.audio_null import NullSink
from player.playback.errors import SinkLostError, SinkUnavailableError
from player.playback.output import Output
from player.playback.output_watch import Look, UnderrunWatch
from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.sound_clock import HandClock, eventually
from tests.player.playback.sound_material import rendition

RATE = 44_100
ONE = 2 * PIECE_SAMPLES + 4_321
TWO = PIECE_SAMPLES + 99


class Bench:
    """An output over a null sink that moves only when told, with all that was heard kept."""

    def __init__(self, sink_type=NullSink):
        self.clock = HandClock()
        self.heard = []
        self.sink = sink_type(clock=self.clock, threaded=False, consume=self._keep)
        self.output = Output(self.sink, clock=self.clock)
        self.events = []
        self.output.listen(self.events.append)
        self.output.start()

    def _keep(self, data, _rate):
        self.heard.append(np.frombuffer(bytes(data), np.float32).reshape(-1, 2))

    def submit(self, pieces, generation=1):
        for piece in pieces:
            self.output.submit(piece, generation)

    def kinds(self):
        return [event.kind for event in self.events]

    def hear(self, samples):
        """Play so many samples, waiting for the decoder where it must."""
        wanted = self.frames + samples
        while self.frames < wanted:
            before = self.frames
            self.run(min(4_410, wanted - self.frames))
            if self.frames == before:
                eventually(self.ready)

    def ready(self):
        ring = self.output._current.ring
        return ring is not None and self.output._current.playing and ring.level_frames

    def run(self, samples):
        """Let time pass, whether there is sound or not."""
        self.clock.advance(samples / RATE + 1e-9)
        self.sink.tick()

    @property
    def frames(self):
        return sum(map(len, self.heard))

    @property
    def pcm(self):
        return np.concatenate(self.heard)


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.output.close()


def a(codec="aac"):
    return rendition(ONE, codec, 160, track_id="a")


def b(codec="vorbis"):
    return rendition(TWO, codec, 160, track_id="b", seed=3)


def test_two_tracks_are_heard_to_the_last_sample(bench):
    bench.output.play_from("a", 0, 1)
    bench.submit(a().pieces + b().pieces)
    bench.output.finish(1)
    bench.hear(ONE + TWO)
    eventually(lambda: "drained" in bench.kinds())
    assert np.array_equal(bench.pcm, np.concatenate([a().linear, b().linear]))
    assert [(e.kind, e.track_id, e.generation) for e in bench.events] == [
        ("track_started", "a", 1),
        ("track_started", "b", 1),
        ("drained", "b", 1),
    ]
    assert bench.output.position() == ("b", TWO)
    assert bench.output.underruns == 0


def test_the_position_is_what_was_heard(bench):
    bench.output.play_from("a", 70_000, 1)
    assert bench.output.position() == ("a", 70_000)
    bench.submit(a().pieces[1:])
    bench.submit(b().pieces)
    bench.hear(1_000)
    assert bench.output.position() == ("a", 70_000 + bench.frames)
    bench.hear(ONE - 70_000 - bench.frames + 500)
    assert bench.output.position() == ("b", 500)


def test_a_seek_is_heard_next_and_only_that(bench):
    bench.output.play_from("a", 0, 1)
    bench.submit(a().pieces)
    bench.hear(5_000)
    before = bench.frames
    bench.output.play_from("a", 100_000, 2)
    bench.submit(a().pieces[:1])
    bench.submit(a().pieces[1:], generation=2)
    assert bench.output.position() == ("a", 100_000)
    bench.hear(3_000)
    assert np.array_equal(bench.pcm[before:], a().linear[100_000 : 100_000 + bench.frames - before])
    eventually(lambda: ("track_started", 2) in [(e.kind, e.generation) for e in bench.events])


def test_silence_in_between_is_no_position_and_no_sample(bench):
    bench.output.play_from("a", 0, 1)
    bench.submit(a().pieces[:1])
    bench.hear(PIECE_SAMPLES - 256)
    bench.run(30_000)
    eventually(lambda: "underrun" in bench.kinds())
    bench.run(30_000)
    assert bench.output.position() == ("a", PIECE_SAMPLES - 256)
    bench.submit(a().pieces[1:])
    bench.output.finish(1)
    bench.hear(ONE - bench.frames)
    eventually(lambda: "drained" in bench.kinds())
    assert bench.kinds() == ["track_started", "underrun", "underrun_over", "drained"]
    assert np.array_equal(bench.pcm, a().linear)
    assert bench.output.underruns == 1


def test_waiting_for_the_first_piece_is_no_underrun(bench):
    bench.output.play_from("a", 0, 1)
    bench.run(30_000)
    bench.submit(a().pieces)
    bench.hear(1_000)
    eventually(lambda: bench.kinds() == ["track_started"])


def test_the_end_is_no_underrun(bench):
    bench.output.play_from("b", 0, 1)
    bench.submit(b().pieces)
    bench.output.finish(1)
    bench.hear(TWO)
    bench.run(30_000)
    eventually(lambda: "drained" in bench.kinds())
    assert "underrun" not in bench.kinds()


def test_playing_on_after_the_end(bench):
    bench.output.play_from("b", 0, 1)
    bench.submit(b().pieces)
    bench.output.finish(1)
    bench.hear(TWO)
    eventually(lambda: "drained" in bench.kinds())
    bench.submit(a().pieces)
    bench.output.finish(1)
    bench.hear(ONE)
    eventually(lambda: bench.kinds().count("drained") == 2)
    assert np.array_equal(bench.pcm, np.concatenate([b().linear, a().linear]))


def test_an_end_without_a_piece_is_drained(bench):
    bench.output.play_from("a", 0, 1)
    bench.output.finish(1)
    eventually(lambda: bench.kinds() == ["drained"])


def test_a_pause_holds_the_position(bench):
    bench.output.play_from("a", 0, 1)
    bench.submit(a().pieces)
    bench.hear(2_000)
    bench.output.pause()
    place = bench.output.position()
    bench.run(50_000)
    assert bench.output.position() == place
    bench.output.resume()
    bench.hear(2_000)
    assert bench.output.position() == ("a", bench.frames)
    assert "underrun" not in bench.kinds()


def test_a_jump_while_paused_stays_paused(bench):
    bench.output.pause()
    bench.output.play_from("a", 5_000, 1)
    bench.submit(a().pieces)
    eventually(bench.ready)
    bench.run(5_000)
    assert bench.output.position() == ("a", 5_000)
    assert bench.kinds() == []
    bench.output.resume()
    bench.hear(100)
    eventually(lambda: bench.kinds() == ["track_started"])


def test_the_level_counts_what_is_decoded_and_what_is_not(bench):
    assert bench.output.level_s() == 0
    bench.output.play_from("a", 0, 1)
    long = rendition(8 * PIECE_SAMPLES, "aac", 96, track_id="a")
    bench.submit(long.pieces)
    bench.hear(1_000)
    eventually(lambda: bench.output._current.ring.free_frames == 0)
    left = 8 * PIECE_SAMPLES - bench.frames
    assert left / RATE - 1.6 <= bench.output.level_s() <= left / RATE
    assert bench.output._current.ring.level_frames <= 3 * RATE


def test_a_damaged_piece_is_told_and_played_over(bench):
    bench.output.play_from("a", 0, 1)
    first, second, third = a().pieces
    bench.submit((first, replace(second, body=b"junk"), third))
    bench.output.finish(1)
    bench.hear(ONE)
    eventually(lambda: "drained" in bench.kinds())
    failed = next(event for event in bench.events if event.kind == "failed")
    assert failed.track_id == "a"
    assert "piece 1" in failed.detail
    assert np.array_equal(bench.pcm[2 * PIECE_SAMPLES :], a().linear[2 * PIECE_SAMPLES :])


def test_going_on_after_a_missing_piece_is_no_new_track(bench):
    bench.output.play_from("a", 0, 1)
    bench.submit((a().pieces[0], a().pieces[2]))
    bench.output.finish(1)
    bench.hear(PIECE_SAMPLES + 1_000)
    assert bench.output.position() == ("a", 2 * PIECE_SAMPLES + 1_000)
    bench.hear(ONE - 2 * PIECE_SAMPLES - 1_000)
    eventually(lambda: bench.kinds() == ["track_started", "drained"])


def test_the_same_track_again_is_a_new_track(bench):
    bench.output.play_from("b", 10, 1)
    bench.submit(b().pieces + b().pieces)
    bench.output.finish(1)
    bench.hear(2 * TWO - 10)
    eventually(lambda: bench.kinds() == ["track_started", "track_started", "drained"])


def test_a_track_of_another_rate_joins_at_the_rate_of_the_first(bench):
    other = rendition(48_000, "aac", 160, track_id="c", rate=48_000)
    bench.output.play_from("b", 0, 1)
    bench.submit(b().pieces + other.pieces)
    bench.output.finish(1)
    bench.hear(TWO + 44_100)
    eventually(lambda: "drained" in bench.kinds())
    assert bench.frames == TWO + 44_100
    assert bench.output.position() == ("c", 48_000)


def test_a_sink_that_goes_away_is_told(bench):
    bench.output.play_from("a", 0, 1)
    bench.submit(a().pieces)
    bench.hear(1_000)
    bench.sink.lose("unplugged")
    eventually(lambda: ("failed", "unplugged") in [(e.kind, e.detail) for e in bench.events])


class GoneSink(NullSink):
    """Opens, and then has no device."""

    def play(self, source, rate):
        raise SinkLostError("no device")


def test_a_sink_that_cannot_play_is_told_once():
    bench = Bench(GoneSink)
    bench.output.play_from("a", 0, 1)
    bench.submit(a().pieces)
    eventually(lambda: ("failed", "no device") in [(e.kind, e.detail) for e in bench.events])
    bench.output.close()
    assert len(bench.events) == 1


class MissingSink(NullSink):
    """Is not on this machine."""

    def open(self, on_lost):
        raise SinkUnavailableError("not here")


def test_a_sink_that_is_missing_is_known_at_the_start():
    with pytest.raises(SinkUnavailableError):
        Bench(MissingSink)


def test_pieces_of_another_generation_are_ignored(bench):
    bench.output.submit(a().pieces[0], 1)
    bench.output.finish(1)
    bench.output.play_from("a", 0, 2)
    bench.submit(a().pieces, generation=1)
    bench.output.finish(1)
    assert bench.output.level_s() == 0
    assert bench.output.position() == ("a", 0)


def test_volume_and_name_are_the_sinks(bench):
    bench.output.set_volume(30)
    assert bench.sink.volume == 30
    assert bench.output.name == "null"


def test_closing_while_everything_is_full_or_empty_returns():
    for pieces in (a().pieces, ()):
        bench = Bench()
        bench.output.play_from("a", 0, 1)
        bench.submit(pieces)
        bench.output.close()
        assert bench.output.position() == ("", 0)


def test_many_jumps_at_once_end_at_the_last(bench):
    for generation in range(1, 60):
        bench.output.play_from("a", generation * 1_000, generation)
        bench.submit(a().pieces[generation * 1_000 // PIECE_SAMPLES :], generation)
    bench.hear(2_000)
    assert bench.output.position() == ("a", 59_000 + bench.frames)
    assert np.array_equal(bench.pcm, a().linear[59_000 : 59_000 + bench.frames])


def test_a_sink_that_reads_ahead_is_in_a_hole_when_it_stands_still():
    watch = UnderrunWatch()

    def look(now_s, heard, *, starved=True, paused=False):
        return watch.look(Look(now_s, heard, 10_000, starved, paused))

    assert look(0.0, 0) is None
    assert look(0.1, 5_000) is None
    assert look(0.2, 9_000) is None
    assert look(0.24, 9_000) is None
    assert look(0.27, 9_000, paused=True) is None
    assert look(0.28, 9_000) is None
    assert look(0.35, 9_000) == "underrun"
    assert watch.in_hole
    assert look(0.45, 9_000) is None
    assert look(0.50, 9_001, starved=False) == "underrun_over"
    assert not watch.in_hole
    assert watch.count == 1


def test_the_work_for_a_piece_is_told(bench):
    assert bench.output.decode_s == 0
    a = rendition(ONE, "aac", 160, track_id="a")
    bench.output.play_from("a", 0, 1)
    bench.submit(a.pieces)
    bench.hear(PIECE_SAMPLES)
    assert 0 < bench.output.decode_s < 1
    assert bench.output.latency_s == bench.sink.latency_s
