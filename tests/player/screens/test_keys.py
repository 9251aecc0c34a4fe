"""Every key of the registry does what it says, through the real app."""

import pytest

from player.commands import COMMANDS
from player.screens.detail import AlbumPage
from player.screens.diagnostics import DiagnosticsPage
from player.screens.frame import Frame
from player.screens.frame_pages import ROOTS
from player.screens.help import HelpScreen
from player.screens.library import LibraryPage
from player.screens.palette import CommandLine, PaletteScreen
from player.screens.playing import PlayingPage
from player.screens.queue import QueuePage
from player.screens.search import SearchPage
from player.widgets.player_bar import PlayerBar

ENGINE_KEYS = [
    (key, command.engine_command, dict(command.preset))
    for command in COMMANDS
    if command.runs == "engine" and command.name != "stop"
    for key in command.keys
]
PILOT_NAMES = {
    "+": "plus", "=": "equals_sign", "-": "minus", ">": "greater_than_sign",
    "<": "less_than_sign", ".": "full_stop", ",": "comma", "?": "question_mark",
    ":": "colon", "/": "slash", "\\": "backslash", "!": "exclamation_mark",
    "[": "left_square_bracket", "]": "right_square_bracket",
}  # fmt: skip


def presses(keys: str) -> list[str]:
    return [PILOT_NAMES.get(key, key) for key in keys.split(" ")]


async def do(pilot, settle, keys: str) -> None:
    for key in presses(keys):
        await pilot.press(key)
    await settle(pilot)


@pytest.mark.parametrize(("key", "command", "args"), ENGINE_KEYS, ids=str)
async def test_key_calls_the_engine(key, command, args, open_app, engine, settle):
    async with open_app() as pilot:
        engine.calls.clear()
        await do(pilot, settle, key)
    assert (command, args) in engine.calls


@pytest.mark.parametrize(
    ("keys", "page"),
    [
        ("2", SearchPage), ("g s", SearchPage), ("3", LibraryPage), ("g l", LibraryPage),
        ("4", QueuePage), ("g q", QueuePage), ("5", PlayingPage), ("g n", PlayingPage),
        ("L", PlayingPage), ("c", AlbumPage), ("g !", DiagnosticsPage),
    ],
)  # fmt: skip
async def test_key_goes_to_page(keys, page, open_app, settle):
    async with open_app() as pilot:
        await do(pilot, settle, keys)
        await pilot.app.frame.count_expired()
        await settle(pilot)
        assert type(pilot.app.frame.page) is page


@pytest.mark.parametrize(
    ("keys", "screen"),
    [("?", HelpScreen), ("ctrl+p", PaletteScreen), (":", CommandLine), ("a", PaletteScreen),
     ("A", PaletteScreen)],
)  # fmt: skip
async def test_key_opens_modal_and_escape_closes_it(keys, screen, open_app, settle):
    async with open_app() as pilot:
        await do(pilot, settle, keys)
        assert isinstance(pilot.app.screen, screen)
        await do(pilot, settle, "escape")
        assert isinstance(pilot.app.screen, Frame)


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("j", 1), ("down", 1), ("j j k", 1), ("j up", 0), ("1 2 j", 12), ("G", 4119),
        ("end", 4119), ("G g g", 0), ("G home", 0), ("4 2 G", 41), ("5 0 0 G", 499),
    ],
)  # fmt: skip
async def test_movement_in_the_tracks(keys, row, open_app, settle):
    async with open_app("tab", "tab") as pilot:
        for key in presses(keys):
            await pilot.press(key)
        await settle(pilot)
        assert pilot.app.frame.page.tracks.cursor == row


@pytest.mark.parametrize("keys", ["ctrl+d", "ctrl+f", "pagedown"])
async def test_pages_down_and_back_up(keys, open_app, settle):
    back = {"ctrl+d": "ctrl+u", "ctrl+f": "ctrl+b", "pagedown": "pageup"}[keys]
    async with open_app("tab", "tab", keys) as pilot:
        tracks = pilot.app.frame.page.tracks
        assert tracks.cursor > 5
        await do(pilot, settle, back)
        assert tracks.cursor == 0


async def test_covers_move_in_two_directions(open_app):
    async with open_app("l", "j", "h") as pilot:
        grid = pilot.app.frame.page.grid
        assert grid.cursor == grid.columns


async def test_enter_opens_an_album_and_plays_from_a_row(open_app, engine, settle):
    async with open_app("enter") as pilot:
        await settle(pilot)
        page = pilot.app.frame.page
        assert isinstance(page, AlbumPage)
        await do(pilot, settle, "j j enter")
        assert ("play", {"uri": page.uri, "start": 2}) in engine.calls
        await do(pilot, settle, "backspace")
        assert isinstance(pilot.app.frame.page, LibraryPage)


