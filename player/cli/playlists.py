"""Verbs about playlists."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from player.cli import printing
from player.parsing import named, row_numbers

if TYPE_CHECKING:
    from player.cli.verbs import Context


def ask(context: "Context") -> int:
    """The rule: the engine does it; a line says so."""
    with context.connect() as engine:
        result = engine.call(context.command.engine_command, **_args(context))
    context.printer.result(result, _LINES.get(context.command.name, _done)(result))
    return 0


def show(context: "Context") -> int:
    """The rows of a playlist."""
    with context.connect() as engine:
        found = engine.call("playlist.show", limit=context.limit, **context.args)
    lines = [f"{context.printer.strong(found['name'])}  {_head(found)}"]
    for row in found["rows"]:
        track = row["track"]
        by = ", ".join(artist["name"] for artist in track.get("artists", ()))
        title = track.get("title") or "not in the library"
        clock = printing.clock(track.get("duration_ms", 0))
        lines.append(f"{row['number']:4}  {title}" + (f" - {by}  {clock}" if by else ""))
    context.printer.result(found, lines)
    return 0


def _args(context: "Context") -> dict[str, Any]:
    args = {**context.command.preset, **context.args}
    if "rows" in args:
        args["rows"] = row_numbers(args["rows"])
    if "query" in args:
        wanted = named(args.pop("query"))
        args |= {"uris": [wanted["uri"]]} if "uri" in wanted else wanted
    if "at" in context.options:
        args["at"] = int(context.options["at"])
    return args


def _head(found: dict[str, Any]) -> str:
    words = [f"{found['entries']} tracks"]
    if found["role"] != "owner" or found["followed"]:
        words.append(f"by {found['owner']}")
    if found["unsettled"]:
        words.append("not sent yet")
    if found["refused"]:
        words.append(f"refused: {found['refused']} (segue playlist retry, or drop)")
    return " · ".join(words)


def _listed(result: dict[str, Any]) -> list[str]:
    lines = [f"{one['name']}  {_head(one)}  {one['uri']}" for one in result["items"]]
    if result["trouble"]:
        lines.append(f"({result['trouble']})")
    return lines or ["no playlists yet; segue playlist create NAME"]


def _made(result: dict[str, Any]) -> list[str]:
    return [f"{result['name']}: {result['uri']}"]


def _people(result: dict[str, Any]) -> list[str]:
    return [f"{one['person']['name']}  {one['role']}" for one in result["members"]]


def _history(result: dict[str, Any]) -> list[str]:
    lines = []
    for entry in result["entries"]:
        counted = [f"{entry[what]} {what}" for what in ("added", "removed", "moved") if entry[what]]
        said = [what for what in ("renamed", "described") if entry[what]]
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry["at"] / 1000))
        deeds = ", ".join(counted + said) or "changed"
        lines.append(f"{entry['revision']:5}  {when}  {entry['author']['name']}  {deeds}")
    return lines or ["nothing has changed yet"]


def _done(result: dict[str, Any]) -> list[str]:
    if "undone" in result or "redone" in result:
        return ["done" if True in result.values() else "there is nothing to take back"]
    return [f"{count} {what}" for what, count in result.items()] or ["done"]


_LINES: Mapping[str, Callable[[dict[str, Any]], list[str]]] = {
    "playlist_list": _listed,
    "playlist_create": _made,
    "playlist_copy": _made,
    "playlist_members": _people,
    "playlist_history": _history,
}
