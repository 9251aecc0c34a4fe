"""Every command there is, once: keys, palette, `:` line, command line and help are made from this.

Standard library only. A command *runs* in the engine (then `calls` is the protocol's command and
`preset` the arguments that are always the same) or in the view (then the view owns its meaning).
Keys are written as they are typed: one character, a name (`space`, `left`, `ctrl+p`), or two of
them with a space between for a sequence (`g g`). Lower case acts on the selected row, upper case
on what plays. To add a command, add a line; a test holds the rest together.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Runs = Literal["engine", "view"]
Shape = Literal["text", "rest", "integer", "step", "place", "switch", "choice", "flag"]
"""rest: all words left over. step: `40`, `+5` or `-5`. place: seconds with a sign, or `M:SS`."""
Category = Literal["Playback", "Queue", "Library", "View", "Session", "Help"]


class Argument(NamedTuple):
    """One argument (or `--option`) as a person types it."""

    name: str
    shape: Shape
    help: str
    required: bool = True
    choices: tuple[str, ...] = ()


class Command(NamedTuple):
    """Something a person can ask for."""

    name: str
    title: str
    category: Category
    runs: Runs = "engine"
    keys: tuple[str, ...] = ()
    args: tuple[Argument, ...] = ()
    calls: str = ""
    """Command of the engine's protocol; empty: the same as `name`."""
    preset: Mapping[str, Any] = MappingProxyType({})
    cli: str = ""
    """Its words on the command line (`queue add`); empty: not a verb there."""
    help: str = ""
    """One sentence more than the title, for help."""
    palette: bool = True
    options: tuple[Argument, ...] = ()
    """`--name VALUE` on the command line; a flag has no value."""
    starts: bool = False
    """Whether the command line starts the engine for it."""

    @property
    def engine_command(self) -> str:
        """What to call the engine with."""
        return self.calls or self.name


_QUERY = Argument("query", "rest", "words to search for, or a link (segue:album:...)")


def _option(name: str, shape: Shape, words: str, choices: tuple[str, ...] = ()) -> Argument:
    return Argument(name, shape, words, required=False, choices=choices)


_LIMIT = _option("limit", "integer", "how many rows")
_ENTRIES = Argument("entries", "rest", "numbers of rows, as `segue queue` shows them")

PLAYBACK = (
    Command(
        "play",
        "Play",
        "Playback",
        args=(_QUERY._replace(required=False),),
        cli="play",
        starts=True,
        help="plays the best match, or goes on where it stopped when nothing is named",
    ),
    Command("pause", "Pause", "Playback", cli="pause"),
    Command("resume", "Resume", "Playback", cli="resume"),
    Command("toggle", "Play or pause", "Playback", keys=("space",), cli="toggle"),
    Command("next", "Next track", "Playback", keys=("n", ">"), cli="next"),
    Command("prev", "Previous track", "Playback", keys=("N", "<"), cli="prev"),
    Command(
        "seek",
        "Seek",
        "Playback",
        args=(Argument("place", "place", "seconds with a sign (+10, -30) or a place (1:23)"),),
        cli="seek",
        palette=False,
    ),
    Command(
        "forward",
        "Forward 5 s",
        "Playback",
        keys=("right",),
        calls="seek",
        preset={"delta_ms": 5_000},
    ),
    Command(
        "back", "Back 5 s", "Playback", keys=("left",), calls="seek", preset={"delta_ms": -5_000}
    ),
    Command(
        "forward_more",
        "Forward 30 s",
        "Playback",
        keys=(".",),
        calls="seek",
        preset={"delta_ms": 30_000},
    ),
    Command(
        "back_more",
        "Back 30 s",
        "Playback",
        keys=(",",),
        calls="seek",
        preset={"delta_ms": -30_000},
    ),
    Command(
        "restart",
        "Back to the start of the track",
        "Playback",
        keys=("0",),
        calls="seek",
        preset={"ms": 0},
    ),
    Command(
        "volume",
        "Volume",
        "Playback",
        args=(Argument("volume", "step", "0 to 100, or a step (+5, -5)"),),
        cli="volume",
        palette=False,
    ),
    Command("louder", "Louder", "Playback", keys=("+", "="), calls="volume", preset={"delta": 5}),
    Command("softer", "Softer", "Playback", keys=("-",), calls="volume", preset={"delta": -5}),
    Command("mute", "Mute", "Playback", keys=("M",), cli="mute"),
    Command(
        "shuffle",
        "Shuffle",
        "Playback",
        keys=("s",),
        args=(Argument("on", "switch", "on or off; switches over when left out", required=False),),
        cli="shuffle",
        help="the order before is remembered and comes back",
    ),
    Command(
        "repeat",
        "Repeat",
        "Playback",
        keys=("r",),
        args=(
            Argument(
                "mode",
                "choice",
                "off, all or one; the next one when left out",
                required=False,
                choices=("off", "all", "one"),
            ),
        ),
        cli="repeat",
    ),
    Command(
        "play_all",
        "Shuffle the whole library",
        "Playback",
        calls="play",
        preset={"uri": "segue:library"},
    ),
)

