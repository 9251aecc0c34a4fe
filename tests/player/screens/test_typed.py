"""What is typed after a colon."""

import pytest

from player.errors import UsageError
from player.screens.typed import parse


@pytest.mark.parametrize(
    ("text", "command", "args"),
    [
        ("play lanterns over", "play", {"query": "lanterns over"}),
        ("play segue:library", "play", {"uri": "segue:library"}),
        ("play", "play", {}),
        ("seek +10", "seek", {"delta_ms": 10_000}),
        ("seek -1:30", "seek", {"delta_ms": -90_000}),
        ("seek 1:02:03", "seek", {"ms": 3_723_000}),
        ("volume 40", "volume", {"value": 40}),
        ("volume -5", "volume", {"delta": -5}),
        ("shuffle on", "shuffle", {"on": True}),
        ("repeat one", "repeat", {"mode": "one"}),
        ("login https://h:1", "login", {"server": "https://h:1"}),
        ("queue clear", "queue_clear", {}),
        ("next", "next", {}),
        ("search kiln", "search", {"query": "kiln"}),
    ],
)
def test_parse(text, command, args):
    typed = parse(text)
    assert (typed.command.name, typed.args) == (command, args)


@pytest.mark.parametrize("text", ["nonsense", "seek soon", "volume loud", "login"])
def test_what_cannot_be_understood(text):
    with pytest.raises(UsageError):
        parse(text)