async def test_enter_on_a_track_plays_the_list_from_there(open_app, engine):
    async with open_app("tab", "tab", "j", "enter"):
        command, args = next(call for call in engine.calls if call[0] == "play")
        assert command == "play"
        assert args["start"] == 0
        assert len(args["uris"]) == 200
        assert args["uris"][0].endswith(engine.catalog.track(1).id)


async def test_queue_edits_and_undo(open_app, engine, settle):
    async with open_app("g", "q") as pilot:
        await settle(pilot)
        await do(pilot, settle, "j J")
        assert engine.queue[1:3] == [2, 1]
        await do(pilot, settle, "K")
        assert engine.queue[1:3] == [1, 2]
        await do(pilot, settle, "x")
        assert engine.queue[1] == 2
        await do(pilot, settle, "u")
        assert engine.queue[1] == 1
        await do(pilot, settle, "C")
        assert len(engine.queue) == 1
        await do(pilot, settle, "u")
        assert len(engine.queue) == 13


@pytest.mark.parametrize(("key", "where"), [("e", "end"), ("E", "next")])
async def test_rows_are_queued(key, where, open_app, engine):
    async with open_app(key):
        args = dict(engine.calls)["queue.add"]
        assert args["where"] == where
        assert args["uris"][0].startswith("segue:album:")


async def test_links_are_copied(open_app, engine):
    async with open_app("Y") as pilot:
        assert pilot.app.clipboard == f"segue:track:{engine.catalog.track(0).id}"
        await pilot.press("y")
        await pilot.pause()
        assert pilot.app.clipboard.startswith("segue:album:")


async def test_sort_and_filter_ask_for_another_list(open_app, engine, settle):
    async with open_app("tab", "tab", "o", "slash", "k", "i", "l", "n") as pilot:
        asked = [args for name, args in engine.calls if name == "library.list"]
        assert asked[-1]["sort"] == "title"
        assert asked[-1]["filter"] == "kiln"
        assert pilot.app.frame.page.tracks.total < 4120
        await do(pilot, settle, "escape")
        assert pilot.app.frame.page.tracks.total == 4120


async def test_lyrics_are_shifted_and_sought(open_app, engine, settle):
    async with open_app("g", "n") as pilot:
        await settle(pilot)
        page = pilot.app.frame.page
        await do(pilot, settle, "] ]")
        assert page.offset_ms == 200
        await do(pilot, settle, "[")
        assert page.offset_ms == 100
        await do(pilot, settle, "j enter")
        assert ("seek", {"ms": 110_400}) in engine.calls


async def test_the_drawer_takes_the_keys_of_the_queue(open_app, engine, settle):
    async with open_app("backslash") as pilot:
        await settle(pilot)
        await do(pilot, settle, "j x")
        assert len(engine.queue) == 12
        await do(pilot, settle, "\\")
        assert pilot.app.frame.drawer is None


@pytest.mark.parametrize("key", ["q", "Q"])
async def test_leaving(key, open_app, engine):
    async with open_app(key) as pilot:
        assert pilot.app._exit
    assert (("stop", {}) in engine.calls) is (key == "Q")


async def test_typed_commands_run(open_app, engine, settle):
    async with open_app() as pilot:
        await do(pilot, settle, ":")
        await pilot.press(*"seek", "space", *"90", "enter")
        await settle(pilot)
        assert ("seek", {"ms": 90_000}) in engine.calls


async def test_the_palette_finds_and_runs(open_app, engine, settle):
    async with open_app("ctrl+p", *"mute", "enter") as pilot:
        await settle(pilot)
        assert ("mute", {}) in engine.calls


async def test_a_theme_is_chosen(open_app, settle):
    async with open_app("ctrl+p", *"daybreak", "enter") as pilot:
        await settle(pilot)
        assert pilot.app.theme == "daybreak"
        assert pilot.app.frame.player.palette.theme.name == "daybreak"


def test_every_command_of_the_view_has_a_meaning():
    elsewhere = {*ROOTS, "config_check", "config_show"}
    moves = {"down", "up", "top", "bottom", "half_down", "half_up", "page_down", "page_up", "open"}
    queue = {"queue_up", "queue_down", "queue_remove"}
    pages = (Frame, LibraryPage, PlayingPage, QueuePage, SearchPage, AlbumPage)
    for command in COMMANDS:
        if command.runs == "view" and command.name not in elsewhere | moves | queue:
            assert any(hasattr(page, f"do_{command.name}") for page in pages), command.name


@pytest.mark.parametrize("size", [(140, 40), (80, 24)])
async def test_what_is_liked_has_a_heart_in_the_bar(size, open_app, settle):
    async with open_app(size=size) as pilot:
        assert "♥" not in bar_of(pilot)
        await do(pilot, settle, "F")
        assert "♥" in bar_of(pilot)
        await do(pilot, settle, "F")
        assert "♥" not in bar_of(pilot)


def bar_of(pilot) -> str:
    """What the player bar shows."""
    bar = pilot.app.frame.query_one(PlayerBar)
    return "".join(bar.render_line(y).text for y in range(bar.size.height))
