"""Keys of this page first, then everywhere; made from the registry."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from player.commands import COMMANDS, Command
from player.screens.keymap import label
from player.screens.modal import Hairline, Modal
from player.styles.palette import Palette
from player.styles.text import fit
from player.styles.text import width as cells_of
from player.widgets.canvas import Canvas
from player.widgets.frame_parts import Hint
from player.widgets.row import Row

_COLUMN = 37
_KEYS = 10
_MOUSE = (("click", "select"), ("2 clicks", "play or open"), ("wheel", "scroll; seek on the bar"))

Group = tuple[str, list[Hint]]


def groups(page: str, hints: Sequence[Hint], commands: Sequence[Command] = COMMANDS) -> list[Group]:
    """What the help shows, in order."""
    made: list[Group] = [(page, list(hints))] if hints else []
    by_name: dict[str, list[Hint]] = {}
    for command in commands:
        if not command.keys:
            continue
        name = _group_of(command)
        keys = "  ".join(label(key) for key in command.keys[:2])
        by_name.setdefault(name, []).append((keys, command.title))
    made += list(by_name.items())
    made.append(("Mouse", list(_MOUSE)))
    return made


def _group_of(command: Command) -> str:
    if command.name.startswith("go_"):
        return "Go to"
    return {"View": "Move", "Session": "App", "Help": "App"}.get(command.category, command.category)


def flow(all_groups: Sequence[Group], columns: int, height: int) -> list[list[Hint]]:
    """Groups as lines, poured into columns; a heading is a hint without text."""
    lines: list[list[Hint]] = [[] for _ in range(columns)]
    at = 0
    for title, hints in all_groups:
        if lines[at] and len(lines[at]) + len(hints) + 2 > height and at + 1 < columns:
            at += 1
        if lines[at]:
            lines[at].append(("", ""))
        lines[at].append((title, ""))
        lines[at] += hints
    return lines


class HelpSheet(Canvas):
    """The keys, in columns; scrolls when they do not fit."""

    FILL = "surface"

    def __init__(self, palette: Palette, page: str, hints: Sequence[Hint]) -> None:
        super().__init__(palette)
        self.page = page
        self.top = 0
        self._groups = groups(f"On this page: {page}", hints)
        self._needed = 0

    def scroll_lines(self, lines: int) -> None:
        """Scroll; clamped to what there is."""
        room = max(0, self._needed - (self.size.height - 3))
        self.top = max(0, min(self.top + lines, room))
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """Heading and columns."""
        x = rows[0].put(3, "Keys", bold=True)
        end = rows[0].put_right(rows[0].width - 3, "j k scroll   esc close", "faint")
        words = f"{self.page} first, then everywhere"
        if x + 2 + cells_of(words) < end:
            rows[0].put(x + 2, words, "muted")
        columns = max(1, (rows[0].width - 4) // _COLUMN)
        total = sum(len(hints) + 2 for _, hints in self._groups)
        poured = flow(self._groups, columns, max(len(rows) - 3, -(-total // columns)))
        self._needed = max(len(lines) for lines in poured)
        for column, lines in enumerate(poured):
            for y, (key, text) in enumerate(lines[self.top :], start=2):
                if y < len(rows):
                    self._draw_line(rows[y], 3 + column * _COLUMN, key, text)

    def _draw_line(self, row: Row, x: int, key: str, text: str) -> None:
        if not text:
            row.put(x, fit(key, _COLUMN - 2), "accent2", bold=True)
            return
        row.put(x, key, "accent", bold=True, cells=_KEYS)
        row.put(x + _KEYS + 1, text, cells=_COLUMN - _KEYS - 3)


class HelpScreen(Modal):
    """The help over the page."""

    AUTO_FOCUS: ClassVar[str | None] = None

    def __init__(self, palette: Palette, page: str, hints: Sequence[Hint]) -> None:
        super().__init__(palette)
        self.sheet = HelpSheet(palette, page, hints)

    def compose(self) -> ComposeResult:
        """The sheet."""
        with Vertical(id="help-box", classes="box"):
            yield Hairline(self.palette)
            yield self.sheet

    def take_key(self, key: str) -> bool:
        """Scroll or close."""
        steps = {"j": 1, "down": 1, "k": -1, "up": -1, "ctrl+d": 8, "ctrl+u": -8}
        steps |= {"pagedown": 16, "pageup": -16, "space": 16, "G": 999, "home": -999, "end": 999}
        if key in steps:
            self.sheet.scroll_lines(steps[key])
        elif key in ("question_mark", "q", "enter"):
            self.finish()
        return True
