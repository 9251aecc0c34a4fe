"""What is typed after a colon, as a call: the same verbs and words as on the shell."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from player.commands import BY_NAME, BY_VERB, Command
from player.errors import UsageError


@dataclass(frozen=True)
class Typed:
    """A command with its arguments."""

    command: Command
    args: dict[str, Any] = field(default_factory=dict)


def find(text: str) -> tuple[Command, str]:
    """The command that the text begins with, and the rest. Raises UsageError."""
    words = text.split()
    for length in (3, 2, 1):
        verb = " ".join(words[:length])
        command = BY_VERB.get(verb) or BY_NAME.get(verb)
        if command is not None and len(words) >= length:
            return command, " ".join(words[length:])
    raise UsageError(f"there is no command {text.strip()!r}", remedy="ctrl+p shows them all")


def parse(text: str) -> Typed:
    """The call that is meant. Raises UsageError."""
    command, rest = find(text)
    reader = _READERS.get(command.name)
    if reader is not None:
        return Typed(command, reader(rest))
    args = dict(command.preset)
    if rest and command.args:
        args[command.args[0].name] = rest
    return Typed(command, args)


def _login(rest: str) -> dict[str, Any]:
    if not rest:
        raise UsageError("login needs the address of a server")
    return {"server": rest}


def _shuffle(rest: str) -> dict[str, Any]:
    return {"on": rest.casefold() == "on"} if rest else {}


def _repeat(rest: str) -> dict[str, Any]:
    return {"mode": rest.casefold()} if rest else {}


def _play(rest: str) -> dict[str, Any]:
    if not rest:
        return {}
    return {"uri": rest} if rest.startswith(("segue:", "https://")) else {"query": rest}


def _place(rest: str) -> dict[str, Any]:
    sign = rest[:1]
    try:
        parts = [float(part) for part in rest.lstrip("+-").split(":")]
    except ValueError as error:
        raise UsageError("seek takes +10, -30 or 1:23") from error
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + part
    if sign in ("+", "-"):
        return {"delta_ms": round(seconds * 1000) * (1 if sign == "+" else -1)}
    return {"ms": round(seconds * 1000)}


def _step(rest: str) -> dict[str, Any]:
    try:
        return {"delta" if rest[:1] in ("+", "-") else "value": int(rest)}
    except ValueError as error:
        raise UsageError("volume takes 0 to 100, +5 or -5") from error


_READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "play": _play,
    "seek": _place,
    "volume": _step,
    "shuffle": _shuffle,
    "repeat": _repeat,
    "login": _login,
}
