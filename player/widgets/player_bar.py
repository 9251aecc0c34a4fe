"""The player bar: what plays, how far, and what can be done about it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region
from textual.message import Message

from player.styles.palette import Palette
from player.styles.text import clean, clock, fit
from player.styles.text import width as cells_of
from player.widgets.badge import badge_cells, draw_badge
from player.widgets.canvas import Canvas
from player.widgets.cover import draw_picture
from player.widgets.covers import Covers
from player.widgets.model import PlayerState, artists_of
from player.widgets.progress import QUIET_MS, draw_level, draw_progress, next_change_ms, span
from player.widgets.row import Row
from sync.wire.catalog import Track

if TYPE_CHECKING:
    from textual.timer import Timer

MARK_S = 10.0
"""How long a switch of quality is pointed out."""
_COVER = (8, 4)
_WORDS_FROM = 116 - _COVER[0]
"""Columns from which shuffle and repeat have words."""
_LEAST_WAIT_S = 0.02
_CALM_BUFFER_S = 20
"""Above this the buffer is told in steps of five seconds."""


class PlayerCover(Canvas):
    """The cover at the left edge: a widget of its own, so that time passing does not resend it."""

    FILL = "surface"

    def __init__(self, palette: Palette, covers: Covers) -> None:
        super().__init__(palette, id="player-cover")
        self.track: Track | None = None
        self._covers = covers

    def show(self, track: Track | None) -> None:
        """Show another track's cover."""
        if track != self.track:
            self.track = track
            self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """The picture."""
        if self.track is None:
            return
        picture = self._covers.picture(self.track.cover, self.track.album.id, _COVER, self.repaint)
        for y, row in enumerate(rows):
            draw_picture(row, 0, picture, y)


