"""What is typed after a colon: the verbs of the shell, and every other command by its name."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from player.commands import BY_VERB, COMMANDS, Command
from player.commands.sound import sound_args
from player.errors import NotFoundError, UsageError
from player.parsing import Invocation, named, parse, row_numbers
from player.widgets.model import Notice

VERBS: Mapping[str, Command] = {
    **{command.name.replace("_", " "): command for command in COMMANDS},
    **BY_VERB,
}


class Doer(Protocol):
    """What a typed line needs of the frame."""

    async def ask(self, command: str, **args: Any) -> Any:
        """Call the engine. Raises PlayerError."""
        ...

    async def perform(self, name: str, count: int | None, args: dict[str, Any] | None) -> None:
        """Do a command of the registry."""
        ...

    async def look_for(self, text: str) -> None:
        """Show the search with a text."""
        ...

    def tell(self, notice: Notice) -> None:
        """Show a toast."""
        ...


def understand(text: str) -> Invocation:
    """The command that is meant, with its arguments. Raises UsageError."""
    invocation = parse(text.split(), VERBS)
    if invocation.command is None or invocation.options.get("help"):
        raise UsageError("this is a line for commands", remedy="ctrl+p shows them all")
    return invocation


def explain(text: str) -> str:
    """What the line would do, as far as it can be told while it is typed."""
    words = text.split()
    for length in (3, 2, 1):
        command = VERBS.get(" ".join(words[:length]))
        if command is not None and len(words) >= length:
            return command.title
    return ""


async def run_typed(doer: Doer, text: str) -> None:
    """Do what a line says. Raises PlayerError."""
    if text.isdigit():
        await doer.perform("top", int(text), None)
        return
    said = understand(text)
    assert said.command is not None
    meaning = _MEANINGS.get(said.command.name)
    if meaning is not None:
        await meaning(doer, said)
    else:
        await doer.perform(said.command.name, None, {**said.command.preset, **said.args})


async def _play(doer: Doer, said: Invocation) -> None:
    query = said.args.get("query", "")
    await doer.ask("play" if query else "resume", **named(query))


async def _add(doer: Doer, said: Invocation) -> None:
    assert said.command is not None
    wanted = named(said.args["query"])
    args = {"uris": [wanted["uri"]]} if "uri" in wanted else wanted
    answer = await doer.ask("queue.add", **said.command.preset, **args)
    added = answer["added"]
    doer.tell(Notice(f"Added {added} track{'s' * (added != 1)}", "info", "u takes it back"))


async def _remove(doer: Doer, said: Invocation) -> None:
    numbers = row_numbers(said.args["entries"])
    entries = [await _entry(doer, number) for number in numbers]
    await doer.ask("queue.remove", entries=entries)


async def _move(doer: Doer, said: Invocation) -> None:
    entry = await _entry(doer, said.args["entry"])
    await doer.ask("queue.move", entry=entry, to=said.args["to"] - 1)


async def _entry(doer: Doer, number: int) -> str:
    """The row of the queue with a number. Raises NotFoundError."""
    if number > 0:
        answer = await doer.ask("queue.list", offset=number - 1, limit=1)
        if answer["rows"]:
            return str(answer["rows"][0]["entry"])
    raise NotFoundError(f"the queue has no row {number}", remedy="g q shows it")


async def _search(doer: Doer, said: Invocation) -> None:
    await doer.look_for(said.args["query"])


async def _login(doer: Doer, said: Invocation) -> None:
    token = said.options.get("token", "")
    if "authority" in said.options or token == "-":
        raise UsageError("files are read by the shell only", remedy="segue login --help")
    args = {**said.args, **({"token": token} if token else {})}
    await doer.perform("login", None, args)


def _page(place: str) -> Callable[[Doer, Invocation], Awaitable[None]]:
    async def go(doer: Doer, _said: Invocation) -> None:
        await doer.perform(place, None, None)

    return go


async def _in_a_shell(_doer: Doer, said: Invocation) -> None:
    assert said.command is not None
    raise UsageError("its answer needs a shell", remedy=f"segue {said.command.cli}")


async def _sound(doer: Doer, said: Invocation) -> None:
    assert said.command is not None
    args = sound_args(said.command, said.args, said.options)
    await doer.perform(said.command.name, None, args)


_MEANINGS: Mapping[str, Callable[[Doer, Invocation], Awaitable[None]]] = {
    "play": _play,
    "queue_add": _add,
    "queue_next": _add,
    "queue_remove": _remove,
    "queue_move": _move,
    "queue_list": _page("go_queue"),
    "lyrics_text": _page("go_lyrics"),
    "status": _page("go_playing"),
    "search": _search,
    "login": _login,
    "normalise": _sound,
    **dict.fromkeys(("devices", "doctor", "render", "config_check", "config_show"), _in_a_shell),
    **dict.fromkeys(("eq_import", "eq_list", "binaural"), _in_a_shell),
}
"""Commands whose words mean more here than arguments for the engine."""
