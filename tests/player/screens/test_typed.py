"""What is typed after a colon means what it means on the shell."""

import pytest

from player.errors import UsageError
from player.screens.typed import explain, understand


@pytest.mark.parametrize(
    ("text", "command", "args"),
    [
        ("play lanterns over", "play", {"query": "lanterns over"}),
        ("play", "play", {}),
        ("seek -1:30", "seek", {"delta_ms": -90_000}),
        ("seek 1:02:03", "seek", {"ms": 3_723_000}),
        ("volume -5", "volume", {"delta": -5}),
        ("shuffle on", "shuffle", {"on": True}),
        ("login https://h:1", "login", {"server": "https://h:1"}),
        ("queue clear", "queue_clear", {}),
        ("search kiln", "search", {"query": "kiln"}),
        ("theme daybreak", "theme", {"name": "daybreak"}),
        ("plain off", "plain", {"on": False}),
        ("go library", "go_library", {}),
        ("sort", "sort", {}),
    ],
)
def test_what_is_meant(text, command, args):
    said = understand(text)
    assert (said.command.name, said.args) == (command, args)


@pytest.mark.parametrize(
    "text",
    ["nonsense", "seek soon", "volume loud", "login", "theme mauve", "play --help", "--json"],
)
def test_what_cannot_be_understood(text):
    with pytest.raises(UsageError):
        understand(text)


def test_a_line_is_explained_while_it_is_typed():
    assert explain("queue add some song") == "Add to the queue"
    assert explain("vol") == explain("") == ""
    assert explain("volume") == "Volume"


async def typed(pilot, settle, line):
    await pilot.press("colon")
    await settle(pilot)
    pilot.app.screen.field.input.value = line
    await pilot.press("enter")
    await settle(pilot)


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("seek 90", ("seek", {"ms": 90_000})),
        ("play segue:library", ("play", {"uri": "segue:library"})),
        ("play kiln", ("play", {"query": "kiln"})),
        ("play", ("resume", {})),
        ("queue add two stroke", ("queue.add", {"query": "two stroke", "where": "end"})),
        ("queue next segue:x", ("queue.add", {"uris": ["segue:x"], "where": "next"})),
        ("queue move 3 2", ("queue.move", {"entry": "e2", "to": 1})),
        ("queue remove 3,4", ("queue.remove", {"entries": ["e2", "e3"]})),
        ("repeat one", ("repeat", {"mode": "one"})),
        (
            "normalise auto --target -18",
            ("sound.set", {"normalise": "auto", "target_lufs": -18.0}),
        ),
        ("eq bass", ("sound.set", {"eq": "bass"})),
        ("speed 1.5", ("sound.set", {"speed": 1.5})),
        ("login https://h:1 --token t", ("login", {"server": "https://h:1", "token": "t"})),
    ],
)
async def test_typed_lines_call_the_engine(line, call, open_app, engine, settle):
    async with open_app() as pilot:
        await typed(pilot, settle, line)
        assert call in engine.calls


@pytest.mark.parametrize(
    ("line", "page"),
    [("queue", "QueuePage"), ("lyrics", "PlayingPage"), ("status", "PlayingPage"),
     ("search kiln", "SearchPage"), ("go queue", "QueuePage")],
)  # fmt: skip
async def test_typed_lines_go_to_pages(line, page, open_app, settle):
    async with open_app() as pilot:
        await typed(pilot, settle, line)
        assert type(pilot.app.frame.page).__name__ == page


@pytest.mark.parametrize(
    ("line", "remedy"),
    [("devices", "segue devices"), ("queue remove 99", "g q shows it"), ("dance", "segue help"),
     ("login h --token -", "segue login --help")],
)  # fmt: skip
async def test_lines_that_cannot_be_done_say_what_can(line, remedy, open_app, settle):
    async with open_app() as pilot:
        await typed(pilot, settle, line)
        assert remedy in pilot.app.frame.toast.notice.detail


async def test_a_number_is_a_row(open_app, settle):
    async with open_app("tab", "tab") as pilot:
        await typed(pilot, settle, "123")
        assert pilot.app.frame.page.tracks.cursor == 122
