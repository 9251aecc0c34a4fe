"""The frame: bars around the pages, keys into commands, and the way between pages."""

from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.timer import Timer

from player.commands import BY_NAME, COMMANDS
from player.errors import PlayerError
from player.screens.detail import AlbumPage, ArtistPage
from player.screens.help import HelpScreen
from player.screens.history import History
from player.screens.keymap import Keymap, Meant, token
from player.screens.library import LibraryPage
from player.screens.mini import Mini
from player.screens.page import Page
from player.screens.palette import Choice, CommandLine, PaletteScreen
from player.screens.playing import PlayingPage
from player.screens.ports import Clock, Engine
from player.screens.queue import QueuePage, QueueView
from player.screens.search import SearchPage
from player.screens.stage import Stage
from player.screens.typed import find, parse
from player.screens.welcome import WelcomePage
from player.styles.palette import Palette
from player.styles.tokens import THEMES
from player.widgets.canvas import Canvas
from player.widgets.frame_parts import RAIL_FROM, Footer, Rail, TopBar
from player.widgets.model import LibrarySummary, Notice, PlayerState
from player.widgets.player_bar import PlayerBar
from player.widgets.toast import Toast

_COUNT_WAIT_S = 0.25
_MINI_BELOW = (80, 20)
_THROUGH_FIELD = frozenset({"up", "down", "escape", "ctrl+p", "pageup", "pagedown"})
_ROOTS: dict[str, type[Page]] = {
    "go_search": SearchPage,
    "go_library": LibraryPage,
    "go_queue": QueuePage,
    "go_playing": PlayingPage,
}


