"""What people and programs read."""

import io
import json

import pytest

from player.cli import printing
from player.cli.printing import Printer

TRACK = {
    "id": "t1",
    "title": "Joga",
    "artists": [{"id": "r", "name": "Bjork"}],
    "album": {"id": "a", "title": "Homogenic"},
    "duration_ms": 305_000,
}
STATE = {
    "status": "paused",
    "track": TRACK,
    "position_ms": 65_000,
    "at": 0.0,
    "duration_ms": 305_000,
    "buffer_s": 118.4,
    "quality": {"codec": "aac", "kbps": 320},
    "volume": 80,
    "muted": False,
    "shuffle": True,
    "repeat": "one",
    "connection": {"state": "online", "server": "https://h", "user": "ann", "detail": ""},
}


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0:00"), (65_999, "1:05"), (3_600_000, "1:00:00"), (59_999, "0:59")]
)
def test_times(ms, text):
    assert printing.clock(ms) == text


def test_a_state():
    lines = printing.state_lines(STATE, Printer(as_json=False, out=io.StringIO()))
    assert lines == [
        "paused  Joga  Bjork · Homogenic · 5:05",
        "  1:05 / 5:05 · buffer 118 s · aac 320 kbps · volume 80 · shuffle · repeat one",
        "  online · ann at https://h",
    ]


def test_nothing_plays():
    empty = {**STATE, "track": None, "status": "idle"}
    lines = printing.state_lines(empty, Printer(as_json=False, out=io.StringIO()))
    assert lines[0] == "idle, nothing in the queue"


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in Printer(as_json=False, out=Terminal()).strong("x")
    assert Printer(as_json=False, out=io.StringIO()).strong("x") == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Printer(as_json=False, out=Terminal()).strong("x") == "x"


def test_json_is_one_line(capsys):
    out = io.StringIO()
    printer = Printer(as_json=True, out=out)
    printer.result({"title": "Jóga"}, ["not this"])
    printer.problem("offline", "away", "wait")
    printer.note("not this")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines == [
        {"title": "Jóga"},
        {"error": {"kind": "offline", "message": "away", "remedy": "wait"}},
    ]
    assert capsys.readouterr() == ("", "")


def test_rows_of_the_queue():
    rows = [
        {"track": TRACK, "section": "now", "reason": "you chose it"},
        {"track": None, "section": "context", "reason": ""},
    ]
    printer = Printer(as_json=False, out=io.StringIO())
    lines = printing.queue_lines({"rows": rows, "offset": 4}, printer)
    assert lines[0].startswith(">   5  Joga")
    assert lines[0].endswith("you chose it")
    assert "not in the library" in lines[1]
    assert printing.queue_lines({"rows": []}, printer) == ["the queue is empty"]


def test_hits_lyrics_and_checks():
    printer = Printer(as_json=False, out=io.StringIO())
    found = {"tracks": [TRACK], "albums": [], "artists": [{"id": "r", "name": "Bjork"}]}
    assert printing.search_lines(found, printer) == [
        "artist  Bjork  segue:artist:r",
        "track   Joga  Bjork  segue:track:t1",
    ]
    nothing = {"tracks": [], "albums": [], "artists": []}
    assert printing.search_lines(nothing, printer) == ["nothing found"]
    lines = [{"text": "All these", "start_ms": 61_000}, {"text": "accidents"}]
    assert printing.lyric_lines({"lines": lines}) == ["  1:01  All these", "accidents"]
    assert printing.lyric_lines({"lines": []}) == ["no lyrics"]
    report = {"checks": [{"name": "disk", "status": "warn", "detail": "full", "remedy": "tidy"}]}
    assert printing.check_lines(report) == ["warn   disk        full; tidy"]