QUEUE = (
    Command(
        "queue_list",
        "Show the queue",
        "Queue",
        calls="queue.list",
        cli="queue list",
        options=(_LIMIT,),
        palette=False,
    ),
    Command(
        "queue_add",
        "Add to the queue",
        "Queue",
        runs="view",
        keys=("e",),
        args=(_QUERY,),
        calls="queue.add",
        preset={"where": "end"},
        cli="queue add",
        starts=True,
    ),
    Command(
        "queue_next",
        "Play next",
        "Queue",
        runs="view",
        keys=("E",),
        args=(_QUERY,),
        calls="queue.add",
        preset={"where": "next"},
        cli="queue next",
        starts=True,
    ),
    Command(
        "queue_move",
        "Move a row of the queue",
        "Queue",
        args=(
            Argument("entry", "integer", "number of the row"),
            Argument("to", "integer", "its new number"),
        ),
        calls="queue.move",
        cli="queue move",
        palette=False,
    ),
    Command("queue_up", "Move the row up", "Queue", runs="view", keys=("K",)),
    Command("queue_down", "Move the row down", "Queue", runs="view", keys=("J",)),
    Command(
        "queue_remove",
        "Remove from the queue",
        "Queue",
        runs="view",
        keys=("delete", "x"),
        args=(_ENTRIES,),
        calls="queue.remove",
        cli="queue remove",
    ),
    Command(
        "queue_clear",
        "Clear the queue",
        "Queue",
        keys=("C",),
        calls="queue.clear",
        cli="queue clear",
        help="what plays goes on; `u` brings the rest back",
    ),
    Command(
        "queue_undo",
        "Undo the last change of the queue",
        "Queue",
        keys=("u",),
        calls="queue.undo",
        cli="queue undo",
    ),
)

LIBRARY = (
    Command(
        "search",
        "Search",
        "Library",
        runs="view",
        args=(_QUERY,),
        cli="search",
        starts=True,
        options=(_LIMIT,),
        help="tracks, albums and artists, small typos allowed",
    ),
    Command(
        "lyrics_text",
        "Lyrics as text",
        "Library",
        args=(_option("track", "rest", "link or name of a track; what plays when left out"),),
        calls="lyrics",
        cli="lyrics",
        starts=True,
        palette=False,
        help="of what plays, or of a track",
    ),
    Command("sync", "Refresh the library", "Library", keys=("ctrl+l",), cli="sync", starts=True),
    Command("filter", "Filter the list", "Library", runs="view", keys=("/",)),
    Command("sort", "Change the order of the list", "Library", runs="view", keys=("o",)),
    Command("actions", "Actions of the selected row", "Library", runs="view", keys=("a",)),
    Command("actions_playing", "Actions of what plays", "Library", runs="view", keys=("A",)),
    Command("copy_link", "Copy the link of the row", "Library", runs="view", keys=("y",)),
    Command(
        "copy_link_playing", "Copy the link of what plays", "Library", runs="view", keys=("Y",)
    ),
)

