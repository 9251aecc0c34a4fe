"""Diagnostics: everything between the server and the ear, while one looks."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from player.engine.process_use import memory_bytes
from player.errors import PlayerError
from player.playback.diagnostics.report import Report
from player.screens.page import Page
from player.screens.stage import Stage, decode
from player.styles.palette import Palette
from player.widgets.background import start
from player.widgets.canvas import Canvas
from player.widgets.figures import (
    Line,
    buffer_lines,
    ladder_lines,
    link_lines,
    side_lines,
    switch_lines,
    words,
)
from player.widgets.frame_parts import Hint
from player.widgets.model import Limits, Notice, PlayerState
from player.widgets.row import Row

if TYPE_CHECKING:
    from player.engine.client import Subscription

_TWO_COLUMNS_FROM = 100
_SIDE = 42
_GAP = 3
_SWITCHES = 6
_STEPS = {"down": 1, "up": -1, "half_down": 8, "half_up": -8, "page_down": 16, "page_up": -16}


class Board(Canvas):
    """The figures in one or two columns; scrolls where they do not fit."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="board")
        self.report: Report | None = None
        self.limits = Limits()
        self.top = 0
        self._needed = 0
        self._cpu = (time.monotonic(), time.process_time())
        self._percent = 0.0

    def show(self, report: Report) -> None:
        """Show newer figures."""
        now, cpu_s = time.monotonic(), time.process_time()
        before, spent = self._cpu
        if now - before >= 0.5:
            self._percent = 100 * (cpu_s - spent) / (now - before)
            self._cpu = now, cpu_s
        self.report = report
        self.repaint()

    def scroll_lines(self, lines: int) -> None:
        """Scroll; clamped to what there is."""
        self.top = max(0, min(self.top + lines, self._needed - self.size.height))
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """Main figures left, plain ones right, or one below the other."""
        width = rows[0].width
        margin = 3 if width >= _TWO_COLUMNS_FROM else 2
        x, end = margin, width - margin
        if self.report is None:
            words("waiting for the engine's figures")(rows[0], x, end)
            return
        main, side = self._main(self.report), self._side(self.report)
        if end - x < _TWO_COLUMNS_FROM - 6:
            self._column(rows, main + side, x, end)
            self._needed = len(main) + len(side)
        else:
            self._column(rows, main, x, end - _SIDE - _GAP)
            self._column(rows, side, end - _SIDE, end)
            self._needed = max(len(main), len(side))

    def _main(self, report: Report) -> list[Line]:
        return [
            *buffer_lines(report),
            *ladder_lines(report, self.limits),
            *switch_lines(report, _SWITCHES),
            *link_lines(report),
        ]

    def _side(self, report: Report) -> list[Line]:
        return side_lines(report, (self._percent, memory_bytes()))

    def _column(self, rows: list[Row], lines: list[Line], x: int, end: int) -> None:
        for row, line in zip(rows, lines[self.top :], strict=False):
            line(row, x, end)


class DiagnosticsPage(Page):
    """Asks the engine for figures while it is shown, and not a second longer."""

    PLACE: ClassVar[str] = "go_diagnostics"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, id="diagnostics")
        self.board = Board(stage.palette)
        self._news: Subscription | None = None

    def compose(self) -> ComposeResult:
        """One board."""
        yield self.board

    @property
    def crumbs(self) -> Sequence[str]:
        """Diagnostics."""
        return ("Diagnostics",)

    @property
    def hints(self) -> Sequence[Hint]:
        """Keys of this page."""
        return (("x", "export bundle"), ("j k", "scroll"), ("backspace", "back"))

    def state_changed(self, state: PlayerState, before: PlayerState) -> None:
        """Shown or hidden, or other limits."""
        self.board.limits = state.limits
        if self.display and self._news is None:
            self._news = self.stage.engine.subscribe("diagnostics")
            start(self, self._follow, "news")
        elif not self.display:
            self._leave()

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._leave()

    def _leave(self) -> None:
        if self._news is not None:
            self.stage.engine.unsubscribe(self._news)
            self._news = None

    async def _follow(self) -> None:
        news = self._news
        if news is None:
            return
        async for event in news:
            if event.topic == "diagnostics":
                try:
                    self.board.show(decode(event.data, Report))
                except PlayerError as error:
                    self.stage.shell.tell(Notice(error.message, "error", error.remedy))

    # -- commands

    def act(self, name: str, count: int | None = None) -> bool:
        """Movements scroll."""
        if name in _STEPS:
            self.board.scroll_lines(_STEPS[name] * (count or 1))
            return True
        if name in ("top", "bottom"):
            self.board.scroll_lines(-10_000 if name == "top" else 10_000)
            return True
        return super().act(name, count)

    def do_queue_remove(self) -> None:
        """There is no row to take out here: `x` exports."""
        self.stage.shell.run("diagnostics_export")
