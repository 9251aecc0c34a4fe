"""One message at the bottom right: what happened, why, and what helps."""

from collections import deque
from typing import TYPE_CHECKING

from player.styles.palette import Palette
from player.styles.text import clean, wrapped
from player.widgets.canvas import Canvas
from player.widgets.model import Notice
from player.widgets.row import Row

if TYPE_CHECKING:
    from textual.timer import Timer

WIDTH = 52
SHOWN_S = 6.0
_SIGNS = {"info": ("i", "info"), "warn": ("!", "warn"), "error": ("×", "err")}  # noqa: RUF001 -- a sign we draw


class Toast(Canvas):
    """One at a time; an error stays until it is answered."""

    FILL = "raised"

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="toast")
        self.notice: Notice | None = None
        self._waiting: deque[Notice] = deque(maxlen=8)
        self._timer: Timer | None = None

    def tell(self, notice: Notice) -> None:
        """Show a notice, after the one that is shown."""
        if notice == self.notice or notice in self._waiting:
            return
        self._waiting.append(notice)
        if self.notice is None or self.notice.level != "error" or notice.level == "error":
            self._next()

    def hide(self) -> bool:
        """Put it away. Whether there was one."""
        shown = self.notice is not None
        self._next()
        return shown

    def _next(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.notice = self._waiting.popleft() if self._waiting else None
        self.display = self.notice is not None
        if self.notice is None:
            return
        self.styles.height = 2 + len(self._detail(self.notice)) + (self.notice.level == "error")
        self.place()
        self.repaint()
        if self.notice.level != "error":
            self._timer = self.set_timer(SHOWN_S, self._next)

    def place(self) -> None:
        """Stand above the player bar, at the right."""
        size = self.app.size
        width = min(WIDTH, size.width - 4)
        self.styles.width = width
        height = int(self.styles.height.value) if self.styles.height else 3
        bar = 5 if size.width >= 100 else 4
        self.styles.offset = (size.width - width - 2, max(1, size.height - height - bar - 1))

    def _detail(self, notice: Notice) -> list[str]:
        return wrapped(clean(notice.detail), min(WIDTH, self.app.size.width - 4) - 7, 3)

    def draw(self, rows: list[Row]) -> None:
        """State bar, sign, words, key."""
        notice = self.notice
        if notice is None:
            return
        sign, role = _SIGNS[notice.level]
        for row in rows:
            row.put(0, "▌", role)
        rows[0].put(2, sign, role, bold=True)
        rows[0].put(4, clean(notice.text), bold=True, cells=rows[0].width - 6)
        for y, line in enumerate(self._detail(notice), start=1):
            if y < len(rows):
                rows[y].put(4, line, "muted", cells=rows[y].width - 6)
        if notice.level == "error":
            x = rows[-1].put(4, "esc", "accent", bold=True)
            rows[-1].put(x + 1, "hide", "muted")
