"""What a command and an argument are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Runs = Literal["engine", "view"]
Shape = Literal[
    "text",
    "rest",
    "integer",
    "number",
    "step",
    "milliseconds",
    "place",
    "switch",
    "choice",
    "flag",
]
"""rest: all words left over. number: `2`, `1.25` or `-14`. step: `40`, `+5` or `-5`; milliseconds:
the same, of time. place: seconds with a sign, or `M:SS`."""
Category = Literal["Playback", "Sound", "Queue", "Library", "View", "Session", "Help"]


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


QUERY = Argument("query", "rest", "words to search for, or a link (segue:album:...)")


def option(name: str, shape: Shape, words: str, choices: tuple[str, ...] = ()) -> Argument:
    """An option that may be left out."""
    return Argument(name, shape, words, required=False, choices=choices)


LIMIT = option("limit", "integer", "how many rows")
