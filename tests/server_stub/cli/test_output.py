"""What verbs print: results for programs, lines and a bar for people."""

import io
import json
import sys

import pytest

from server_stub.cli.output import Output, ProgressBar, printable

ODD = b"/music/caf\xe9 \x1b[31m.ogg".decode("utf-8", "surrogateescape")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_names_that_are_no_text_come_back_from_json(capsys):
    Output(as_json=True).result({"path": ODD}, "")
    written = capsys.readouterr().out
    written.encode("utf-8")
    assert json.loads(written) == {"path": ODD}


def test_names_cannot_steer_the_terminal(capsys):
    Output(as_json=False).result({}, printable(ODD))
    Output(as_json=False).note(printable(ODD))
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "caf\ufffd" in shown.out


def test_an_error_is_a_line_for_people_and_json_for_programs(capsys):
    Output(as_json=True).error("no-such-thing", "There is none.", "Make one.")
    shown = capsys.readouterr()
    assert json.loads(shown.out)["error"]["code"] == "no-such-thing"
    assert shown.err == "segue-server: There is none. Make one.\n"


def test_the_bar_is_drawn_on_a_terminal_and_ends_full(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    bar = ProgressBar()
    bar(1, 4, "/music/a much longer name.ogg")
    bar(4, 4, "/music/b.ogg")
    bar.close()
    first, last = terminal.getvalue().split("\r")[1:]
    assert "1/4  a much longer name.ogg" in first
    assert last.startswith("\u2588" * 24 + " 4/4  b.ogg")
    assert len(last.rstrip("\n")) == len(first), "what was there before is painted over"
    assert last.endswith("\n")


@pytest.mark.parametrize("total", [0, 3])
def test_there_is_no_bar_where_nobody_looks(monkeypatch, total):
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    bar = ProgressBar()
    bar(total, total, "a.ogg")
    bar.close()
    assert pipe.getvalue() == ""