class PlayerBar(Canvas):
    """Four lines with cover, or three without; its words are buttons and its line seeks."""

    FILL = "surface"

    class Seek(Message):
        """Another place was pointed at, as a fraction of the track."""

        def __init__(self, fraction: float) -> None:
            super().__init__()
            self.fraction = fraction

    def __init__(self, palette: Palette, now: Callable[[], float]) -> None:
        super().__init__(palette, id="player")
        self.state = PlayerState()
        self._now = now
        self._timer: Timer | None = None
        self._marked_until = 0.0
        self._bar = (0, 0, 0)
        """Line, first column and cells of the progress line."""
        self._dragging = False

    # -- time

    def show(self, state: PlayerState) -> None:
        """Show a new state."""
        before = self.state.quality
        if state.quality and before and state.quality != before and state.quality.change:
            self._marked_until = self._now() + MARK_S
        self.state = state
        self.tick()

    def tick(self) -> None:
        """Draw the present moment and sleep until the next one that looks different."""
        self.repaint()
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        wait_s = self.wait_s()
        if wait_s is not None and self.is_attached:
            self._timer = self.set_timer(wait_s, self.tick)

    def wait_s(self) -> float | None:
        """Seconds to the next visible change; None: nothing changes by itself."""
        state = self.state
        waits = []
        if state.status == "playing":
            place = state.position(self._now())
            change = next_change_ms(place, state.duration_ms)
            if change < QUIET_MS:
                waits.append(change / 1000 / state.sound.speed + 0.002)
        left = self._marked_until - self._now()
        if left > 0:
            waits.append(left + 0.002)
        return max(_LEAST_WAIT_S, min(waits)) if waits else None

    @property
    def change_mark(self) -> str:
        """The direction of a switch that is still pointed out."""
        quality = self.state.quality
        return quality.change if quality and self._now() < self._marked_until else ""

    # -- drawing

    def draw(self, rows: list[Row]) -> None:
        """All lines."""
        if len(rows) >= 4:
            self._draw_wide(rows)
        elif len(rows) == 3:
            self._draw_narrow(rows)

    def _middle(self, width: int) -> int:
        """The column under the middle of the terminal, past the cover at the left."""
        return (width + _COVER[0]) // 2 - 1 - _COVER[0]

    def _draw_wide(self, rows: list[Row]) -> None:
        state = self.state
        width = rows[0].width
        left = 2
        self._draw_time(rows[0], 0, left, width - 2)
        self._draw_title(rows[1], left)
        self._draw_controls(rows[1])
        self._draw_volume(rows[1], 1, width - 2)
        if state.track:
            limit = self._middle(width) - left - 2
            rows[2].put(left, _line_two(state), "muted", cells=limit)
            self.hot(2, left, left + limit, "go_album")
        self._draw_next(rows[2], width - 2)
        self._draw_sound(rows[3], left)

    def _draw_time(self, row: Row, y: int, left: int, end: int) -> None:
        state = self.state
        if state.track is None:
            self._bar = (y, 0, 0)
            return
        place = state.position(self._now())
        row.put(left, clock(place), bold=True)
        length = row.put_right(end, clock(state.duration_ms), "muted")
        longest = max(4, len(clock(state.duration_ms)))
        start = left + longest + 2
        cells = max(0, length - 2 - start)
        self._bar = (y, start, cells)
        draw_progress(row, start, cells, span(place, state.buffered_ms, state.duration_ms, cells))

    def _draw_title(self, row: Row, x: int) -> None:
        track = self.state.track
        room = self._middle(row.width) - x - (22 if row.width >= _WORDS_FROM else 10)
        if track is None:
            text = "Nothing plays" if self.state.status == "idle" else "Loading"
            row.put(x, text, "muted", cells=room)
            return
        end = row.put(x, clean(track.title), bold=True, cells=room)
        self.hot(1, x, end, "go_current")
        if self.state.liked:
            end = row.put(end + 1, "♥", "heart")
        if self.state.status in ("stalled", "loading"):
            word = "waiting for data" if self.state.status == "stalled" else "loading"
            row.put(end + 2, word, "warn", cells=max(0, room - (end - x) + 8))

    def _draw_controls(self, row: Row) -> None:
        middle = self._middle(row.width)
        state = self.state
        self._button(row, middle - 9, "|◄", "prev")
        play = "▮▮" if state.status in ("playing", "loading", "stalled") else "► "
        if row.palette.theme.depth == "none":
            row.put(middle - 3, f" [{play}] ", bold=True)
        else:
            row.draw(middle - 3, f"  {play}  ", row.palette.style("on_accent", "accent", bold=True))
        self.hot(1, middle - 3, middle + 3, "toggle")
        self._button(row, middle + 7, "►|", "next")
        if row.width >= _WORDS_FROM:
            on = "accent" if state.shuffle else "muted"
            self._button(row, middle - 21, "shuffle", "shuffle", on)
            on = "muted" if state.repeat == "off" else "accent"
            self._button(row, middle + 14, f"repeat {state.repeat}", "repeat", on)

    def _button(self, row: Row, x: int, text: str, name: str, role: str = "text") -> None:
        end = row.put(x, text, role, bold=role != "muted")
        self.hot(1, x, end, name)

    def _draw_volume(self, row: Row, y: int, end: int) -> None:
        state = self.state
        if state.muted:
            start = row.put_right(end, "muted", "warn")
        else:
            row.put_right(end, f"{state.volume}", "muted")
            draw_level(row, end - 16, 12, state.volume / 100)
            start = row.put_right(end - 17, "vol", "faint")
        self.hot(y, start, end, "mute")

    def _draw_next(self, row: Row, end: int) -> None:
        following = self.state.next
        if following is None:
            return
        room = row.width // 2 - 8
        text = fit(f"{clean(following.title)} · {clean(artists_of(following))}", room)
        x = row.put_right(end, text, "muted")
        x = row.put_right(x - 1, "next", "faint")
        self.hot(2, x, end, "go_queue")

    def _draw_sound(self, row: Row, x: int) -> None:
        state = self.state
        if state.quality and state.track:
            end = draw_badge(row, x, state.quality, self.change_mark, state.limits.words())
            self.hot(3, x, end, "go_diagnostics")
            x = end + 3
        else:
            return
        for label, value in (("buffer", self._buffer()), ("on", clean(state.sink))):
            if not value or x + len(label) + cells_of(value) + 14 > row.width:
                continue
            x = row.put(row.put(x, label, "faint") + 1, value, "muted") + 3
        row.put_right(row.width - 2, "gapless", "faint")

    def _buffer(self) -> str:
        state = self.state
        ahead = max(0.0, state.buffered_ms - state.position(self._now())) / 1000
        seconds = int(ahead) if state.status == "playing" else max(int(ahead), int(state.buffer_s))
        return f"{seconds - seconds % 5 if seconds > _CALM_BUFFER_S else seconds} s"

    def _draw_narrow(self, rows: list[Row]) -> None:
        state, width = self.state, rows[0].width
        end = width - 1
        play = "▮▮" if state.status in ("playing", "loading", "stalled") else "► "
        rows[0].chip(1, play, "on_accent", "accent")
        self.hot(0, 1, 5, "toggle")
        right = end
        if state.quality and state.track:
            held = state.limits.words()
            right -= badge_cells(state.quality, self.change_mark, held)
            draw_badge(rows[0], right, state.quality, self.change_mark, held)
        self._narrow_title(rows[0], 6, right - 2)
        self._draw_time(rows[1], 1, 1, end)
        x = rows[2].put_right(end, "muted" if state.muted else f"vol {state.volume}", "muted")
        self.hot(2, x, end, "mute")
        if state.shuffle:
            x = rows[2].put_right(x - 3, "shuffle", "accent", bold=True)
        if state.repeat != "off":
            x = rows[2].put_right(x - 3, f"repeat {state.repeat}", "accent", bold=True)
        if state.next is not None:
            at = rows[2].put(1, "next", "faint") + 1
            rows[2].put(at, clean(state.next.title), "muted", cells=max(0, x - 3 - at))
            self.hot(2, 1, x - 3, "go_queue")

    def _narrow_title(self, row: Row, x: int, end: int) -> None:
        track = self.state.track
        if track is None:
            row.put(x, "Nothing plays", "muted")
            return
        x = row.put(x, clean(track.title), bold=True, cells=end - x)
        self.hot(0, 6, x, "go_current")
        if self.state.liked:
            x = row.put(x + 1, "♥", "heart")
        if self.state.status == "stalled":
            row.put(x + 1, "waiting for data", "warn", cells=max(0, end - x - 1))
        else:
            row.put(x + 1, clean(artists_of(track)), "muted", cells=max(0, end - x - 1))

    # -- the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Pointing at the progress line seeks; it can be dragged."""
        y, start, cells = self._bar
        if event.y == y and start <= event.x < start + cells:
            self._dragging = True
            self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Where the mouse was let go is the place."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()
            _y, start, cells = self._bar
            fraction = (event.x - start + 0.5) / max(1, cells)
            self.post_message(self.Seek(min(1.0, max(0.0, fraction))))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel seeks on the line and changes the volume elsewhere."""
        event.stop()
        self.post_message(self.Pressed("forward" if event.y == self._bar[0] else "louder"))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel seeks on the line and changes the volume elsewhere."""
        event.stop()
        self.post_message(self.Pressed("back" if event.y == self._bar[0] else "softer"))

    @property
    def progress_region(self) -> Region:
        """Where the progress line is, inside the widget."""
        y, start, cells = self._bar
        return Region(start, y, cells, 1)


def _line_two(state: PlayerState) -> str:
    track = state.track
    return "" if track is None else f"{clean(artists_of(track))} · {clean(track.album.title)}"
