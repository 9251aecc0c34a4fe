"""Tabs: bold name, count in accent, underlined by the blend; what the list is sorted by."""

from dataclasses import dataclass

from player.styles.palette import Palette
from player.widgets.canvas import Canvas
from player.widgets.row import Row


@dataclass(frozen=True)
class Tab:
    """One tab."""

    name: str
    title: str
    count: int | None = None


class Tabs(Canvas):
    """Two lines: names and the underline. A filter replaces the note at the right."""

    def __init__(self, palette: Palette, tabs: tuple[Tab, ...], *, note: str = "") -> None:
        super().__init__(palette)
        self.tabs = tabs
        self.active = tabs[0].name
        self.note = note
        self.left = 3

    def show(self, active: str, tabs: tuple[Tab, ...], note: str) -> None:
        """Show what has changed."""
        self.active, self.tabs, self.note = active, tabs, note
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """Names, counts, underline."""
        row = rows[0]
        x = self.left
        for tab in self.tabs:
            here = tab.name == self.active
            start = x
            x = row.put(x, tab.title, "text" if here else "muted", bold=here)
            if tab.count is not None:
                x = row.put(x + 1, f"{tab.count:,}", "accent" if here else "faint")
            if here and len(rows) > 1:
                rows[1].blend(start, "▔" * (x - start), (start, x))
            self.hot(0, start, x, f"tab:{tab.name}")
            x += 3
        start = row.width - 3 - len(self.note)
        if self.note and start > x:
            row.put(start, self.note, "muted")
            self.hot(0, start, row.width - 3, "sort")
