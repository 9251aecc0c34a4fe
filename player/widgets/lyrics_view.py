"""Lyrics: the current line at a fixed row, words lit as they are sung, a cursor to seek by."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from player.styles.palette import Palette
from player.styles.text import clean, clock, fit
from player.styles.text import width as cells_of
from player.widgets.canvas import changed_spans
from player.widgets.lyrics_model import Score, Sung, pieces
from player.widgets.row import Row
from sync.wire.catalog import LyricLine

if TYPE_CHECKING:
    from textual.timer import Timer

Piece = tuple[str, str]

_SPACING = 2
_LEAST_WAIT_S = 0.005
_BROWSE_S = 8.0
"""How long the cursor holds the view before it follows the song again."""


class LyricsView(Widget, can_focus=True):
    """Follows the song unless the cursor was moved; plain lyrics scroll."""

    ALLOW_SELECT: ClassVar[bool] = False

    class SeekTo(Message):
        """A line was chosen."""

        def __init__(self, position_ms: float) -> None:
            super().__init__()
            self.position_ms = position_ms

    def __init__(self, palette: Palette, position: Callable[[], float]) -> None:
        super().__init__(id="lyrics")
        self.palette = palette
        self.score: Score | None = None
        self.note = ""
        self.sung = Sung()
        self.cursor: int | None = None
        self._position = position
        self._timer: Timer | None = None
        self._return: Timer | None = None
        self._running = False
        self._shown: dict[int, Strip] = {}
        """Rows as they were drawn last."""
        self._speed = 1.0

    # -- content

    def show(self, score: Score | None, note: str = "") -> None:
        """Show other lyrics, or say why there are none."""
        self.score, self.note = score, note
        self.cursor = None
        self.sung = Sung()
        self.refresh()
        self.tick()

    def run(self, *, running: bool, speed: float = 1.0) -> None:
        """The song goes on (so many of its seconds in a second) or stands."""
        self._running, self._speed = running, speed
        self.tick()

    def restyle(self, palette: Palette) -> None:
        """Draw with another palette."""
        self.palette = palette
        self.refresh()

    def tick(self) -> None:
        """Show what is sung now, and sleep until something else is."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.score is None or not self.score.timed:
            return
        position = self._position()
        sung = self.score.at(position)
        if sung != self.sung:
            moved = sung.line != self.sung.line
            self.sung = sung
            self._repaint(moved=moved)
        wait_ms = self.score.wait_ms(position)
        if self._running and wait_ms is not None and self.is_attached:
            self._timer = self.set_timer(
                max(_LEAST_WAIT_S, wait_ms / 1000 / self._speed), self.tick
            )

    def _repaint(self, *, moved: bool) -> None:
        y = self._middle + (self.sung.line - self._centre) * _SPACING
        height = self.size.height
        if moved or not 0 <= y < height:
            self._send(range(height))
        else:
            self._send(range(y, min(height, y + self._current_rows())))

    def _send(self, rows: range) -> None:
        """Send what differs from what stands in these rows."""
        for y in rows:
            before = self._shown.get(y)
            after = self.render_line(y)
            spans = [(0, self.size.width)] if before is None else changed_spans(before, after)
            for start, end in spans:
                self.refresh(Region(start, y, end - start, 1))

    def _current_rows(self) -> int:
        """Rows that the line being sung takes."""
        if self.score is None or not 0 <= self.sung.line < len(self.score.lines):
            return 1
        fits = cells_of(self.score.lines[self.sung.line].text) <= self.size.width - 4
        return 1 if fits else _SPACING

    # -- the cursor

    @property
    def _centre(self) -> int:
        """The line at the fixed row."""
        if self.cursor is not None:
            return self.cursor
        return max(0, self.sung.line) if self.score and self.score.timed else 0

    @property
    def _middle(self) -> int:
        """The fixed row."""
        if self.score is not None and not self.score.timed:
            return 1
        return max(0, (self.size.height - 1) // 2)

    def move(self, lines: int) -> None:
        """Look at another line; empty ones are skipped."""
        if self.score is None or not self.score.lines:
            return
        last = len(self.score.lines) - 1
        target = max(0, min(self._centre + lines, last))
        step = 1 if lines > 0 else -1
        while 0 < target < last and not self.score.lines[target].text.strip():
            target += step
        self.cursor = target
        self.refresh()
        if self.score.timed:
            self._follow_later()

    def go_to(self, index: int) -> None:
        """Look at a line by number."""
        self.move(index - self._centre)

    def follow(self) -> bool:
        """Follow the song again. Whether it did not before."""
        was = self.cursor is not None
        self.cursor = None
        self.refresh()
        return was

    def _follow_later(self) -> None:
        if self._return is not None:
            self._return.stop()
        self._return = self.set_timer(_BROWSE_S, self.follow)

    def choose(self) -> None:
        """Seek to the line under the cursor."""
        if self.score is None or not self.score.timed:
            return
        line = self.score.lines[self._centre] if self.score.lines else None
        if line is not None and line.start_ms is not None:
            self.post_message(self.SeekTo(line.start_ms))
            self.follow()

    # -- the mouse

    def on_click(self, event: events.Click) -> None:
        """One click chooses a line, two seek to it."""
        event.stop()
        if self.score is None:
            return
        offset, rest = divmod(event.y - self._middle, _SPACING)
        target = self._centre + offset
        if rest == 0 and 0 <= target < len(self.score.lines):
            if event.chain >= 2:
                self.choose()
            else:
                self.go_to(target)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel looks ahead."""
        event.stop()
        self.move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel looks back."""
        event.stop()
        self.move(-1)

    # -- drawing

    def on_resize(self) -> None:
        """Everything is elsewhere."""
        self._shown = {}

    def render_line(self, y: int) -> Strip:
        """One line."""
        self._shown[y] = strip = self._line(y)
        return strip

    def _line(self, y: int) -> Strip:
        row = Row(self.palette, self.size.width)
        if self.score is None or not self.score.lines:
            if y == self._middle:
                text = fit(self.note, row.width - 2)
                row.put(max(1, (row.width - cells_of(text)) // 2), text, "faint")
            return row.strip()
        offset, part = divmod(y - self._middle, _SPACING)
        index = self._centre + offset
        if 0 <= index < len(self.score.lines):
            self._draw_line(row, self.score, index, part)
        return row.strip()

    def _draw_line(self, row: Row, score: Score, index: int, part: int) -> None:
        """A line, or the rest of one that is too long, which takes the space below it."""
        current = score.timed and index == self.sung.line
        halves = wrap(self._pieces(score, index, current=current), row.width - 4)
        text = "".join(word for word, _ in halves[part]).rstrip()
        x = max(2, (row.width - cells_of(text)) // 2)
        if part == 0 and (index == self.cursor or (current and self.cursor is None)):
            self._draw_place(row, score.lines[index], x + cells_of(text))
        if current:
            self._draw_current(row, x, halves[part], (x, x + cells_of(text)))
        else:
            row.put(x, text, self._role(score, index))

    def _role(self, score: Score, index: int) -> str:
        """How a line that is not sung now looks: its neighbours stand out a little."""
        if not score.timed:
            return "text" if index == self.cursor else "muted"
        near = abs(index - self.sung.line) <= 1 or index == self.cursor
        return "muted" if near else "faint"

    def _pieces(self, score: Score, index: int, *, current: bool) -> list[Piece]:
        line = score.lines[index]
        text = clean(line.text) or "·"
        words = pieces(line, self.sung.words) if current else []
        if len(words) > 1 and clean("".join(word for word, _ in words)) == text:
            return words
        state = "sung" if current else "next"
        return [(word + " ", state) for word in text.split(" ")]

    def _draw_place(self, row: Row, line: LyricLine, end: int) -> None:
        row.put(0, ">" if row.palette.theme.depth == "none" else "▌", "accent")
        if line.start_ms is not None and end < row.width - 8:
            row.put_right(row.width, clock(line.start_ms), "faint")

    def _draw_current(self, row: Row, x: int, words: list[Piece], span: tuple[int, int]) -> None:
        for word, state in words:
            bare = word.rstrip()
            if state == "sung":
                row.blend(x, word, span, bold=True)
            elif state == "now":
                row.put(row.put_marked(x, bare, "text"), word[len(bare) :])
            else:
                row.put(x, word, bold=True)
            x += cells_of(word)


def width_left(words: list[Piece], width: int) -> int:
    """Cells that the words leave."""
    return width - sum(cells_of(word) for word, _ in words)


def wrap(words: list[Piece], width: int) -> tuple[list[Piece], list[Piece]]:
    """Words on two lines of a width; what does not fit then is cut off."""
    lines: list[list[Piece]] = [[]]
    room = width
    for word, state in words:
        cells = cells_of(word.rstrip())
        if cells > room and lines[-1]:
            if len(lines) == _SPACING:
                last, state = lines[-1].pop()
                lines[-1].append((fit(last.rstrip() + word, width_left(lines[-1], width)), state))
                break
            lines.append([])
            room = width
        lines[-1].append((fit(word, width), state))
        room -= cells_of(word)
    return lines[0], lines[1] if len(lines) > 1 else []
