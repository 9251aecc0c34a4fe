"""Verbs about what is liked, and about what the server has not heard yet."""

from typing import TYPE_CHECKING, Any

from player.parsing import named

if TYPE_CHECKING:
    from player.cli.verbs import Context

_KINDS = {"tracks": "liked", "albums": "saved", "artists": "followed", "rated": "rated"}
_DONE = {
    ("liked", 1): "liked",
    ("saved", 1): "saved",
    ("followed", 1): "followed",
    ("liked", 0): "not liked any more",
    ("saved", 0): "not saved any more",
    ("followed", 0): "not followed any more",
    ("rated", 0): "rating taken away",
}


def mark(context: "Context") -> int:
    """Like, unlike or rate what is named, or what plays."""
    args = dict(context.args)
    query = args.pop("query", "")
    with context.connect() as engine:
        result = engine.call(
            context.command.engine_command, **args, **(named(query) if query else {})
        )
    kind, value = result["kind"], result["value"]
    text = _DONE.get((kind, value), f"rated {'*' * value}")
    context.printer.result(result, [f"{text}: {result['uri']}"])
    return 0


def liked(context: "Context") -> int:
    """What is liked, newest first."""
    kind = _KINDS[context.args.get("kind", "tracks")]
    with context.connect() as engine:
        found = engine.call("marks.list", kind=kind, limit=context.limit)
    lines = [_line(item, kind) for item in found["items"]] or ["nothing yet; segue like WORDS"]
    context.printer.result(found, lines)
    return 0


def outbox(context: "Context") -> int:
    """What waits, what was refused and why."""
    with context.connect() as engine:
        found = engine.call("outbox")
    lines = [f"{found['waiting']} waiting" + (f": {found['trouble']}" if found["trouble"] else "")]
    for refused in found["refused"]:
        lines.append(f"refused  {refused['kind']} {refused['about']}: {refused['reason']}")
        lines.append(f"         segue outbox retry {refused['id']}   or   outbox drop")
    context.printer.result(found, lines)
    return 0


def decide(context: "Context") -> int:
    """Try a refused action again, or drop it."""
    with context.connect() as engine:
        result = engine.call(context.command.engine_command, **context.args)
    again = context.command.name == "outbox_retry"
    context.printer.result(result, ["it is sent again" if again else "dropped"])
    return 0


def _line(item: dict[str, Any], kind: str) -> str:
    title = item.get("title") or item.get("name", "")
    by = ", ".join(artist["name"] for artist in item.get("artists", ()))
    stars = f"{'*' * item['value']:5}  " if kind == "rated" else ""
    return f"{stars}{title}" + (f" - {by}" if by else "")
