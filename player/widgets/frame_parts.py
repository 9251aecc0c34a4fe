"""The frame around the pages: top bar, left rail and footer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from player.styles.palette import Palette
from player.styles.text import clean, fit
from player.styles.text import width as cells_of
from player.widgets.canvas import Canvas
from player.widgets.model import Connection
from player.widgets.row import Row

if TYPE_CHECKING:
    from textual.timer import Timer

Hint = tuple[str, str]
"""A key and what it does."""

RAIL_FROM = 100
"""Columns from which the rail is shown; below, the top bar is a strip of tabs."""

_STRIP_WORDS_FROM = 100
_SIGNS = {
    "online": ("●", "ok", "online"),
    "connecting": ("◐", "warn", "connecting"),
    "offline": ("○", "warn", "offline"),
    "signed_out": ("○", "warn", "signed out"),
}


@dataclass(frozen=True)
class Destination:
    """A screen of the rail."""

    command: str
    number: str
    title: str
    short: str = ""


DESTINATIONS = (
    Destination("go_search", "2", "Search"),
    Destination("go_library", "3", "Library"),
    Destination("go_queue", "4", "Queue"),
    Destination("go_playing", "5", "Now Playing", "Playing"),
)


BESIDES = {"go_diagnostics": "Diagnostics"}
"""Places that are in the rail only while one is there."""


def draw_name(row: Row, x: int) -> int:
    """The name in the blend."""
    return row.blend(x, "segue", (x, x + 5), bold=True)


class TopBar(Canvas):
    """Where we are, how we are connected, and the time."""

    def __init__(self, palette: Palette, now: Callable[[], datetime]) -> None:
        super().__init__(palette, id="top")
        self.crumbs: Sequence[str] = ()
        self.place = ""
        self.can_go_back = False
        self.connection = Connection()
        self.syncing = False
        self.offline_since: datetime | None = None
        self._now = now
        self._minute: Timer | None = None

    def on_mount(self) -> None:
        """The time of day changes once a minute."""
        self._next_minute()

    def _next_minute(self) -> None:
        self.repaint()
        self._minute = self.set_timer(60.1 - self._now().second, self._next_minute)

    def draw(self, rows: list[Row]) -> None:
        """The one line."""
        row = rows[0]
        draw_name(row, 2)
        if row.width >= RAIL_FROM:
            self._draw_right(row, self._draw_crumbs(row) + 2)
        else:
            self._draw_tabs(row)

    def _draw_crumbs(self, row: Row) -> int:
        row.put(22, "‹", "muted" if self.can_go_back else "line")  # noqa: RUF001 -- a sign we draw
        self.hot(0, 21, 24, "go_back")
        x = 28
        for place, crumb in enumerate(self.crumbs):
            last = place == len(self.crumbs) - 1
            x = row.put(x, fit(clean(crumb), 34), "text" if last else "muted", bold=last)
            if not last:
                x = row.put(x, " / ", "faint")
        return x

    def _draw_right(self, row: Row, room_from: int) -> None:
        x = row.put_right(row.width - 2, self._now().strftime("%H:%M"), "muted")
        user = clean(self.connection.user)
        if user:
            x = row.put_right(x - 3, fit(user, 16))
            row.chip(x - 4, user[:1].upper(), "on_accent", "accent")
            x -= 4
        x = self._draw_connection(row, x - 3)
        if self.syncing and row.width >= 116:
            x = row.put_right(x - 3, "syncing", "faint")
        if row.width >= 116:
            for name, text in (("palette", "commands ctrl+p"), ("go_search", "search g s")):
                start = x - 4 - len(text)
                if start < room_from:
                    break  # parts vanish whole, never cut
                row.put(start, text, "faint")
                self.hot(0, start, x - 4, name)
                x = start + 1

    def _draw_connection(self, row: Row, end: int) -> int:
        sign, role, word = _SIGNS[self.connection.state]
        if self.connection.state == "offline" and self.offline_since is not None:
            word = f"offline since {self.offline_since:%H:%M}"
        calm = role == "ok"
        x = row.put_right(end, word, "muted" if calm else role, bold=not calm)
        return row.put_right(x - 1, sign, role)

    def _draw_tabs(self, row: Row) -> None:
        x = 9
        for place in DESTINATIONS:
            name = place.short or place.title
            here = place.command == self.place
            if here and row.palette.fills:
                style = row.palette.style("text", "select", bold=True)
                end = row.draw(x, f" {name} ", style)
            elif here:
                end = row.put(x, f"[{name}]", bold=True)
            else:
                end = row.put(x + 1, name, "muted") + 1
            self.hot(0, x, end, place.command)
            x = end + 1
        if self.connection.state == "online":
            row.put_right(row.width - 1, "●", "ok")
        else:
            self._draw_connection(row, row.width - 1)


class StateStrip(Canvas):
    """One line above the page: what is not as usual, and what still works."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="strip")
        self.offline_since: datetime | None = None
        self.tracks_so_far: int | None = None
        """While the library is read for the first time."""

    def draw(self, rows: list[Row]) -> None:
        """Nothing, as a rule."""
        row = rows[0]
        wide = row.width >= _STRIP_WORDS_FROM
        if self.offline_since is not None:
            self._fill(row)
            x = row.put(3, "Offline.", "warn", bold=True) + 1
            words = "What is buffered or cached plays on"
            row.put(x, f"{words}; lists are the copy on this device." if wide else f"{words}.")
            x = row.put_right(row.width - 3, "try now", "muted")
            x = row.put_right(x - 1, "ctrl+l", "accent", bold=True)
            self.hot(0, x, row.width - 3, "sync")
        elif self.tracks_so_far is not None:
            self._fill(row)
            x = row.put(3, "Reading the library.", "info", bold=True) + 1
            row.put(x, f"{self.tracks_so_far:,} tracks so far, more are coming.")

    def _fill(self, row: Row) -> None:
        row.fill = "surface"
        row.put(0, " " * row.width)


