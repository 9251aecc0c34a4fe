"""What every long list shares: paging, the states it can be in, and telling what is wrong."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from player.errors import PlayerError
from player.styles.palette import Palette
from player.styles.text import fit, wrapped
from player.styles.text import width as cells_of
from player.widgets.background import start
from player.widgets.paging import PAGE, Fetch, Pages
from player.widgets.row import Row

if TYPE_CHECKING:
    from textual.timer import Timer

T = TypeVar("T")

_PAUSES_S = (5.0, 10.0, 20.0, 30.0)
_WORDS_CELLS = 76
_SIGNS = {"err": "× ", "warn": "◐ "}  # noqa: RUF001 -- signs we draw
_TITLES = {
    "offline": ("The server cannot be reached", "err"),
    "not_allowed": ("The server refused this", "err"),
}
Phase = Literal["quiet", "loading", "ready", "empty", "error"]


class Blank:
    """What to say when a list has nothing to show."""

    def __init__(self, title: str, text: str = "", *actions: tuple[str, str]) -> None:
        self.title = title
        self.text = text
        self.actions = actions
        """(key, what it does)."""


class PagedView(Widget, Generic[T], can_focus=True):
    """A list over a fetch function. Subclasses draw the rows."""

    LOADING_AFTER_S: ClassVar[float] = 0.15
    SLOW_AFTER_S: ClassVar[float] = 2.0
    LATE_AFTER_S: ClassVar[float] = 10.0
    ALLOW_SELECT: ClassVar[bool] = False

    class Landed(Message):
        """Rows have arrived, or could not."""

        def __init__(self, view: "PagedView[Any]") -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> "PagedView[Any]":
            """The list."""
            return self.view

    class Opened(Message):
        """A row was entered (enter or a double click)."""

        def __init__(self, view: "PagedView[Any]", index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, view: "PagedView[Any]", index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

    def __init__(self, palette: Palette, *, blank: Blank, id: str | None = None) -> None:  # noqa: A002 -- the name it has there
        super().__init__(id=id)
        self.palette = palette
        self.blank = blank
        self.cursor = 0
        self.fill = "bg"
        self.phase: Phase = "quiet"
        self.problem: PlayerError | None = None
        self.pages: Pages[T] = Pages()
        self.waiting_note = ""
        self.next_try_s: float | None = None
        """After what pause a failed list is asked for again by itself."""
        self._failures = 0
        self._incoming: Pages[T] | None = None
        self._fetch: Fetch[T] | None = None
        self._watches: list[Timer] = []

    # -- what is shown

    def show(self, fetch: Fetch[T], *, keep_place: bool = False) -> None:
        """Show another list, or the same one anew (then rows stay until new ones are here)."""
        self._fetch = fetch
        self.problem = None
        if keep_place and self.phase == "ready":
            self._incoming = Pages()
        else:
            self.pages, self._incoming = Pages(), None
            self.cursor = 0
            self.phase = "quiet"
            self.reset_place()
        if self.is_mounted:
            self.load_around()

    def on_mount(self) -> None:
        """Ask for the first rows once there is a size."""
        if self._fetch is not None:
            self.load_around()

    def on_resize(self) -> None:
        """More rows may be seen now."""
        if self._fetch is not None and self.phase != "error":
            self.load_around()

    def retry(self) -> None:
        """Ask again after a failure; what is shown stays until there is an answer."""
        self._stop_watching()
        if self._fetch is not None and self.phase == "loading":
            self.show(self._fetch)
        elif self._fetch is not None:
            self.load_around()

    @property
    def total(self) -> int:
        """Rows of the whole list, as far as known."""
        return self.pages.total or 0

    @property
    def current(self) -> T | None:
        """The row under the cursor, if it is here."""
        return self.pages.get(self.cursor) if self.total else None

    @property
    def cut_row(self) -> bool:
        """Whether the row under the cursor is too long to be shown whole."""
        raise NotImplementedError

    # -- for subclasses

    def move(self, rows: int) -> None:
        """Move the cursor by so many lines."""
        raise NotImplementedError

    def page(self, part: float) -> None:
        """Move the cursor by a part of what is seen."""
        raise NotImplementedError

    def go_to(self, index: int) -> None:
        """Put the cursor on a row and show it."""
        raise NotImplementedError

    def visible_rows(self) -> tuple[int, int]:
        """First and last row that can be seen."""
        raise NotImplementedError

    def reset_place(self) -> None:
        """Scroll to the top."""

    def restyle(self, palette: Palette) -> None:
        """Draw with another palette."""
        self.palette = palette
        self.refresh()

    # -- loading

    def load_around(self) -> None:
        """Ask for what is seen and two screens around it."""
        first, last = self.visible_rows()
        reach = 2 * (last - first + 1)
        pages = self._incoming or self.pages
        fresh = pages.claim(first - reach, last + reach)
        for page in fresh:
            start(self, partial(self._load, page, pages), "rows")
        if fresh and self.phase in ("quiet", "error"):
            self._watch_the_wait()

    async def _load(self, page: int, pages: Pages[T]) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        try:
            fetched = await fetch(page * PAGE, PAGE)
        except PlayerError as error:
            if pages in (self.pages, self._incoming):
                self._failed(page, pages, error)
            return
        pages.put(page, fetched)
        if pages is self._incoming:
            self.pages, self._incoming = pages, None
        if pages is not self.pages:
            return  # another list is shown by now
        self._stop_watching()
        self._failures = 0
        self.problem = None
        self.phase = "ready" if fetched.total else "empty"
        self.cursor = max(0, min(self.cursor, fetched.total - 1))
        self.rows_landed()
        self.post_message(self.Landed(self))

    def rows_landed(self) -> None:
        """Rows are here: draw them."""
        self.refresh()

    def _failed(self, page: int, pages: Pages[T], error: PlayerError) -> None:
        pages.give_up(page)
        self._stop_watching()
        self.problem = error
        if self.phase != "ready":
            self.phase = "error"
        self._plan_next_try(error)
        self.refresh()
        self.post_message(self.Landed(self))

    def _plan_next_try(self, error: PlayerError) -> None:
        """What waiting may heal is asked for again, less and less often."""
        pause_s = error.retry_after_s
        if pause_s is None and error.kind == "offline":
            pause_s = _PAUSES_S[min(self._failures, len(_PAUSES_S) - 1)]
        self._failures += 1
        self.next_try_s = pause_s
        if pause_s is not None:
            self._watches = [self.set_timer(pause_s, self.retry)]

    def _watch_the_wait(self) -> None:
        self._stop_watching()
        self._watches = [
            self.set_timer(self.LOADING_AFTER_S, lambda: self._waits("")),
            self.set_timer(self.SLOW_AFTER_S, lambda: self._waits("slower than usual: 2 s")),
            self.set_timer(
                self.LATE_AFTER_S, lambda: self._waits("no answer for 10 s · enter asks again")
            ),
        ]

    def _stop_watching(self) -> None:
        for timer in self._watches:
            timer.stop()
        self._watches = []

    def _waits(self, note: str) -> None:
        self.phase = "loading"
        self.waiting_note = note
        self.refresh()

    # -- drawing what is not a list

    def state_line(self, y: int, width: int, height: int) -> Strip:
        """A line of the loading, empty or error state."""
        row = Row(self.palette, width, self.fill)
        if self.phase == "loading":
            self._skeleton(row, y, height)
        elif self.phase == "empty":
            self._message(row, y, height, self.blank)
        elif self.phase == "error" and self.problem is not None:
            self._problem(row, y, height, self.problem)
        return row.strip()

    def _problem(self, row: Row, y: int, height: int, problem: PlayerError) -> None:
        """What went wrong, why, what helps, and when it is tried again."""
        title, role = _TITLES.get(problem.kind, ("This list could not be read", "err"))
        if problem.retry_after_s is not None:
            title, role = "The server asks to wait", "warn"
        text = "; ".join(part for part in (problem.message, problem.remedy) if part)
        actions = [("enter", "try again")]
        if self.next_try_s is not None:
            actions.append(("", f"next try in {self.next_try_s:.0f} s"))
        self._message(row, y, height, Blank(title, text, *actions), role)

    def _skeleton(self, row: Row, y: int, height: int) -> None:
        if y == height - 2:
            row.put(2, "Loading", "muted")
            row.put_right(row.width - 3, self.waiting_note, "faint")
        elif y < height - 3 and y % 2 == 0:
            reach = (0.42, 0.55, 0.47, 0.58, 0.40, 0.52)[(y // 2) % 6]
            bar = self.palette.style("line" if not self.palette.fills else "text", "raised")
            sign = " " if self.palette.fills else "░"
            row.draw(2, sign * 3, bar)
            row.draw(7, sign * int((row.width - 8) * reach), bar)

    def _message(self, row: Row, y: int, height: int, blank: Blank, role: str = "text") -> None:
        texts = wrapped(blank.text, min(row.width - 4, _WORDS_CELLS), 3)
        start = max(0, height // 2 - 2 - len(texts))
        if y == start:
            _centred(row, _SIGNS.get(role, "") + blank.title, role, bold=True)
        elif start < y <= start + len(texts):
            _centred(row, texts[y - start - 1], "muted")
        elif y == start + len(texts) + 2 and blank.actions:
            _draw_actions(row, blank.actions)


def _centred(row: Row, text: str, role: str, *, bold: bool = False) -> None:
    text = fit(text, row.width - 2)
    row.put(max(1, (row.width - cells_of(text)) // 2), text, role, bold=bold)


def _draw_actions(row: Row, actions: Sequence[tuple[str, str]]) -> None:
    length = sum(cells_of(f"{key} {text}".strip()) + 3 for key, text in actions) - 3
    x = max(1, (row.width - length) // 2)
    for key, text in actions:
        x = row.put(x, key, "accent", bold=True)
        x = row.put(x + (1 if key else 0), text, "muted") + 3
