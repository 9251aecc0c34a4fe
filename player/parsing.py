"""Words to a command, for the shell and the `:` line alike: a small parser driven by the registry
(argparse would cost as much as all the rest of a `segue pause`). Standard library only."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from player.commands import BY_VERB, THEMES, Argument, Command
from player.errors import UsageError

GLOBAL_OPTIONS = (
    Argument("json", "flag", "print JSON"),
    Argument("sink", "text", "sound output if the engine has to be started: mpv, miniaudio,"
             " null or wav:PATH"),
    Argument("home", "text", "folder of all state, as SEGUE_HOME"),
    Argument("help", "flag", "show this"),
    Argument("version", "flag", "show the version"),
)  # fmt: skip
VIEW_OPTIONS = (
    Argument("theme", "choice", f"look of the player: {', '.join(THEMES)}", choices=THEMES),
    Argument("plain", "flag", "player in ASCII signs, without covers"),
)
_DEFAULT_WORDS = {
    "queue": "queue list",
    "outbox": "outbox list",
    "playlist": "playlist list",
    "eq": "eq use",
    "lyrics": "lyrics show",
    "sound": "sound show",
    "config": "config check",
    "diagnostics": "diagnostics show",
    "vol": "volume",
}
_LONG = {"-h": "--help", "-V": "--version"}
_FLAGS = frozenset(
    option.name
    for options in (
        GLOBAL_OPTIONS,
        VIEW_OPTIONS,
        *(command.options for command in BY_VERB.values()),
    )
    for option in options
    if option.shape == "flag"
)
_ON = {"on": True, "yes": True, "1": True, "off": False, "no": False, "0": False}


class Invocation(NamedTuple):
    """What was typed: the command (None: none was named), its arguments and the options."""

    command: Command | None
    args: dict[str, Any]
    options: dict[str, Any]


def parse(words: list[str], verbs: Mapping[str, Command] = BY_VERB) -> Invocation:
    """Read a command line. Raises UsageError."""
    positional, given = _split(words)
    command, rest = _command(positional, verbs)
    own = VIEW_OPTIONS if command is None else command.options
    allowed = {option.name: option for option in (*GLOBAL_OPTIONS, *own)}
    options = {name: _option(name, value, allowed) for name, value in given}
    if command is None or options.get("help"):
        return Invocation(command, {}, options)
    for option in command.options:
        if option.required and option.name not in options:
            raise UsageError(f"--{option.name} is missing", remedy=usage(command))
    return Invocation(command, _arguments(command, rest), options)


def view_options(words: list[str]) -> dict[str, Any] | None:
    """The options of the player itself, None when a verb or help is meant. Raises UsageError."""
    positional, given = _split(words)
    allowed = {option.name: option for option in (*GLOBAL_OPTIONS, *VIEW_OPTIONS)}
    if positional or {"help", "version", "json"} & {name for name, _ in given}:
        return None
    return {name: _option(name, value, allowed) for name, value in given}


def engine_options(words: list[str]) -> dict[str, str]:
    """The options of `segue engine`. Raises UsageError."""
    positional, given = _split(words)
    if positional:
        raise UsageError(f"{positional[0]} is too much", remedy="segue engine [--sink SINK]")
    options: dict[str, str] = {}
    for name, value in given:
        if name not in ("sink", "home", "ready-fd") or value is None:
            raise UsageError(f"there is no option --{name} here", remedy="--sink, --home")
        options[name] = value
    return options


def usage(command: Command) -> str:
    """`segue seek PLACE`."""
    parts = [f"segue {command.cli}"]
    for argument in command.args:
        name = argument.name.upper()
        parts.append(name if argument.required else f"[{name}]")
    for option in command.options:
        value = "" if option.shape == "flag" else f" {option.name.upper()}"
        word = f"--{option.name}{value}"
        parts.append(word if option.required else f"[{word}]")
    return " ".join(parts)


def named(query: str) -> dict[str, str]:
    """A link as such, anything else as a search; nothing for nothing."""
    if not query:
        return {}
    is_link = query.startswith(("segue:", "https://"))
    return {"uri": query} if is_link else {"query": query}


def row_numbers(text: str) -> list[int]:
    """Numbers of rows as they are typed. Raises UsageError."""
    try:
        return [int(word) for word in text.replace(",", " ").split()]
    except ValueError:
        raise UsageError("rows are named by their numbers", remedy="segue queue list") from None


def _split(words: list[str]) -> tuple[list[str], list[tuple[str, str | None]]]:
    """Positional words, and (name, value or None) of options, in any order."""
    positional: list[str] = []
    options: list[tuple[str, str | None]] = []
    waiting = list(reversed(words))
    while waiting:
        word = _LONG.get(waiting[-1], waiting[-1])
        waiting.pop()
        if word == "--":
            return positional + waiting[::-1], options
        if not word.startswith("--"):
            positional.append(word)
            continue
        name, has_value, value = word[2:].partition("=")
        if has_value:
            options.append((name, value))
        else:
            options.append((name, None if name in _FLAGS or not waiting else waiting.pop()))
    return positional, options


def _command(words: list[str], verbs: Mapping[str, Command]) -> tuple[Command | None, list[str]]:
    if not words:
        return None, []
    for length in (3, 2, 1):
        verb = " ".join(words[:length])
        if verb in verbs and len(words) >= length:
            return verbs[verb], words[length:]
    if words[0] in _DEFAULT_WORDS:
        command = BY_VERB[_DEFAULT_WORDS[words[0]]]
        if len(words) == 1 or command.args:
            return command, words[1:]
        known = [v for v in BY_VERB if v.startswith(f"{words[0]} ")]
        raise UsageError(f"there is no {' '.join(words[:2])}", remedy=", ".join(known))
    raise UsageError(f"there is no command {words[0]}", remedy=_nearest(words[0]))


def _nearest(word: str) -> str:
    import difflib  # only on the way out

    verbs = sorted({verb.split()[0] for verb in BY_VERB})
    close = difflib.get_close_matches(word, verbs, n=1)
    return f"did you mean segue {close[0]}" if close else "segue help lists all commands"


def _option(name: str, value: str | None, allowed: Mapping[str, Argument]) -> Any:
    option = allowed.get(name)
    if option is None:
        raise UsageError(f"there is no option --{name} here", remedy="add --help")
    if option.shape == "flag":
        if value is not None:
            raise UsageError(f"--{name} has no value")
        return True
    if value is None:
        raise UsageError(f"--{name} needs a value: {option.help}")
    return _value(option, value)[option.name]


def _arguments(command: Command, words: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    waiting = list(words)
    for argument in command.args:
        text = " ".join(waiting) if argument.shape == "rest" else (waiting or [""])[0]
        waiting = [] if argument.shape == "rest" else waiting[1:]
        if text:
            values.update(_value(argument, text))
        elif argument.required:
            raise UsageError(f"{argument.name.upper()} is missing", remedy=usage(command))
    if waiting:
        raise UsageError(f"{waiting[0]} is too much", remedy=usage(command))
    return values


def _value(argument: Argument, text: str) -> dict[str, Any]:
    """What a word means, as arguments of the engine's command."""
    reader = _READERS.get(argument.shape)
    try:
        if reader is None:
            return {argument.name: text}
        return reader(argument, text)
    except ValueError:
        raise UsageError(f"{text} is not {argument.help}") from None


