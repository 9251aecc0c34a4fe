"""Albums as covers in a grid; any number of them, only those seen are drawn."""

from textual import events
from textual.geometry import Region
from textual.strip import Strip

from player.styles.palette import Palette
from player.styles.text import clean
from player.styles.text import width as cells_of
from player.widgets.cover import draw_picture
from player.widgets.covers import Covers
from player.widgets.list_view import Look, focus_bar, playing_mark
from player.widgets.paged_view import Blank, PagedView
from player.widgets.painters import names
from player.widgets.row import Row
from sync.wire.catalog import Album

COVER = (14, 7)
_PITCH = 17
_HEIGHT = 10
_LEFT = 2


class CoverGrid(PagedView[Album]):
    """Covers 14x7 with title and artist under them."""

    def __init__(
        self,
        palette: Palette,
        covers: Covers,
        *,
        blank: Blank,
        id: str | None = None,  # noqa: A002 -- the name it has there
    ) -> None:
        super().__init__(palette, blank=blank, id=id)
        self.covers = covers
        self.top = 0
        """First line seen, in lines of the whole grid."""
        self.playing_key = ""

    @property
    def columns(self) -> int:
        """Covers side by side."""
        return max(1, (self.size.width - _LEFT - 1) // _PITCH)

    @property
    def lines(self) -> int:
        """Lines of the whole grid."""
        return -(-self.total // self.columns) * _HEIGHT

    def visible_rows(self) -> tuple[int, int]:
        """First and last album that can be seen."""
        first = self.top // _HEIGHT * self.columns
        return first, first + (self.size.height // _HEIGHT + 2) * self.columns - 1

    def reset_place(self) -> None:
        """Scroll to the top."""
        self.top = 0

    def mark_playing(self, key: str) -> None:
        """Show which album plays."""
        if key != self.playing_key:
            self.playing_key = key
            self.refresh()

    def on_resize(self) -> None:
        """Another number of columns."""
        self._keep_cursor_seen()
        super().on_resize()

    # -- the cursor

    def move(self, rows: int) -> None:
        """Move the cursor by so many rows of covers."""
        target = self.cursor + rows * self.columns
        if target >= self.total and (self.total - 1) // self.columns > self.cursor // self.columns:
            target = self.total - 1
        if 0 <= target < self.total:
            self.go_to(target)

    def sideways(self, steps: int) -> None:
        """Move the cursor left or right."""
        self.go_to(self.cursor + steps)

    def page(self, part: float) -> None:
        """Move by a part of what is seen."""
        rows = max(1, int(self.size.height // _HEIGHT * abs(part)))
        self.go_to(self.cursor + (rows if part > 0 else -rows) * self.columns)

    def go_to(self, index: int) -> None:
        """Put the cursor on an album and show it."""
        if not self.total:
            return
        index = max(0, min(index, self.total - 1))
        old, self.cursor = self.cursor, index
        if self._keep_cursor_seen():
            self.refresh()
            self.load_around()
        elif old != index:
            self._refresh_cover(old)
            self._refresh_cover(index)
        if old != index:
            self.post_message(self.Moved(self, index))

    def _keep_cursor_seen(self) -> bool:
        before = self.top
        start = self.cursor // self.columns * _HEIGHT
        height = self.size.height
        if start < self.top or height < _HEIGHT:
            self.top = start
        elif start + _HEIGHT - 1 > self.top + height:
            # Whole rows of covers at the top: a cut-off cover looks like a mistake.
            self.top = -(-(start + _HEIGHT - 1 - height) // _HEIGHT) * _HEIGHT
        self.top = max(0, self.top)
        return self.top != before

    def scroll_by(self, lines: int) -> None:
        """Scroll without moving the cursor."""
        top = max(0, min(self.top + lines, self.lines - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()
            self.load_around()

    def _refresh_cover(self, index: int) -> None:
        line, column = divmod(index, self.columns)
        x, y = _LEFT + column * _PITCH, line * _HEIGHT - self.top
        region = Region(x, y, _PITCH, _HEIGHT)
        seen = region.intersection(Region(0, 0, self.size.width, self.size.height))
        if seen:
            self.refresh(seen)

    def on_focus(self) -> None:
        """The chosen cover looks different now."""
        self._refresh_cover(self.cursor)

    def on_blur(self) -> None:
        """The chosen cover looks different now."""
        self._refresh_cover(self.cursor)

    # -- the mouse

    def on_click(self, event: events.Click) -> None:
        """One click selects, two open."""
        event.stop()
        if self.phase in ("error", "loading"):
            self.retry()
            return
        index = self._index_at(event.x, event.y)
        if index is not None:
            self.go_to(index)
            if event.chain >= 2:
                self.post_message(self.Opened(self, index))

    def _index_at(self, x: int, y: int) -> int | None:
        column = (x - _LEFT) // _PITCH
        index = (self.top + y) // _HEIGHT * self.columns + column
        return index if 0 <= column < self.columns and index < self.total else None

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        event.stop()
        self.scroll_by(_HEIGHT // 2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        event.stop()
        self.scroll_by(-_HEIGHT // 2)

    @property
    def cut_row(self) -> bool:
        """Whether the words under the chosen cover are too long for it."""
        album = self.current
        texts = (clean(album.title), names(album.artists)) if album is not None else ()
        return any(cells_of(text) > COVER[0] + 1 for text in texts)

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """One line through a row of covers."""
        if self.phase != "ready":
            return self.state_line(y, self.size.width, self.size.height)
        row = Row(self.palette, self.size.width)
        line, within = divmod(self.top + y, _HEIGHT)
        first = line * self.columns
        for column in range(self.columns):
            index = first + column
            if index < self.total and within < _HEIGHT - 1:
                self._draw(row, index, _LEFT + column * _PITCH, within)
        return row.strip()

    def _draw(self, row: Row, index: int, x: int, within: int) -> None:
        album = self.pages.get(index)
        chosen = index == self.cursor
        if album is None:
            if within < COVER[1]:
                row.draw(x + 1, " " * COVER[0], self.palette.style("text", "surface"))
        elif within < COVER[1]:
            self._draw_cover(row, album, x, within, chosen=chosen)
        else:
            self._draw_words(row, album, x, within, chosen=chosen)

    def covers_landed(self) -> None:
        """A cover has come."""
        self.refresh()

    def _draw_cover(self, row: Row, album: Album, x: int, within: int, *, chosen: bool) -> None:
        role = "accent" if self.has_focus else "lineh"
        if chosen:
            row.put(x, "▐", role)
        picture = self.covers.picture(album.cover, album.id, COVER, self.covers_landed)
        draw_picture(row, x + 1, picture, within)
        if chosen:
            row.put(x + 1 + COVER[0], "▌", role)

    def _draw_words(self, row: Row, album: Album, x: int, within: int, *, chosen: bool) -> None:
        piece = Row(self.palette, COVER[0] + 2, Look(chosen, self.has_focus).fill())
        focus_bar(piece, Look(chosen, self.has_focus))
        playing = album.id == self.playing_key
        if within == COVER[1]:
            title = clean(album.title)
            piece.put(1, title, "accent" if playing else "text", bold=True, cells=COVER[0] + 1)
        else:
            room = COVER[0] - 4 if playing else COVER[0] + 1
            piece.put(1, names(album.artists), "muted", cells=room)
            if playing:
                playing_mark(piece, COVER[0] - 2)
        for segment in piece.strip():
            if segment.style is not None:
                x = row.draw(x, segment.text, segment.style)