VIEW = (
    Command("go_search", "Go to Search", "View", runs="view", keys=("2", "g s")),
    Command("go_library", "Go to Library", "View", runs="view", keys=("3", "g l")),
    Command("go_queue", "Go to Queue", "View", runs="view", keys=("4", "g q")),
    Command("go_playing", "Go to Now Playing", "View", runs="view", keys=("5", "g n")),
    Command("go_lyrics", "Lyrics of what plays", "View", runs="view", keys=("L",)),
    Command("lyrics_later", "Lyrics 0.1 s later", "View", runs="view", keys=("[",)),
    Command("lyrics_earlier", "Lyrics 0.1 s earlier", "View", runs="view", keys=("]",)),
    Command("go_current", "Go to the row that plays", "View", runs="view", keys=("c",)),
    Command("down", "Down", "View", runs="view", keys=("j", "down"), palette=False),
    Command("up", "Up", "View", runs="view", keys=("k", "up"), palette=False),
    Command("top", "First row", "View", runs="view", keys=("g g", "home"), palette=False),
    Command("bottom", "Last row", "View", runs="view", keys=("G", "end"), palette=False),
    Command("half_down", "Half a page down", "View", runs="view", keys=("ctrl+d",), palette=False),
    Command("half_up", "Half a page up", "View", runs="view", keys=("ctrl+u",), palette=False),
    Command(
        "page_down", "A page down", "View", runs="view", keys=("ctrl+f", "pagedown"), palette=False
    ),
    Command("page_up", "A page up", "View", runs="view", keys=("ctrl+b", "pageup"), palette=False),
    Command("open", "Open or play the row", "View", runs="view", keys=("enter",), palette=False),
    Command("pane_left", "Pane to the left", "View", runs="view", keys=("h",), palette=False),
    Command(
        "pane_right", "Pane to the right", "View", runs="view", keys=("l", "tab"), palette=False
    ),
    Command("drawer", "Queue drawer", "View", runs="view", keys=("\\",)),
    Command("go_back", "Back", "View", runs="view", keys=("backspace",)),
    Command("close", "Close", "View", runs="view", keys=("escape",), palette=False),
    Command("command_line", "Command line", "View", runs="view", keys=(":",), palette=False),
    Command("palette", "Command palette", "View", runs="view", keys=("ctrl+p",), palette=False),
)

SESSION = (
    Command(
        "login",
        "Sign in",
        "Session",
        args=(Argument("server", "text", "address of the server"),),
        cli="login",
        starts=True,
        options=(
            _option("token", "text", "a token for scripts; - reads it from standard input"),
            _option("authority", "text", "file with the certificate of the server's own authority"),
        ),
        palette=False,
        help="shows a code to type in a browser; --token signs in without",
    ),
    Command("logout", "Sign out", "Session", cli="logout", starts=True),
    Command(
        "devices", "Devices of this account", "Session", cli="devices", starts=True, palette=False
    ),
    Command(
        "status",
        "What plays",
        "Session",
        cli="status",
        options=(_option("follow", "flag", "a line for every change"),),
        palette=False,
    ),
    Command(
        "cache_clear",
        "Empty the cache of audio",
        "Session",
        calls="cache.clear",
        cli="cache clear",
        starts=True,
    ),
    Command(
        "render",
        "Render to a file",
        "Session",
        args=(_QUERY,),
        cli="render",
        starts=True,
        options=(
            Argument("out", "text", "the file to write", required=True),
            _option("codec", "choice", "aac or vorbis", ("aac", "vorbis")),
            _option(
                "kbps",
                "text",
                "auto, 96, 160, 320, or a list: one after the other at every piece border",
            ),
        ),
        palette=False,
        help="through the whole chain into a 32-bit float WAV",
    ),
    Command("detach", "Close the player, music goes on", "Session", runs="view", keys=("q",)),
    Command("stop", "Quit and stop the music", "Session", keys=("Q",), cli="stop"),
)

HELP = (
    Command(
        "help",
        "Keys of this page",
        "Help",
        runs="view",
        keys=("?",),
    ),
    Command(
        "doctor",
        "Check everything",
        "Help",
        cli="doctor",
        palette=False,
        help="engine, sound, server, cache, disk and key store",
    ),
    Command(
        "config_check", "Check the settings", "Help", runs="view", cli="config check", palette=False
    ),
    Command(
        "config_show", "Show the settings", "Help", runs="view", cli="config show", palette=False
    ),
)

COMMANDS: tuple[Command, ...] = PLAYBACK + QUEUE + LIBRARY + VIEW + SESSION + HELP
BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}
BY_VERB: dict[str, Command] = {command.cli: command for command in COMMANDS if command.cli}
