"""An audio device that goes away under a real sound path, and one that is found again."""

import numpy as np

from player.adapters.audio_null import NullSink
from player.playback.errors import SinkLostError
from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.sound_clock import eventually
from tests.player.playback.sound_material import rendition
from tests.player.playback.test_output import Bench

SIZE = 100_000


class Socket(NullSink):
    """A sink that can be unplugged."""

    plugged = True

    def play(self, source, rate):
        if not self.plugged:
            raise SinkLostError("no audio device")
        super().play(source, rate)

    def unplug(self):
        self.plugged = False
        self.lose("unplugged")


def test_an_output_plays_on_from_the_place_where_its_device_was_lost():
    bench = Bench(Socket)
    track = rendition(SIZE, "aac", 160)
    bench.output.play_from(track.pieces[0].track_id, 0, 1)
    bench.submit(track.pieces)
    bench.hear(30_000)
    bench.sink.unplug()
    eventually(lambda: "failed" in bench.kinds())
    _, place = bench.output.position()
    bench.output.pause()
    for generation in (2, 3):
        bench.output.play_from(track.pieces[0].track_id, place, generation)
        bench.submit(track.pieces[place // PIECE_SAMPLES :], generation)
        bench.output.resume()
        eventually(lambda number=generation: bench.kinds().count("failed") >= number)
    bench.sink.plugged = True
    bench.heard.clear()
    bench.output.play_from(track.pieces[0].track_id, place, 4)
    bench.submit(track.pieces[place // PIECE_SAMPLES :], 4)
    bench.hear(20_000)
    eventually(lambda: ("track_started", 4) in [(e.kind, e.generation) for e in bench.events])
    heard = np.concatenate(bench.heard)
    assert np.array_equal(heard[:20_000], track.linear[place : place + 20_000])
    bench.output.close()
