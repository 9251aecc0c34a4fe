"""`segue VERB`: parse, ask the engine, print, and end with the exit code that fits."""

import os
import sys
from collections.abc import Callable

from player.cli.help import help_lines, verb_lines
from player.cli.printing import Printer
from player.cli.verbs import VERBS, Context, ask
from player.engine.home import Home
from player.errors import EngineAbsentError, PlayerError
from player.parsing import Invocation, parse

DONE, FAILED, USAGE, NOT_RUNNING, OFFLINE, NOT_ALLOWED = range(6)

_CODES = {
    "usage": USAGE,
    "offline": OFFLINE,
    "not_allowed": NOT_ALLOWED,
    "not_found": FAILED,
    "failed": FAILED,
}


def exit_code(error: PlayerError) -> int:
    """The exit code of a failure."""
    return NOT_RUNNING if isinstance(error, EngineAbsentError) else _CODES[error.kind]


def run(words: list[str]) -> int:
    """Run one command line; the exit code."""
    printer = Printer(as_json="--json" in words)
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    return guarded(lambda: _run(parse(words), printer), printer)


def guarded(work: Callable[[], int], printer: Printer) -> int:
    """Do the work; a failure becomes one line and its exit code."""
    try:
        return work()
    except PlayerError as error:
        printer.problem(error.kind, error.message, error.remedy)
        return exit_code(error)
    except KeyboardInterrupt:
        printer.progress("")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more
        return DONE


def _run(invocation: Invocation, printer: Printer) -> int:
    options = invocation.options
    if options.get("version"):
        from importlib.metadata import version  # rarely needed

        printer.result({"segue": version("segue")}, [f"segue {version('segue')}"])
        return DONE
    command = invocation.command
    if command is None:
        printer.result({}, help_lines())
        return DONE
    if options.get("help"):
        printer.result({}, verb_lines(command))
        return DONE
    home = Home.named(options["home"]) if "home" in options else Home.default()
    context = Context(home, printer, command, invocation.args, options)
    return VERBS.get(command.name, ask)(context)
