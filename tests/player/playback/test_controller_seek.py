"""Seeking: inside the buffer at once, elsewhere with one request."""

import asyncio

from sync.wire.playback import PIECE_SAMPLES
from tests.player.playback.stage import scenario


@scenario()
async def test_seek_into_the_buffer_is_at_once_and_asks_nothing(stage):
    stage.server.add_track("a", 300)
    stage.controller.play(["a"])
    await asyncio.sleep(30)
    reads = len(stage.server.reads)
    stage.controller.seek(60_000)
    assert stage.controller.state()["position_ms"] in range(59_999, 60_001)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert stage.controller.state()["status"] == "playing"
    assert len(stage.server.reads) - reads <= 2
    stage.controller.seek_by(-30_000)
    await asyncio.sleep(0.5)
    assert 30_000 <= stage.controller.state()["position_ms"] < 31_000


@scenario(kbps=500)
async def test_seek_into_the_unknown_is_one_range_request_for_the_exact_piece(stage):
    stage.server.add_track("a", 300)
    stage.controller.play(["a"])
    await asyncio.sleep(5)
    stage.controller.pause()
    stage.controller.resume()
    before = len(stage.server.reads)
    at = stage.clock.monotonic()
    stage.controller.seek(250_000)
    await asyncio.sleep(2)
    piece = 250 * 44_100 // PIECE_SAMPLES
    _path, start, _end = stage.server.reads[before]
    track = stage.server.tracks["a"]
    assert start in {r.pieces[piece].start for r in track.renditions}
    first = next(e for e in stage.trace.named("first_audio") if e["t"] > at)
    assert first["t"] - at < 1.2
    assert stage.controller.state()["position_ms"] >= 250_000
