"""Help, made from the registry."""

from collections.abc import Iterator

from player.commands import BY_VERB, COMMANDS, Argument, Command
from player.parsing import GLOBAL_OPTIONS, VIEW_OPTIONS, usage

_OTHERS = (
    ("segue", "open the player"),
    ("segue engine", "run the engine in the foreground"),
)
_EXIT_CODES = "exit codes: 0 done, 1 failed, 2 usage, 3 not running, 4 offline, 5 not allowed"


def help_lines() -> Iterator[str]:
    """All verbs by category."""
    width = max(len(_short(command)) for command in BY_VERB.values()) + 2
    for line, meaning in _OTHERS:
        yield f"{line:{width}}{meaning}"
    for category in dict.fromkeys(command.category for command in COMMANDS):
        verbs = [c for c in BY_VERB.values() if c.category == category]
        if verbs:
            yield ""
            yield category
        for command in verbs:
            yield f"  {_short(command):{width}}{command.title.lower()}"
    yield ""
    yield from _options((*GLOBAL_OPTIONS, *VIEW_OPTIONS))
    yield ""
    yield _EXIT_CODES


def verb_lines(command: Command) -> Iterator[str]:
    """One verb."""
    yield usage(command)
    yield f"  {command.title}{f': {command.help}' if command.help else ''}"
    for argument in command.args:
        yield f"  {argument.name.upper():14}{argument.help}"
    yield from _options((*command.options, *GLOBAL_OPTIONS))


def _short(command: Command) -> str:
    names = (f"[{a.name.upper()}]" if not a.required else a.name.upper() for a in command.args)
    return " ".join(("segue", command.cli, *names))


def _options(options: tuple[Argument, ...]) -> Iterator[str]:
    for option in options:
        value = "" if option.shape == "flag" else f" {option.name.upper()}"
        yield f"  --{option.name + value:22}{option.help}"
