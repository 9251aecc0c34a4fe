"""The frame around the pages: bars, the way between pages, the drawer, and news from the engine."""

from functools import partial
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.screen import Screen

from player.errors import PlayerError
from player.screens.detail import AlbumPage, ArtistPage
from player.screens.diagnostics import DiagnosticsPage
from player.screens.history import History
from player.screens.library import LibraryPage
from player.screens.mini import Mini
from player.screens.page import Page
from player.screens.playing import PlayingPage
from player.screens.ports import Clock, Engine
from player.screens.precise import PreciseCompositor
from player.screens.queue import QueuePage, QueueView
from player.screens.search import SearchPage
from player.screens.stage import Stage
from player.screens.welcome import WelcomePage
from player.styles.palette import Palette
from player.widgets.background import start
from player.widgets.canvas import Canvas
from player.widgets.frame_parts import RAIL_FROM, Footer, Rail, StateStrip, TopBar
from player.widgets.lyrics_view import LyricsView
from player.widgets.model import LibrarySummary, Notice, PlayerState
from player.widgets.paged_view import PagedView
from player.widgets.painters import in_full
from player.widgets.player_bar import PlayerBar, PlayerCover
from player.widgets.toast import Toast

_MINI_BELOW = (80, 20)
ROOTS: dict[str, type[LibraryPage | SearchPage | QueuePage | PlayingPage | DiagnosticsPage]] = {
    "go_search": SearchPage,
    "go_library": LibraryPage,
    "go_queue": QueuePage,
    "go_playing": PlayingPage,
    "go_diagnostics": DiagnosticsPage,
}


