"""A widget made of lines that are drawn whole and repainted only where they have changed."""

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from player.styles.palette import Palette
from player.styles.text import width as cells_of
from player.widgets.row import Row

Cell = tuple[str, Style | None]

_JOIN = 8
"""Cells between two runs below which moving there costs more than repainting them."""


class Canvas(Widget):
    """Subclasses draw rows; `repaint` compares with what stands there and sends the difference."""

    ALLOW_SELECT: ClassVar[bool] = False
    FILL: ClassVar[str] = "bg"

    class Pressed(Message):
        """A word that stands for something was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, palette: Palette, *, id: str | None = None) -> None:  # noqa: A002 -- the name it has there
        super().__init__(id=id)
        self.palette = palette
        self.repainted_cells = 0
        """Cells sent for repainting so far; for tests and figures."""
        self._lines: list[Strip] = []
        self._hot: list[tuple[int, int, int, str]] = []
        self._marking: list[tuple[int, int, int, str]] = []

    def draw(self, rows: list[Row]) -> None:
        """Draw all lines of the widget."""
        raise NotImplementedError

    def hot(self, y: int, start: int, end: int, name: str) -> None:
        """While drawing: cells of line y that stand for something when clicked."""
        self._marking.append((y, start, end, name))

    def restyle(self, palette: Palette) -> None:
        """Draw with another palette."""
        self.palette = palette
        self._lines = []
        self.repaint()

    def repaint(self) -> None:
        """Draw, and send the cells that differ."""
        lines = self._drawn()
        old, self._lines = self._lines, lines
        if len(old) != len(lines):
            self.refresh()
            return
        for y, (before, after) in enumerate(zip(old, lines, strict=True)):
            for start, end in changed_spans(before, after):
                self.repainted_cells += end - start
                self.refresh(Region(start, y, end - start, 1))

    def _drawn(self) -> list[Strip]:
        width, height = self.size
        rows = [Row(self.palette, width, self.FILL) for _ in range(height)]
        self._marking = []
        if width and height:
            self.draw(rows)
        self._hot = self._marking
        return [row.strip() for row in rows]

    def on_resize(self) -> None:
        """Everything is elsewhere."""
        self._lines = self._drawn()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line as drawn last."""
        if len(self._lines) != self.size.height:
            self._lines = self._drawn()
        if y < len(self._lines) and self._lines[y].cell_length == self.size.width:
            return self._lines[y]
        return Row(self.palette, self.size.width, self.FILL).strip()

    def name_at(self, x: int, y: int) -> str:
        """What the cell stands for, or nothing."""
        for line, start, end, name in self._hot:
            if line == y and start <= x < end:
                return name
        return ""

    def on_click(self, event: events.Click) -> None:
        """Words can be clicked."""
        name = self.name_at(event.x, event.y)
        if name:
            event.stop()
            self.post_message(self.Pressed(name))


def changed_spans(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """Runs of changed cells (end exclusive); close ones are one run."""
    if before == after:
        return []
    old, new = _cells(before), _cells(after)
    if len(old) != len(new):
        return [(0, max(len(old), len(new)))]
    spans: list[tuple[int, int]] = []
    for at in range(len(new)):
        if old[at] == new[at]:
            continue
        # The second half of a wide character is sent with its first.
        start = at - 1 if at and not new[at][0] else at
        if spans and start - spans[-1][1] < _JOIN:
            spans[-1] = spans[-1][0], at + 1
        else:
            spans.append((start, at + 1))
    return spans


def _cells(strip: Strip) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _ in strip:
        for character in text:
            cells.append((character, style))
            if cells_of(character) == 2:
                cells.append(("", style))
    return cells
