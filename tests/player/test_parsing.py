"""Words to commands."""

import pytest

from player.cli.help import help_lines, verb_lines
from player.commands import BY_VERB
from player.errors import UsageError
from player.parsing import engine_options, parse, usage, view_options


@pytest.mark.parametrize(
    ("line", "name", "args", "options"),
    [
        ("pause", "pause", {}, {}),
        ("play", "play", {}, {}),
        ("play black hole sun", "play", {"query": "black hole sun"}, {}),
        ("seek +10", "seek", {"delta_ms": 10_000}, {}),
        ("seek +10s", "seek", {"delta_ms": 10_000}, {}),
        ("seek -30", "seek", {"delta_ms": -30_000}, {}),
        ("seek 1:23", "seek", {"ms": 83_000}, {}),
        ("seek 1:00:00", "seek", {"ms": 3_600_000}, {}),
        ("seek 2.5", "seek", {"ms": 2_500}, {}),
        ("volume 40", "volume", {"value": 40}, {}),
        ("vol 40%", "volume", {"value": 40}, {}),
        ("volume -5", "volume", {"delta": -5}, {}),
        ("shuffle on", "shuffle", {"on": True}, {}),
        ("shuffle", "shuffle", {}, {}),
        ("repeat one", "repeat", {"mode": "one"}, {}),
        ("queue", "queue_list", {}, {}),
        ("queue add some song", "queue_add", {"query": "some song"}, {}),
        ("queue move 3 1", "queue_move", {"entry": 3, "to": 1}, {}),
        ("queue remove 3 4", "queue_remove", {"entries": "3 4"}, {}),
        ("config", "config_check", {}, {}),
        ("status --follow --json", "status", {}, {"follow": True, "json": True}),
        ("--json status", "status", {}, {"json": True}),
        ("search love --limit 3", "search", {"query": "love"}, {"limit": 3}),
        ("search love --limit=3", "search", {"query": "love"}, {"limit": 3}),
        ("search -- --limit", "search", {"query": "--limit"}, {}),
        ("login HOST --token T", "login", {"server": "HOST"}, {"token": "T"}),
        (
            "render segue:x --out f.wav --kbps 96,320 --codec vorbis",
            "render",
            {"query": "segue:x"},
            {"out": "f.wav", "kbps": "96,320", "codec": "vorbis"},
        ),
    ],
)
def test_lines(line, name, args, options):
    invocation = parse(line.split())
    assert invocation.command.name == name
    assert invocation.args == args
    assert invocation.options == options


@pytest.mark.parametrize(
    "line",
    [
        "dance",
        "seek",
        "seek soon",
        "seek 1:-2",
        "volume loud",
        "shuffle maybe",
        "repeat twice",
        "queue dance",
        "queue move 1",
        "queue move one two",
        "pause now",
        "pause --token x",
        "search love --limit many",
        "search love --limit",
        "status --follow=yes",
        "search",
        "render segue:x",
        "render segue:x --out f --codec mp3",
    ],
)
def test_wrong_lines_are_refused_with_a_remedy_or_the_meaning(line):
    with pytest.raises(UsageError) as caught:
        parse(line.split())
    assert caught.value.message


def test_a_slip_of_the_finger_is_guessed():
    with pytest.raises(UsageError) as caught:
        parse(["puase"])
    assert caught.value.remedy == "did you mean segue pause"


def test_help_needs_no_arguments():
    assert parse(["seek", "--help"]).options == {"help": True}
    assert parse(["-h"]).command is None


def test_every_verb_is_in_the_help():
    text = "\n".join(help_lines())
    for verb, command in BY_VERB.items():
        assert f"segue {verb}" in text
        own = "\n".join(verb_lines(command))
        assert usage(command) in own
        assert all(f"--{option.name}" in own for option in command.options)


def test_options_of_the_engine():
    assert engine_options(["--sink", "null"]) == {"sink": "null"}
    for words in (["now"], ["--loud", "x"], ["--sink"]):
        with pytest.raises(UsageError):
            engine_options(words)


def test_options_of_the_player():
    assert view_options([]) == {}
    assert view_options(["--theme", "daybreak", "--plain"]) == {"theme": "daybreak", "plain": True}
    assert view_options(["--sink=null", "--home", "/tmp/x"]) == {"sink": "null", "home": "/tmp/x"}
    for words in (["pause"], ["--help"], ["--version"], ["--plain", "status"]):
        assert view_options(words) is None
    for words in (["--theme", "mauve"], ["--theme"], ["--loud"], ["--plain=yes"]):
        with pytest.raises(UsageError):
            view_options(words)
    with pytest.raises(UsageError):
        parse(["pause", "--theme", "daybreak"])
