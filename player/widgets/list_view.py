"""A list of one-line rows over any number of rows: line API, own scroll bar, strip cache."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from textual import events
from textual.geometry import Region
from textual.strip import Strip

from player.styles.palette import Palette
from player.widgets.paged_view import Blank, PagedView
from player.widgets.paging import Block, Outline
from player.widgets.row import Row

T = TypeVar("T")
P = TypeVar("P", contravariant=True)

_STRIPS_KEPT = 512


@dataclass(frozen=True)
class Look:
    """How a row stands out."""

    focused: bool = False
    pane: bool = True
    """Whether the list itself has the focus."""
    playing: bool = False

    def fill(self, plain: str = "bg") -> str:
        """The fill of the row; `plain` is that of the list."""
        if not self.focused:
            return plain
        return "select" if self.pane else "raised"


class RowPainter(Protocol[P]):
    """Draws rows of one kind."""

    header_lines: int

    def header(self, row: Row, line: int, rows: int) -> None:
        """Draw a line of the column heads."""
        ...

    def paint(self, row: Row, item: P, index: int, look: Look) -> None:
        """Draw an item; focus bar and fill are there already."""
        ...

    def key(self, item: P) -> str:
        """What identifies the item as the one that plays."""
        ...


def focus_bar(row: Row, look: Look) -> None:
    """The sign at the left edge of the row under the cursor."""
    if not look.focused:
        return
    if row.palette.theme.depth == "none":
        row.put(0, ">" if look.pane else "│", bold=True)
    elif look.pane:
        row.put(0, "▌", "accent")


def playing_mark(row: Row, x: int) -> None:
    """Three bars of the blend: this is what plays."""
    for place, sign in enumerate("▂▆▄"):
        row.draw(x + place, sign, row.palette.blend(place / 2, row.fill))


class ListView(PagedView[T]):
    """Rows under optional headings, one line each."""

    DOUBLE_CLICK: ClassVar[int] = 2

    def __init__(
        self,
        palette: Palette,
        painter: RowPainter[T],
        *,
        blank: Blank,
        id: str | None = None,  # noqa: A002 -- the name it has there
    ) -> None:
        super().__init__(palette, blank=blank, id=id)
        self.painter = painter
        self.top = 0
        self.led = False
        """Moved by keys that go elsewhere (a text field): drawn as if it had the focus."""
        self.playing_key = ""
        self.painted = 0
        """Rows drawn so far (not taken from the cache); for tests and figures."""
        self._blocks: tuple[Block, ...] | None = None
        self._outline = Outline(())
        self._strips: OrderedDict[Hashable, Strip] = OrderedDict()
        self._dragging = False

    # -- content

    def group(self, blocks: Iterable[Block] | None) -> None:
        """Put rows under headings; None for one run of rows."""
        self._blocks = None if blocks is None else tuple(blocks)
        self._outline_anew()
        self.refresh()

    def restyle(self, palette: Palette) -> None:
        """Draw with another palette."""
        self._strips.clear()
        super().restyle(palette)

    def mark_playing(self, key: str) -> None:
        """Show which row plays; only rows that change are drawn."""
        if key == self.playing_key:
            return
        old, self.playing_key = self.playing_key, key
        first, last = self.visible_rows()
        for index in range(first, last + 1):
            item = self.pages.get(index)
            if item is not None and self.painter.key(item) in (old, key):
                self._refresh_row(index)

    def rows_landed(self) -> None:
        """Rows are here."""
        self._strips.clear()
        self._outline_anew()
        self._keep_cursor_seen()
        self.refresh()

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        self._keep_cursor_seen()
        super().on_resize()

    def reset_place(self) -> None:
        """Scroll to the top."""
        self.top = 0
        self._strips.clear()

    def _outline_anew(self) -> None:
        self._outline = Outline(self._blocks or (Block(self.total),))

    @property
    def cut_row(self) -> bool:
        """Whether the row under the cursor is too long to be shown whole."""
        item = self.current
        if item is None or self.phase != "ready":
            return False
        row = Row(self.palette, self.size.width - 2, self.fill)
        playing = bool(self.playing_key) and self.painter.key(item) == self.playing_key
        self.painter.paint(row, item, self.cursor, Look(focused=True, playing=playing))
        return row.cut

    # -- geometry

    @property
    def body_height(self) -> int:
        """Lines below the column heads."""
        return max(1, self.size.height - self.painter.header_lines)

    def visible_rows(self) -> tuple[int, int]:
        """First and last row that can be seen; headings make the range a little wider."""
        rows = [
            place.row
            for place in (self._outline.at(self.top), self._outline.at(self._last_line))
            if place.row is not None
        ]
        first = rows[0] if rows else max(0, self.top - 2 * len(self._blocks or ()))
        return first, first + self.body_height - 1

    @property
    def _last_line(self) -> int:
        return self.top + self.body_height - 1

    # -- the cursor

    def move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self.go_to(self.cursor + rows)

    def go_to(self, index: int) -> None:
        """Put the cursor on a row and show it."""
        if not self.total:
            return
        index = max(0, min(index, self.total - 1))
        old, self.cursor = self.cursor, index
        if self._keep_cursor_seen():
            self.refresh()
            self.load_around()
        elif old != index:
            self._refresh_row(old)
            self._refresh_row(index)
        if old != index:
            self.post_message(self.Moved(self, index))

    def page(self, part: float) -> None:
        """Move by a part of what is seen: 1 is a page, -0.5 half a page up."""
        step = max(1, int(self.body_height * abs(part)))
        self.move(step if part > 0 else -step)

    def _keep_cursor_seen(self) -> bool:
        """Scroll so that the cursor is seen. Whether the view has moved."""
        if not self.size.height:
            return False  # not laid out yet; done when it is
        line = self._outline.line_of(self.cursor)
        before = self.top
        heading = 1 if self._blocks and line and self._outline.at(line - 1).block else 0
        if line - heading < self.top:
            self.top = line - heading
        elif line > self._last_line:
            self.top = line - self.body_height + 1
        self.top = max(0, min(self.top, self._outline.lines - self.body_height))
        return self.top != before

    def scroll_by(self, lines: int) -> None:
        """Scroll without moving the cursor."""
        top = max(0, min(self.top + lines, self._outline.lines - self.body_height))
        if top != self.top:
            self.top = top
            self.refresh()
            self.load_around()

    def _refresh_row(self, index: int) -> None:
        y = self._outline.line_of(index) - self.top
        if 0 <= y < self.body_height:
            self.refresh(Region(0, y + self.painter.header_lines, self.size.width, 1))

    def on_focus(self) -> None:
        """The row under the cursor looks different now."""
        self._refresh_row(self.cursor)

    def on_blur(self) -> None:
        """The row under the cursor looks different now."""
        self._refresh_row(self.cursor)

    # -- the mouse

    def on_click(self, event: events.Click) -> None:
        """One click selects, two open."""
        event.stop()
        if event.x >= self.size.width - 1:
            return
        place = self._outline.at(self.top + event.y - self.painter.header_lines)
        if self.phase in ("error", "loading"):
            self.retry()
        elif event.y >= self.painter.header_lines and place.row is not None:
            self.go_to(place.row)
            if event.chain >= self.DOUBLE_CLICK:
                self.post_message(self.Opened(self, place.row))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        event.stop()
        self.scroll_by(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        event.stop()
        self.scroll_by(-3)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The scroll bar can be dragged."""
        if event.x >= self.size.width - 1 and self._outline.lines > self.body_height:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Go on dragging."""
        if self._dragging:
            self._drag_to(event.y)

    def on_mouse_up(self) -> None:
        """Let go of the scroll bar."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _drag_to(self, y: int) -> None:
        fraction = (y - self.painter.header_lines) / max(1, self.body_height - 1)
        room = self._outline.lines - self.body_height
        self.scroll_by(round(fraction * room) - self.top)

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """One line of the list."""
        width = self.size.width
        header = self.painter.header_lines
        if self.phase != "ready":
            if y < header and self.phase == "loading":
                return self._header(y, width)
            return self.state_line(y - header, width, self.body_height)
        if y < header:
            return self._header(y, width)
        line = self.top + y - header
        place = self._outline.at(line)
        if place.row is not None:
            return Strip.join([self._row(place.row, width - 2), self._bar(y - header)])
        row = Row(self.palette, width - 2, self.fill)
        if place.block is not None:
            heading(row, 2, row.width - 1, place.block)
        return Strip.join([row.strip(), self._bar(y - header)])

    def _header(self, y: int, width: int) -> Strip:
        row = Row(self.palette, width, self.fill)
        self.painter.header(row, y, self.total)
        return row.strip()

    def _row(self, index: int, width: int) -> Strip:
        item = self.pages.get(index)
        if item is None:
            return self._placeholder(index, width)
        playing = bool(self.playing_key) and self.painter.key(item) == self.playing_key
        look = Look(index == self.cursor, self.has_focus or self.led, playing)
        key = (index, look if look.focused else playing, width, id(item))
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._paint(item, index, look, width)
            if len(self._strips) > _STRIPS_KEPT:
                self._strips.popitem(last=False)
        return strip

    def _paint(self, item: T, index: int, look: Look, width: int) -> Strip:
        self.painted += 1
        row = Row(self.palette, width, look.fill(self.fill))
        focus_bar(row, look)
        self.painter.paint(row, item, index, look)
        return row.strip()

    def _placeholder(self, index: int, width: int) -> Strip:
        look = Look(index == self.cursor, self.has_focus or self.led)
        row = Row(self.palette, width, look.fill(self.fill))
        focus_bar(row, look)
        row.put(7, "·" * (8 + index * 7 % 13), "unbuf")
        return row.strip()

    def _bar(self, y: int) -> Strip:
        """The margin and the scroll bar on a line."""
        lines, height = self._outline.lines, self.body_height
        if lines <= height:
            return self._bar_piece(" ", "text")
        length = max(1, height * height // lines)
        start = round((height - length) * self.top / (lines - height))
        on = start <= y < start + length
        return self._bar_piece("▐", "lineh") if on else self._bar_piece("▕", "line")

    def _bar_piece(self, sign: str, role: str) -> Strip:
        strip = self._strips.get(sign)
        if strip is None:
            row = Row(self.palette, 2, self.fill)
            row.put(1, sign, role)
            strip = self._strips[sign] = row.strip()
        return strip


def heading(row: Row, x: int, end: int, block: Block) -> None:
    """A section's name, a rule, and a faint note at the right end."""
    x = row.put(x, block.title, "muted" if block.faint else "text", bold=not block.faint)
    if block.note:
        end = row.put_right(end, block.note, "faint") - 1
    row.rule(x + 1, end)
