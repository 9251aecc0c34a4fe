"""The library, the pages, and moving in them."""

from player.commands.shape import LIMIT, QUERY, Argument, Command, option

THEMES = ("auto", "afterglow", "daybreak", "terminal", "monochrome")
"""Names of the looks; `auto` is what the terminal can show."""

LIBRARY = (
    Command(
        "search",
        "Search",
        "Library",
        runs="view",
        args=(QUERY,),
        cli="search",
        starts=True,
        options=(LIMIT,),
        help="tracks, albums and artists, small typos allowed",
    ),
    Command(
        "lyrics_text",
        "Lyrics as text",
        "Library",
        args=(option("track", "rest", "link or name of a track; what plays when left out"),),
        calls="lyrics",
        cli="lyrics show",
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
    Command(
        "theme",
        "Theme",
        "View",
        runs="view",
        args=(Argument("name", "choice", ", ".join(THEMES), choices=THEMES),),
        palette=False,
    ),
    Command(
        "plain",
        "Plain signs (ASCII)",
        "View",
        runs="view",
        args=(Argument("on", "switch", "on or off; switches over when left out", required=False),),
        help="one letter for each sign, no covers; for screen readers and bare terminals",
    ),
    Command("go_back", "Back", "View", runs="view", keys=("backspace",)),
    Command("close", "Close", "View", runs="view", keys=("escape",), palette=False),
    Command("command_line", "Command line", "View", runs="view", keys=(":",), palette=False),
    Command("palette", "Command palette", "View", runs="view", keys=("ctrl+p",), palette=False),
)
