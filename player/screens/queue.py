"""The queue: what was, what plays, what you added, and what comes by itself; why each is there."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from player.errors import PlayerError
from player.screens.page import Page, move
from player.screens.stage import Stage, decode
from player.styles.palette import Palette
from player.styles.text import clean, count
from player.widgets.background import start
from player.widgets.canvas import Canvas
from player.widgets.frame_parts import Hint
from player.widgets.list_view import ListView, Look, playing_mark
from player.widgets.model import PlayerState, QueueRow, artists_of
from player.widgets.paged_view import Blank, PagedView
from player.widgets.paging import Block, Fetched
from player.widgets.painters import paint_time, paint_title
from player.widgets.row import Row

_PROBE = 200
_EMPTY = Blank(
    "The queue is empty",
    "Play an album or a track, or add one with e.",
    ("g l", "library"),
    ("g s", "search"),
)


class QueuePainter:
    """Rows of the queue with their reason where there is room."""

    header_lines = 0

    def header(self, row: Row, line: int, rows: int) -> None:
        """Headings stand in the list."""

    def paint(self, row: Row, item: QueueRow, index: int, look: Look) -> None:
        """One row."""
        now = item.section == "now"
        look = Look(look.focused, look.pane, now)
        x = 2
        if now:
            playing_mark(row, x)
            x += 4
        end = row.width - 1
        room = end - 8 - x
        reason_cells = int(room * 0.26) if room >= 80 else 0
        artist_cells = int((room - reason_cells) * 0.36) if room >= 34 else 0
        title_cells = room - reason_cells - artist_cells
        if item.section == "played" and not look.focused:
            row.put(x, clean(item.track.title), "faint", cells=title_cells - 2)
        else:
            paint_title(row, x, item.track, title_cells - 2, look)
        at = end - 8 - reason_cells - artist_cells
        row.put(at, clean(artists_of(item.track)), "muted", cells=max(0, artist_cells - 2))
        if reason_cells:
            row.put(end - 8 - reason_cells, clean(item.reason), "faint", cells=reason_cells - 2)
        paint_time(row, end, item.track, look)

    def key(self, item: QueueRow) -> str:
        """The place in the queue."""
        return item.entry


class QueueHead(Canvas):
    """Name and length of the queue."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self.note = ""
        self.FILL = "bg"  # type: ignore[misc]  # the drawer's is another

    def show(self, note: str) -> None:
        """Show another length."""
        self.note = note
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """One tab and its underline."""
        rows[0].put(3, "Queue", bold=True)
        if len(rows) > 1:
            rows[1].blend(3, "▔" * 5, (3, 8))
        rows[0].put_right(rows[0].width - 3, self.note, "faint")


class EditStrip(Canvas):
    """The last edit and how to take it back."""

    FILL = "raised"

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self.text = ""

    def show(self, text: str) -> None:
        """Say what was done."""
        self.text = text
        self.display = bool(text)
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """What, and the key."""
        x = rows[0].put(2, self.text, "muted", cells=rows[0].width - 14)
        x = rows[0].put(x + 3, "u", "accent", bold=True)
        rows[0].put(x + 1, "undo", "muted")
        self.hot(0, x - 1, x + 5, "queue_undo")


