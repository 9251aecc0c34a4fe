"""The player in a very small terminal: what plays, how far, three keys."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from player.styles.palette import Palette
from player.styles.text import clean, clock
from player.widgets.canvas import Canvas
from player.widgets.model import PlayerState, artists_of
from player.widgets.progress import QUIET_MS, draw_progress, next_change_ms, span
from player.widgets.row import Row

if TYPE_CHECKING:
    from textual.timer import Timer


class Mini(Canvas):
    """Title, progress, keys."""

    def __init__(self, palette: Palette, now: Callable[[], float]) -> None:
        super().__init__(palette, id="mini")
        self.state = PlayerState()
        self._now = now
        self._timer: Timer | None = None
        self._cells = 0

    def show(self, state: PlayerState) -> None:
        """Show a new state; sleeps while it is hidden."""
        self.state = state
        self.tick()

    def tick(self) -> None:
        """Draw, and sleep until something looks different."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.display or not self.is_attached:
            return
        self.repaint()
        if self.state.status == "playing":
            place = self.state.position(self._now())
            wait = next_change_ms(place, self.state.duration_ms)
            if wait < QUIET_MS:
                self._timer = self.set_timer(
                    wait / 1000 / self.state.sound.speed + 0.002, self.tick
                )

    def draw(self, rows: list[Row]) -> None:
        """Three lines in the middle."""
        state, track = self.state, self.state.track
        start = max(0, len(rows) // 2 - 2)
        lines = rows[start:]
        width = rows[0].width
        if track is None:
            lines[0].put(1, "Nothing plays", "muted")
        else:
            x = lines[0].put(1, clean(track.title), bold=True, cells=width - 2)
            lines[0].put(x + 1, clean(artists_of(track)), "muted", cells=max(0, width - x - 3))
        if len(lines) > 1 and track is not None:
            place = state.position(self._now())
            x = lines[1].put(1, clock(place), bold=True) + 1
            end = lines[1].put_right(width - 1, clock(state.duration_ms), "muted") - 1
            self._cells = max(0, end - x)
            bar = span(place, state.buffered_ms, state.duration_ms, self._cells)
            draw_progress(lines[1], x, self._cells, bar)
        if len(lines) > 3:
            x = 1
            pause = "pause" if state.status == "playing" else "play"
            for key, text in (("space", pause), ("n", "next"), ("q", "close")):
                x = lines[3].put(x, key, "accent", bold=True)
                x = lines[3].put(x + 1, text, "muted") + 3
