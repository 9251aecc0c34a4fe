"""The trace file."""

import json

from player.playback.trace import TraceFile, TraceList, no_trace


def test_one_json_object_a_line(tmp_path):
    trace = TraceFile(tmp_path / "trace", lambda: 12.345678)
    trace("chunk_requested", track="a", kbps=96, buffer_s=1.23456, reason=None)
    trace("seek", track="a")
    trace.close()
    trace("skip")
    lines = [json.loads(line) for line in (tmp_path / "trace").read_text().splitlines()]
    assert lines[0] == {
        "t": 12.3457,
        "event": "chunk_requested",
        "track": "a",
        "kbps": 96,
        "buffer_s": 1.2346,
    }
    assert lines[1]["event"] == "seek"


def test_the_list_is_bounded():
    no_trace("skip")
    trace = TraceList(lambda: 0.0, most=100)
    for number in range(500):
        trace("seek", number=number)
    assert len(trace.lines) <= 100
    assert trace.lines[-1]["number"] == 499
