"""Playlists: making, editing, sharing, looking back."""

from typing import Any

from player.commands.shape import LIMIT, Argument, Command, option

_PLAYLIST = Argument("playlist", "text", "name or link of the playlist")
_WHAT = Argument("query", "rest", "words or a link")
_ROWS = Argument("rows", "rest", "numbers of rows, as `segue playlist show` has them")
_USER = Argument("user", "text", "name of the user")
_KINDS = ("private", "link", "public")


def _verb(name: str, title: str, *args: Argument, **more: Any) -> Command:
    """A command about playlists: `playlist NAME` on the command line, `playlist.NAME` inside."""
    made = Command(
        f"playlist_{name}",
        title,
        "Library",
        args=args,
        calls=f"playlist.{name}",
        cli=f"playlist {name}",
        starts=True,
        palette=False,
    )
    return made._replace(**more)


PLAYLISTS = (
    _verb("list", "Playlists"),
    _verb("show", "What is on a playlist", _PLAYLIST, options=(LIMIT,)),
    _verb("create", "Make a playlist", Argument("name", "rest", "its name")),
    _verb("add", "Add to a playlist", _PLAYLIST, _WHAT,
          options=(option("at", "integer", "before this row; at the end when left out"),)),
    _verb("remove", "Take rows out of a playlist", _PLAYLIST, _ROWS),
    _verb("move", "Move rows of a playlist", _PLAYLIST,
          _ROWS._replace(shape="text"),
          Argument("to", "integer", "before this row; one past the end: to the end")),
    _verb("rename", "Give a playlist another name", _PLAYLIST,
          Argument("name", "rest", "its new name"), calls="playlist.change"),
    _verb("describe", "Describe a playlist", _PLAYLIST,
          Argument("description", "rest", "what it is about"), calls="playlist.change"),
    _verb("visibility", "Who may see a playlist", _PLAYLIST,
          Argument("visibility", "choice", "private, link or public", choices=_KINDS),
          calls="playlist.change"),
    _verb("undo", "Take back the last edit of a playlist", _PLAYLIST),
    _verb("redo", "Take back the last undo", _PLAYLIST),
    _verb("delete", "Delete a playlist", _PLAYLIST),
    _verb("share", "Let somebody edit or see a playlist", _PLAYLIST, _USER,
          Argument("role", "choice", "editor or viewer", required=False,
                   choices=("editor", "viewer"))),
    _verb("unshare", "Not any more; or leave it", _PLAYLIST, _USER),
    _verb("members", "Who takes part in a playlist", _PLAYLIST),
    _verb("follow", "Have somebody's playlist among one's own", _PLAYLIST,
          preset={"on": True}),
    _verb("unfollow", "Not any more", _PLAYLIST, calls="playlist.follow", preset={"on": False}),
    _verb("copy", "Make one's own of a playlist", _PLAYLIST,
          Argument("name", "rest", "its name, if another", required=False)),
    _verb("history", "Who changed a playlist, and when", _PLAYLIST, options=(LIMIT,)),
    _verb("restore", "Make a playlist again as it was", _PLAYLIST,
          Argument("revision", "integer", "as `segue playlist history` shows it")),
    _verb("retry", "Send a refused edit again", _PLAYLIST),
    _verb("drop", "Give a refused edit up", _PLAYLIST),
)  # fmt: skip