class Rail(Canvas):
    """The places to go, by number."""

    FILL = "rail"

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="rail")
        self.place = ""
        self.notes: dict[str, str] = {}

    def draw(self, rows: list[Row]) -> None:
        """A line for each place, help at the foot."""
        for y, place in enumerate(DESTINATIONS, start=1):
            if y >= len(rows):
                break
            here = place.command == self.place
            if here:
                rows[y] = row = Row(self.palette, rows[y].width, "raised")
                row.put(0, ">" if self.palette.theme.depth == "none" else "▌", "accent")
            row = rows[y]
            row.put(2, place.number, "faint")
            row.put(4, place.title, "text" if here else "muted", bold=here)
            row.put_right(row.width - 1, self.notes.get(place.command, ""), "faint")
            self.hot(y, 0, row.width, place.command)
        if self.place in BESIDES and len(rows) > len(DESTINATIONS) + 5:
            y = len(DESTINATIONS) + 2
            rows[y] = row = Row(self.palette, rows[y].width, "raised")
            row.put(0, ">" if self.palette.theme.depth == "none" else "▌", "accent")
            row.put(4, BESIDES[self.place], bold=True)
        if len(rows) > len(DESTINATIONS) + 3:
            y = len(rows) - 2
            x = rows[y].put(2, "?", bold=True)
            x = rows[y].put(x + 1, "help", "muted")
            self.hot(y, 2, x, "help")


class Footer(Canvas):
    """The keys that matter here; a note or half-typed keys when there are any."""

    FILL = "rail"

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="footer")
        self.hints: Sequence[Hint] = ()
        self.note = ""
        """The full text of a row that is cut off."""
        self.pending = ""

    def draw(self, rows: list[Row]) -> None:
        """The one line."""
        row = rows[0]
        wide = row.width >= RAIL_FROM
        x = 2 if wide else 1
        end = row.width
        if cells_of(self.note) < row.width * 3 // 4:  # a longer text needs the whole line
            end = self._draw_right(row, wide=wide)
        if self.pending:
            x = row.put(x, self.pending + "…", "accent", bold=True) + 2
        gap = 3 if wide else 2
        if self.note:
            x = row.put(x, self.note, "text", cells=max(0, end - x - 2)) + gap
        for key, text in self.hints[:8]:
            if x + cells_of(key) + 1 + cells_of(text) > end - 2:
                break
            x = row.put(x, key, "accent", bold=True)
            x = row.put(x + 1, text, "muted") + gap

    def _draw_right(self, row: Row, *, wide: bool) -> int:
        x = row.width - (4 if wide else 2)
        right = (("command_line", ":", "command"), ("help", "?", "help"))
        for name, key, text in right if wide else right[1:]:
            end = x
            x = row.put_right(row.put_right(x, text, "muted") - 1, key, "accent", bold=True)
            self.hot(0, x, end, name)
            x -= 4
        return x + 2
