"""What `segue status --follow` prints."""

import io

from player.cli.following import follow
from player.cli.printing import Printer
from tests.player.cli.test_printing import STATE

SKIPPED = {"level": "warn", "text": "“Jóga” is skipped: no such track", "detail": "segue sync"}


class Told:
    """An engine with a few things to say, then gone."""

    def __init__(self, *events):
        self._told = events
        self.topics = []

    def call(self, command, /, **args):
        assert command == "subscribe"
        self.topics = args["topics"]

    def events(self):
        yield from self._told


def followed(engine, *, as_json=False, times=None):
    out = io.StringIO()
    clock = iter(times or [0.0] * 20)
    follow(engine, Printer(as_json=as_json, out=out), lambda: next(clock))
    return out.getvalue().splitlines()


def test_a_line_for_what_is_different_and_none_for_each_piece():
    filling = [("state", {**STATE, "buffer_s": seconds}) for seconds in (1.0, 2.0, 3.0)]
    lines = followed(Told(*filling, ("state", {**STATE, "status": "loading"})))
    assert [line.split()[0] for line in lines] == ["paused", "loading"]


def test_figures_are_told_again_after_a_while():
    filling = [("state", {**STATE, "buffer_s": seconds}) for seconds in (1.0, 2.0, 3.0)]
    lines = followed(Told(*filling), times=[0.0, 0.5, 1.5, 1.5])
    assert [line.split("buffer ")[1][:3] for line in lines] == ["1 s", "3 s"]


def test_what_the_player_says_is_a_line():
    assert followed(Told(("notice", SKIPPED))) == ["  “Jóga” is skipped: no such track; segue sync"]


def test_programs_get_every_state_and_nothing_else():
    engine = Told(("state", STATE), ("state", STATE))
    assert len(followed(engine, as_json=True)) == 2
    assert engine.topics == ["state"]