class QueueView(Vertical):
    """The queue as a widget: a page of its own, or a drawer."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.head = QueueHead(stage.palette)
        self.list: ListView[QueueRow] = ListView(stage.palette, QueuePainter(), blank=_EMPTY)
        self.strip = EditStrip(stage.palette)
        self._placed = False

    def compose(self) -> ComposeResult:
        """Head, rows, last edit."""
        yield self.head
        yield self.list
        yield self.strip

    def on_mount(self) -> None:
        """Nothing was edited yet."""
        self.strip.display = False
        self.reload()

    def reload(self) -> None:
        """Ask for the queue."""
        start(self, self._reload, "queue", exclusive=True)

    async def _reload(self) -> None:
        index = self.stage.state.queue.index
        try:
            yours = await self._count_yours(index)
        except PlayerError:
            yours = 0  # the list itself will say what is wrong
        total = self.stage.state.queue.length
        self._group(index, yours, total)
        self.list.show(self._fetch, keep_place=self._placed)

    async def _count_yours(self, index: int | None) -> int:
        """Rows that somebody added stand right after what plays."""
        first = 0 if index is None else index + 1
        yours = 0
        while True:
            answer = await self._ask(first + yours, _PROBE)
            sections = [row.get("section") for row in answer.get("rows", ())]
            added = next((n for n, s in enumerate(sections) if s != "yours"), len(sections))
            yours += added
            if added < _PROBE:
                return yours

    async def _ask(self, offset: int, limit: int) -> dict[str, Any]:
        answer: dict[str, Any] = await self.stage.ask("queue.list", offset=offset, limit=limit)
        return answer

    async def _fetch(self, offset: int, limit: int) -> Fetched[QueueRow]:
        answer = await self._ask(offset, limit)
        return Fetched(int(answer["total"]), decode(answer.get("rows", ()), list[QueueRow]))

    def _group(self, index: int | None, yours: int, total: int) -> None:
        played = index or 0
        now = 0 if index is None else 1
        rest = max(0, total - played - now - yours)
        self.list.group(
            (
                Block(played, "Played", f"{played}", faint=True),
                Block(now, "Now"),
                Block(yours, "Next, yours", "e adds here"),
                Block(rest, "Next from what you chose", f"{rest:,}"),
            )
        )
        self.head.show(count(max(0, total - played), "track"))

    def on_paged_view_landed(self, event: PagedView.Landed) -> None:
        """The first time, stand on what plays."""
        index = self.stage.state.queue.index
        if not self._placed and self.list.phase == "ready":
            self._placed = True
            if index is not None:
                self.list.go_to(index)
                self.list.scroll_by(1_000_000)
                self.list.go_to(index)

    def on_paged_view_opened(self, event: PagedView.Opened) -> None:
        """Play the row."""
        event.stop()
        row = self.list.current
        if row is not None:
            self.stage.shell.call("queue.jump", entry=row.entry)

    def shift(self, by: int) -> None:
        """Move the row under the cursor."""
        row = self.list.current
        to = self.list.cursor + by
        if row is None or not 0 <= to < self.list.total:
            return
        self.stage.shell.call("queue.move", entry=row.entry, to=to)
        self.strip.show(f"Moved {clean(row.track.title)} {'down' if by > 0 else 'up'} {abs(by)}")
        self.list.go_to(to)

    def take_out(self) -> None:
        """Take out the row under the cursor."""
        row = self.list.current
        if row is not None:
            self.stage.shell.call("queue.remove", entries=[row.entry])
            self.strip.show(f"Removed {clean(row.track.title)}")

    def act(self, name: str, count: int | None = None) -> bool:
        """Do a command of the queue. Whether it was one."""
        if move(self.list, name, count):
            return True
        by = {"queue_down": 1, "queue_up": -1}.get(name)
        if by is not None:
            self.shift((count or 1) * by)
            return True
        handlers: dict[str, Callable[[], None]] = {
            "queue_remove": self.take_out,
            "queue_clear": self.clear,
            "queue_undo": self.undo,
            "go_current": self.go_current,
        }
        handler = handlers.get(name)
        if handler is not None:
            handler()
        return handler is not None

    def clear(self) -> None:
        """Nothing after what plays."""
        self.stage.shell.call("queue.clear")
        self.strip.show("Cleared what comes next")

    def undo(self) -> None:
        """As before the last edit."""
        self.strip.show("")
        self.stage.shell.call("queue.undo")

    def go_current(self) -> None:
        """Stand on what plays."""
        if self.stage.state.queue.index is not None:
            self.list.go_to(self.stage.state.queue.index)

    def on_canvas_pressed(self, event: Canvas.Pressed) -> None:
        """Undo by mouse."""
        if event.name == "queue_undo":
            event.stop()
            self.undo()


class QueuePage(Page):
    """The queue on a page."""

    PLACE: ClassVar[str] = "go_queue"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, id="queue")
        self.queue = QueueView(stage)

    def compose(self) -> ComposeResult:
        """The queue."""
        yield self.queue

    @property
    def crumbs(self) -> Sequence[str]:
        """Queue."""
        return ("Queue",)

    @property
    def hints(self) -> Sequence[Hint]:
        """Keys of the rows."""
        return (
            *(("enter", "play"), ("J K", "move"), ("del", "remove"), ("u", "undo")),
            *(("C", "clear"), ("c", "playing row")),
        )

    def main_view(self) -> ListView[QueueRow]:
        """The rows."""
        return self.queue.list

    def state_changed(self, state: PlayerState, before: PlayerState) -> None:
        """Another row plays, or the queue is another."""
        if state.queue != before.queue:
            self.queue.reload()

    def queue_changed(self) -> None:
        """The queue is another."""
        self.queue.reload()

    def selected_uris(self) -> list[str]:
        """The link of the row."""
        row = self.queue.list.current
        return [f"segue:track:{row.track.id}"] if row is not None else []

    def act(self, name: str, count: int | None = None) -> bool:
        """The rows know what to do."""
        return self.queue.act(name, count)