def _integer(argument: Argument, text: str) -> dict[str, Any]:
    return {argument.name: int(text)}


def _number(argument: Argument, text: str) -> dict[str, Any]:
    value = float(text)
    if value != value or abs(value) == float("inf"):
        raise ValueError(text)
    return {argument.name: value}


def _milliseconds(_: Argument, text: str) -> dict[str, Any]:
    return {"delta_ms" if text[0] in "+-" else "ms": int(text.removesuffix("ms"))}


def _step(_: Argument, text: str) -> dict[str, Any]:
    return {"delta" if text[0] in "+-" else "value": int(text.rstrip("%"))}


def _place(_: Argument, text: str) -> dict[str, Any]:
    sign, bare = (text[0], text[1:]) if text[0] in "+-" else ("", text)
    seconds = 0.0
    for part in bare.removesuffix("s").split(":"):
        if not part or part[0] in "+-":
            raise ValueError(text)
        seconds = seconds * 60 + float(part)
    ms = round(seconds * 1000)
    return {"delta_ms": -ms if sign == "-" else ms} if sign else {"ms": ms}


def _switch(argument: Argument, text: str) -> dict[str, Any]:
    if text not in _ON:
        raise ValueError(text)
    return {argument.name: _ON[text]}


def _choice(argument: Argument, text: str) -> dict[str, Any]:
    if text not in argument.choices:
        raise ValueError(text)
    return {argument.name: text}


_READERS: Mapping[str, Callable[[Argument, str], dict[str, Any]]] = {
    "integer": _integer,
    "number": _number,
    "milliseconds": _milliseconds,
    "step": _step,
    "place": _place,
    "switch": _switch,
    "choice": _choice,
}