class PagesScreen(Screen[None], inherit_bindings=False):
    """The one screen; pages come and go inside it."""

    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(self, engine: Engine, clock: Clock, palette: Palette) -> None:
        super().__init__()
        self._compositor = PreciseCompositor()
        self.stage = Stage(engine, clock, palette, self)
        self.history = History()
        self.top = TopBar(palette, clock.now)
        self.strip = StateStrip(palette)
        self.rail = Rail(palette)
        self.cover = PlayerCover(palette, self.stage.covers)
        self.player = PlayerBar(palette, clock.monotonic)
        self.footer = Footer(palette)
        self.toast = Toast(palette)
        self.mini = Mini(palette, clock.monotonic)
        self._roots: dict[str, Page] = {}
        self.drawer: QueueView | None = None

    def compose(self) -> ComposeResult:
        """Top bar, body, player, footer."""
        yield self.top
        with Horizontal(id="body"):
            yield self.rail
            with Container(id="main"):
                yield self.strip
        yield self.mini
        with Horizontal(id="player-row"):
            yield self.cover
            yield self.player
        yield self.footer
        yield self.toast

    async def on_mount(self) -> None:
        """Begin in the library."""
        self._measure()
        await self.go("go_library")

    def on_resize(self) -> None:
        """Another breakpoint, maybe."""
        self._measure()
        self.toast.place()

    def _measure(self) -> None:
        width, height = self.app.size
        self.set_class(width < RAIL_FROM, "-narrow")
        self.set_class(RAIL_FROM <= width < 136, "-medium")
        self.set_class(width < _MINI_BELOW[0] or height < _MINI_BELOW[1], "-mini")
        self.set_class(self.drawer is not None and width < 136, "-drawer-covers")
        self.call_after_refresh(self.mini.tick)

    # -- pages

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        return self.history.current

    async def go(self, place: str) -> None:
        """Show one of the places of the rail."""
        signed_out = self.stage.state.connection.state == "signed_out"
        if place == "go_library" and signed_out:
            place = "welcome"
        page = self._roots.get(place)
        if page is None:
            page = ROOTS[place](self.stage) if place in ROOTS else WelcomePage(self.stage)
            self._roots[place] = page
        await self.visit(page)

    async def visit(self, page: Page) -> None:
        """Show a page and remember the way back."""
        old = self.page
        gone = self.history.visit(page)
        await self._swap(old, page)
        for lost in gone:
            await self._drop(lost)

    async def _swap(self, old: Page | None, page: Page) -> None:
        if old is page:
            self.settle()
            return
        await self.close_drawer()
        if old is not None:
            old.display = False
            old.state_changed(self.stage.state, self.stage.state)
        page.display = True
        if not page.is_attached:
            await self.query_one("#main").mount(page)
        page.state_changed(self.stage.state, self.stage.state)
        self.set_class(not page.WANTS_RAIL, "-no-rail")
        self.settle()
        self.hints_changed()

    async def _drop(self, page: Page) -> None:
        if page not in self._roots.values() and not self.history.holds(page):
            await page.remove()

    async def back(self) -> None:
        """Show the page before."""
        left = self.history.back()
        if left is not None and self.page is not None:
            await self._swap(left, self.page)
            await self._drop(left)

    def settle(self) -> None:
        """Give the focus to the page's list, or to the line of the search."""
        page = self.page
        if isinstance(page, SearchPage) and not page.list.total:
            page.field.take_focus()
        elif page is not None and (view := page.main_view()) is not None:
            view.focus()
        self.hints_changed()

    def hints_changed(self) -> None:
        """Bring bars up to date with the page."""
        page = self.page
        if page is None:
            return
        self.footer.hints = page.hints
        self.note_changed()
        self.top.crumbs, self.top.place = page.crumbs, page.PLACE
        self.top.can_go_back = self.history.deep
        self.top.repaint()
        self.rail.place = page.PLACE
        self.rail.repaint()

    def note_changed(self) -> None:
        """The footer says in full what the row under the cursor could not."""
        view = self.page.main_view() if self.page is not None else None
        if self.drawer is not None and self.drawer.list.has_focus:
            view = self.drawer.list
        cut = isinstance(view, PagedView) and view.cut_row
        self.footer.note = in_full(view.current) if isinstance(view, PagedView) and cut else ""
        self.footer.repaint()

    def on_paged_view_moved(self) -> None:
        """Another row is under the cursor."""
        self.note_changed()

    def on_paged_view_landed(self) -> None:
        """The row under the cursor has come."""
        self.note_changed()

    def on_descendant_focus(self) -> None:
        """Other keys matter while typing."""
        self.hints_changed()

    @work(exclusive=True, group="go")
    async def open_album(self, identifier: str) -> None:
        """Show an album's page."""
        await self.visit(AlbumPage(self.stage, identifier))

    @work(exclusive=True, group="go")
    async def open_artist(self, identifier: str) -> None:
        """Show an artist's page."""
        await self.visit(ArtistPage(self.stage, identifier))

    # -- news

    def show_state(self, state: PlayerState) -> None:
        """The engine told a new state."""
        before, self.stage.state = self.stage.state, state
        self.cover.show(state.track)
        self.player.show(state)
        self.mini.show(state)
        if state.connection != before.connection:
            self._show_connection(state, before)
        notes = {"go_queue": f"{state.queue.length:,}" if state.queue.length else ""}
        if notes != self.rail.notes:
            self.rail.notes = notes
            self.rail.repaint()
        if self.page is not None:
            self.page.state_changed(state, before)
        if self.drawer is not None and state.queue != before.queue:
            self.drawer.reload()
        queue = self._roots.get("go_queue")
        if queue is not None and queue is not self.page and state.queue != before.queue:
            queue.state_changed(state, before)

    def _show_connection(self, state: PlayerState, before: PlayerState) -> None:
        now, then = state.connection.state, before.connection.state
        if now == "offline" and then != "offline":
            self.top.offline_since = self.stage.clock.now()
        self.strip.offline_since = self.top.offline_since if now == "offline" else None
        self.strip.repaint()
        if now == "online" and then != "online":
            self.stage.covers.forget_missing()
        self.top.connection = state.connection
        self.top.repaint()
        if (now == "signed_out") != (then == "signed_out"):
            start(self, self._signed, "go", exclusive=True)

    async def _signed(self) -> None:
        """Signed in or out: welcome or library."""
        page = self.page
        if isinstance(page, (WelcomePage, LibraryPage)):
            self.history.forget(page)
            page.display = False
            await self.go("go_library")

    def show_library(self, library: LibrarySummary) -> None:
        """The library holds something else."""
        before, self.stage.library = self.stage.library, library
        # A look at the server that finds nothing new is not worth a word, and its end is not told.
        growing = library.syncing and library.tracks > before.tracks > 0
        self.top.syncing = growing
        self.top.repaint()
        self.strip.tracks_so_far = library.tracks if growing else None
        self.strip.repaint()
        if self.page is not None and library != before:
            self.page.library_changed()

    def show_login(self, code: str, address: str) -> None:
        """Signing in waits for a code to be typed."""
        welcome = self._roots.get("welcome")
        if isinstance(welcome, WelcomePage):
            welcome.card.invite(code, address)
        else:
            self.tell(Notice(f"Type {code} in a browser", "info", address))

    def tell(self, notice: Notice) -> None:
        """Show a toast."""
        self.toast.tell(notice)

    def call(self, command: str, **args: Any) -> None:
        """Call the engine; what goes wrong is shown."""
        start(self, partial(self.call_now, command, args), "calls")

    async def call_now(self, command: str, args: dict[str, Any]) -> None:
        """Call the engine and wait for its answer; what goes wrong is shown."""
        try:
            await self.stage.ask(command, **args)
        except PlayerError as error:
            self.tell(Notice(error.message, "error", error.remedy))

    # -- what the pages may ask for

    def run(self, name: str, **args: Any) -> None:
        """Run a command of the registry."""
        raise NotImplementedError

    # -- the drawer

    async def toggle_drawer(self) -> None:
        """The queue beside the page."""
        if self.drawer is not None:
            await self.close_drawer()
        elif self.app.size.width < RAIL_FROM:
            await self.go("go_queue")
        else:
            self.drawer = QueueView(self.stage)
            self.drawer.id = "drawer"
            await self.query_one("#body").mount(self.drawer)
            self._measure()
            self.drawer.list.focus()

    async def close_drawer(self) -> None:
        """Put the queue away."""
        drawer, self.drawer = self.drawer, None
        if drawer is not None:
            await drawer.remove()
            self._measure()
            self.settle()

    # -- the look

    def restyle(self, palette: Palette) -> None:
        """Another theme or other signs, at once and everywhere."""
        self.stage.palette = palette
        self.app.theme = palette.theme.name
        for part in self.query("*"):
            if isinstance(part, (Canvas, PagedView, LyricsView)):
                part.restyle(palette)
        for page in self.query(Page):
            page.restyled()
