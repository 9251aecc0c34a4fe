"""Keys into commands: sequences (`g g`), counts (`12j`), and digits that may be either.

Pure: it is fed keys and says what was meant. A digit that names a place waits for one more key,
because `3j` is a count; the caller lets it through when nothing follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from player.commands import COMMANDS, Command

COUNTED = frozenset({"down", "up", "top", "bottom", "half_down", "half_up", "page_down", "page_up"})
COUNTED |= {
    "queue_up",
    "queue_down",
    "forward",
    "back",
    "forward_more",
    "back_more",
    "next",
    "prev",
}
_LONGEST_COUNT = 7

_NAMES = {
    "space": "␣",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "delete": "del",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
}


@dataclass(frozen=True)
class Meant:
    """A command that was typed, with its count if there was one."""

    command: str
    count: int | None = None


def token(key: str, character: str | None) -> str:
    """A key press as the registry writes it."""
    if character is not None and character.isprintable() and character != " ":
        return character
    return key


def label(keys: str) -> str:
    """A key of the registry as it is shown to people."""
    return " ".join({"delete": "del", "escape": "esc"}.get(k, k) for k in keys.split(" "))


def symbol(keys: str) -> str:
    """A key of the registry in as few cells as possible."""
    return " ".join(_NAMES.get(k, k) for k in keys.split(" "))


class Keymap:
    """What has been typed so far, against the keys of the registry."""

    def __init__(self, commands: Iterable[Command] = COMMANDS) -> None:
        self._whole: dict[tuple[str, ...], str] = {}
        self._starts: set[str] = set()
        for command in commands:
            for keys in command.keys:
                parts = tuple(keys.split(" "))
                self._whole[parts] = command.name
                if len(parts) > 1:
                    self._starts.add(parts[0])
        self._digits = ""
        self._prefix: tuple[str, ...] = ()

    @property
    def pending(self) -> str:
        """What is typed and not yet a command."""
        return self._digits + "".join(self._prefix)

    @property
    def waits_for_count(self) -> bool:
        """Whether a digit waits that names a place if nothing follows."""
        return len(self._digits) == 1 and not self._prefix and (self._digits,) in self._whole

    def clear(self) -> None:
        """Forget what is half typed."""
        self._digits, self._prefix = "", ()

    def expire(self) -> Meant | None:
        """Nothing followed the digit: it meant the place."""
        digit = self._digits
        waited = self.waits_for_count
        self.clear()
        return Meant(self._whole[digit,]) if waited else None

    def feed(self, key: str) -> list[Meant]:
        """A key; the commands that are complete now (two if a digit turns out to be no count)."""
        if self._prefix:
            return self._finish((*self._prefix, key))
        if len(key) == 1 and key.isdigit() and (key != "0" or self._digits):
            self._digits = (self._digits + key)[:_LONGEST_COUNT]
            return []
        if key in self._starts:
            self._prefix = (key,)
            return []
        return self._finish((key,))

    def _finish(self, keys: tuple[str, ...]) -> list[Meant]:
        name = self._whole.get(keys)
        if name is None:
            self.clear()
            return []
        if name == "close" and self.pending:
            self.clear()
            return []
        count = int(self._digits) if self._digits else None
        place = self._whole.get((self._digits,)) if self._digits else None
        self.clear()
        if count is not None and name not in COUNTED:
            return [*([Meant(place)] if place else []), Meant(name)]
        return [Meant(name, count)]