class Frame(Screen[None], inherit_bindings=False):
    """The one screen; pages come and go inside it."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    COUNT_WAIT_S: ClassVar[float] = _COUNT_WAIT_S

    def __init__(self, engine: Engine, clock: Clock, palette: Palette) -> None:
        super().__init__()
        self.stage = Stage(engine, clock, palette, self)
        self.keymap = Keymap()
        self.history = History()
        self.top = TopBar(palette, clock.now)
        self.rail = Rail(palette)
        self.player = PlayerBar(palette, self.stage.covers, clock.monotonic)
        self.footer = Footer(palette)
        self.toast = Toast(palette)
        self.mini = Mini(palette, clock.monotonic)
        self._roots: dict[str, Page] = {}
        self._drawer: QueueView | None = None
        self._count_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Top bar, body, player, footer."""
        yield self.top
        with Horizontal(id="body"):
            yield self.rail
            yield Container(id="main")
        yield self.mini
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
        self.set_class(self._drawer is not None and width < 136, "-drawer-covers")
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
            kind: type[Page] = WelcomePage
            place = "welcome"
        else:
            kind = _ROOTS[place]
        page = self._roots.get(place)
        if page is None:
            page = self._roots[place] = kind(self.stage)  # type: ignore[call-arg]  # pages of the rail take a stage only
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
        await self._close_drawer()
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
        self.footer.repaint()
        self.top.crumbs, self.top.place = page.crumbs, page.PLACE
        self.top.can_go_back = self.history.deep
        self.top.repaint()
        self.rail.place = page.PLACE
        self.rail.repaint()

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
        self.player.show(state)
        self.mini.show(state)
        self._show_connection(state, before)
        self.rail.notes = {"go_queue": f"{state.queue.length:,}" if state.queue.length else ""}
        self.rail.repaint()
        if self.page is not None:
            self.page.state_changed(state, before)
        if self._drawer is not None and state.queue != before.queue:
            self._drawer.reload()
        queue = self._roots.get("go_queue")
        if queue is not None and queue is not self.page and state.queue != before.queue:
            queue.state_changed(state, before)

    def _show_connection(self, state: PlayerState, before: PlayerState) -> None:
        now, then = state.connection.state, before.connection.state
        if now == "offline" and then != "offline":
            self.top.offline_since = self.stage.clock.now()
        if now == "online" and then != "online":
            self.stage.covers.forget_missing()
        self.top.connection = state.connection
        self.top.repaint()
        if (now == "signed_out") != (then == "signed_out"):
            self.run_worker(self._signed(), group="go", exclusive=True)

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
        self.top.syncing = library.syncing
        self.top.repaint()
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
        self.run_worker(self._call(command, args), group="calls", exit_on_error=False)

    async def _call(self, command: str, args: dict[str, Any]) -> None:
        try:
            await self.stage.engine.call(command, **args)
        except PlayerError as error:
            self.tell(Notice(error.message, "error", error.remedy))

    # -- keys

    async def on_key(self, event: events.Key) -> None:
        """Keys that nothing else used."""
        if event.key in ("ctrl+c", "ctrl+q"):
            self.app.exit()
            return
        key = token(event.key, event.character)
        if self._typing and key not in _THROUGH_FIELD:
            return
        event.stop()
        if key == "tab" and self.page is not None and self.page.act("next_pane"):
            return
        await self._do(self.keymap.feed(key))
        self._show_pending()

    @property
    def _typing(self) -> bool:
        from textual.widgets import Input  # noqa: PLC0415 -- loaded with the first field

        return isinstance(self.focused, Input)

    def _show_pending(self) -> None:
        if self._count_timer is not None:
            self._count_timer.stop()
            self._count_timer = None
        if self.footer.pending != self.keymap.pending:
            self.footer.pending = self.keymap.pending
            self.footer.repaint()
        if self.keymap.waits_for_count:
            self._count_timer = self.set_timer(self.COUNT_WAIT_S, self._count_expired)

    async def _count_expired(self) -> None:
        meant = self.keymap.expire()
        self._show_pending()
        if meant is not None:
            await self._do([meant])

    async def _do(self, meant: list[Meant]) -> None:
        for one in meant:
            await self.perform(one.command, one.count)

    # -- commands

    def run(self, name: str, **args: Any) -> None:
        """Run a command of the registry."""
        self.run_worker(self.perform(name, None, args), group="commands")

    async def perform(
        self, name: str, count: int | None = None, args: dict[str, Any] | None = None
    ) -> None:
        """Do a command: the page first, then the frame, then the engine."""
        if self.page is not None and not args and self.page.act(name, count):
            return
        handler = getattr(self, f"do_{name}", None)
        if name in _ROOTS:
            await self.go(name)
        elif handler is not None:
            outcome = handler()
            if outcome is not None:
                await outcome
        else:
            await self._perform_in_engine(name, count, args or {})

    async def _perform_in_engine(self, name: str, count: int | None, args: dict[str, Any]) -> None:
        command = BY_NAME.get(name)
        if command is None or command.runs != "engine":
            return
        given = {**command.preset, **args}
        if count is not None and "delta_ms" in given:
            given["delta_ms"] *= min(count, 1000)
            count = None
        for _ in range(min(count or 1, 50)):
            await self._call(command.engine_command, given)
        if name == "stop":
            self.app.exit()

    def do_go_lyrics(self) -> Any:
        """The lyrics are on Now Playing."""
        return self.go("go_playing")

    async def do_go_current(self) -> None:
        """The album of what plays, with the cursor on it."""
        track = self.stage.state.track
        if track is not None:
            page = AlbumPage(self.stage, track.album.id)
            page.aim(track.id)
            await self.visit(page)

    async def do_go_album(self) -> None:
        """The album of what plays."""
        track = self.stage.state.track
        if track is not None:
            await self.visit(AlbumPage(self.stage, track.album.id))

    def do_go_back(self) -> Any:
        """The page before."""
        return self.back()

    async def do_close(self) -> None:
        """Toast first, then the drawer."""
        if not self.toast.hide():
            await self._close_drawer()

    def do_detach(self) -> None:
        """The view goes, the music stays."""
        self.app.exit()

    def do_queue_add(self) -> None:
        """The selected row, at the end of what was added."""
        self._queue("end", "Added to the queue")

    def do_queue_next(self) -> None:
        """The selected row, right after what plays."""
        self._queue("next", "Plays next")

    def _queue(self, where: str, told: str) -> None:
        uris = self.page.selected_uris() if self.page else []
        if uris:
            self.call("queue.add", uris=uris, where=where)
            self.tell(Notice(told, "info", "u takes it back"))

    def do_copy_link(self) -> None:
        """The link of the row, by the terminal's clipboard."""
        uris = self.page.selected_uris() if self.page else []
        if uris:
            self.app.copy_to_clipboard(uris[0])
            self.tell(Notice("Link copied", "info", uris[0]))

    def do_copy_link_playing(self) -> None:
        """The link of what plays."""
        track = self.stage.state.track
        if track is not None:
            self.app.copy_to_clipboard(f"segue:track:{track.id}")
            self.tell(Notice("Link copied", "info", f"segue:track:{track.id}"))

    async def do_search(self) -> None:
        """The page of the search."""
        await self.go("go_search")

    async def do_filter(self) -> None:
        """A page without a filter: search."""
        await self.go("go_search")
        if isinstance(self.page, SearchPage):
            self.page.field.take_focus()

    def do_help(self) -> None:
        """Keys."""
        if self.page is not None:
            self.app.push_screen(
                HelpScreen(self.stage.palette, self.page.crumbs[-1], self.page.hints)
            )

    def do_palette(self) -> None:
        """All commands."""
        self._choose([*self._choices(), *self._themes()])

    def do_actions(self) -> None:
        """What can be done with the row."""
        names = ("open", "queue_add", "queue_next", "copy_link")
        self._choose(self._some(names), prompt="row >")

    def do_actions_playing(self) -> None:
        """What can be done with what plays."""
        names = (
            "toggle",
            "next",
            "prev",
            "go_current",
            "go_album",
            "go_lyrics",
            "copy_link_playing",
        )
        self._choose(self._some(names), prompt="playing >")

    def _some(self, names: tuple[str, ...]) -> list[Choice]:
        return [
            Choice(n, c.category, c.title, c.help, c.keys, c.cli)
            for n in names
            if (c := BY_NAME.get(n)) is not None
        ]

    def _choices(self) -> list[Choice]:
        return [
            Choice(c.name, c.category, c.title, c.help, c.keys, c.cli)
            for c in COMMANDS
            if c.palette and not any(a.required and not c.preset for a in c.args)
        ]

    def _themes(self) -> list[Choice]:
        return [
            Choice(f"theme:{theme.name}", "View", f"Theme: {theme.title}")
            for theme in THEMES.values()
        ]

    @work(exclusive=True, group="modal")
    async def _choose(self, choices: list[Choice], prompt: str = ">") -> None:
        name = await self.app.push_screen_wait(
            PaletteScreen(self.stage.palette, choices, prompt=prompt)
        )
        if name is None:
            return
        if name.startswith("theme:"):
            self.restyle(Palette(THEMES[name[6:]], plain=self.stage.palette.plain))
        else:
            await self.perform(name)

    @work(exclusive=True, group="modal")
    async def do_command_line(self) -> None:
        """A line to type a command in."""
        text = await self.app.push_screen_wait(CommandLine(self.stage.palette, _explain))
        if text and text.strip():
            await self._run_typed(text.strip())

    async def _run_typed(self, text: str) -> None:
        if text.isdigit():
            await self.perform("top", int(text))
            return
        try:
            typed = parse(text)
        except PlayerError as error:
            self.tell(Notice(error.message, "warn", error.remedy))
            return
        if typed.command.name == "search" and typed.args.get("query"):
            await self.go("go_search")
            if isinstance(self.page, SearchPage):
                self.page.look_for(typed.args["query"])
        else:
            await self.perform(typed.command.name, None, typed.args)

    # -- the drawer

    async def do_drawer(self) -> None:
        """The queue beside the page."""
        if self._drawer is not None:
            await self._close_drawer()
        elif self.app.size.width < RAIL_FROM:
            await self.go("go_queue")
        else:
            self._drawer = QueueView(self.stage)
            self._drawer.id = "drawer"
            await self.query_one("#body").mount(self._drawer)
            self._measure()
            self._drawer.list.focus()

    async def _close_drawer(self) -> None:
        drawer, self._drawer = self._drawer, None
        if drawer is not None:
            await drawer.remove()
            self._measure()
            self.settle()

    # -- the mouse

    async def on_canvas_pressed(self, event: Canvas.Pressed) -> None:
        """A word of the frame was clicked."""
        event.stop()
        await self.perform(event.name)

    def on_player_bar_seek(self, event: PlayerBar.Seek) -> None:
        """A place on the progress line was clicked."""
        event.stop()
        if self.stage.state.duration_ms:
            self.call("seek", ms=round(event.fraction * self.stage.state.duration_ms))

    # -- the look

    def restyle(self, palette: Palette) -> None:
        """Another theme."""
        self.stage.palette = palette
        self.app.theme = palette.theme.name
        for part in (self.top, self.rail, self.player, self.footer, self.toast, self.mini):
            part.restyle(palette)
        try:
            pages = self.query(Page)
        except NoMatches:
            return
        for page in pages:
            page.restyle()


def _explain(text: str) -> str:
    """What a typed command would do."""
    try:
        return find(text)[0].title if text.strip() else ""
    except PlayerError:
        return ""
