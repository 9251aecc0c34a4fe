"""The frame with its keys: what is typed or clicked becomes a command and is done."""

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.widgets import Input

from player.commands import BY_NAME, COMMANDS
from player.errors import PlayerError
from player.screens.detail import AlbumPage
from player.screens.frame_pages import ROOTS, PagesScreen
from player.screens.help import HelpScreen
from player.screens.keymap import Keymap, Meant, token
from player.screens.palette import Choice, CommandLine, PaletteScreen
from player.screens.ports import Clock, Engine
from player.screens.search import SearchPage
from player.screens.typed import explain, run_typed
from player.styles.palette import Palette
from player.styles.terminal import choose_palette
from player.styles.tokens import THEMES
from player.widgets.background import start
from player.widgets.canvas import Canvas
from player.widgets.model import Notice
from player.widgets.player_bar import PlayerBar

if TYPE_CHECKING:
    from textual.timer import Timer

_THROUGH_FIELD = frozenset({"up", "down", "escape", "ctrl+p", "pageup", "pagedown"})


class Frame(PagesScreen, inherit_bindings=False):
    """Keys, commands and the mouse."""

    COUNT_WAIT_S: ClassVar[float] = 0.25

    def __init__(self, engine: Engine, clock: Clock, palette: Palette) -> None:
        super().__init__(engine, clock, palette)
        self.keymap = Keymap()
        self._count_timer: Timer | None = None

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
        return isinstance(self.focused, Input)

    def _show_pending(self) -> None:
        if self._count_timer is not None:
            self._count_timer.stop()
            self._count_timer = None
        if self.footer.pending != self.keymap.pending:
            self.footer.pending = self.keymap.pending
            self.footer.repaint()
        if self.keymap.waits_for_count:
            self._count_timer = self.set_timer(self.COUNT_WAIT_S, self.count_expired)

    async def count_expired(self) -> None:
        """Nothing followed the digit: it meant the place."""
        meant = self.keymap.expire()
        self._show_pending()
        if meant is not None:
            await self._do([meant])

    async def _do(self, meant: list[Meant]) -> None:
        for one in meant:
            await self.perform(one.command, one.count)

    # -- commands

    async def ask(self, command: str, **args: Any) -> Any:
        """Call the engine. Raises PlayerError."""
        return await self.stage.ask(command, **args)

    def run(self, name: str, **args: Any) -> None:
        """Run a command of the registry."""
        start(self, partial(self.perform, name, None, args), "commands")

    async def perform(
        self, name: str, count: int | None = None, args: dict[str, Any] | None = None
    ) -> None:
        """Do a command: the page first, then the frame, then the engine."""
        if not args and self._act_here(name, count):
            return
        handler = getattr(self, f"do_{name}", None)
        if name in ROOTS:
            await self.go(name)
        elif handler is not None:
            outcome = handler(**(args or {}))
            if isinstance(outcome, Awaitable):
                await outcome
        else:
            await self._perform_in_engine(name, count, args or {})

    def _act_here(self, name: str, count: int | None) -> bool:
        """What has the focus may give the command its meaning: the drawer, or the page."""
        drawer = self.drawer
        if drawer is not None and drawer.list.has_focus and drawer.act(name, count):
            return True
        return self.page is not None and self.page.act(name, count)

    async def _perform_in_engine(self, name: str, count: int | None, args: dict[str, Any]) -> None:
        command = BY_NAME.get(name)
        if command is None or command.runs != "engine":
            return
        given = {**command.preset, **args}
        if count is not None and "delta_ms" in given:
            given["delta_ms"] *= min(count, 1000)
            count = None
        for _ in range(min(count or 1, 50)):
            await self.call_now(command.engine_command, given)
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

    async def do_diagnostics_export(self) -> None:
        """The last hour as a file, for whoever looks into it."""
        try:
            answer = await self.ask("diagnostics.export")
        except PlayerError as error:
            self.tell(Notice(error.message, "error", error.remedy))
        else:
            self.tell(Notice("Diagnostics exported, no tokens in it", "info", answer["out"]))

    def do_drawer(self) -> Any:
        """The queue beside the page."""
        return self.toggle_drawer()

    def do_go_back(self) -> Any:
        """The page before."""
        return self.back()

    async def do_close(self) -> None:
        """Toast first, then the drawer."""
        if not self.toast.hide():
            await self.close_drawer()

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

    async def look_for(self, text: str) -> None:
        """Show the search with a text."""
        await self.go("go_search")
        if isinstance(self.page, SearchPage):
            self.page.look_for(text)

    def do_theme(self, name: str) -> None:
        """Another look, for as long as this player is open."""
        plain = "on" if self.stage.palette.plain else "off"
        self.restyle(choose_palette(name, plain))
        self.tell(Notice(f"Theme: {name}", "info", f'to keep it: theme = "{name}" in [display]'))

    def do_plain(self, on: bool | None = None) -> None:
        """ASCII signs, or drawn ones."""
        palette = self.stage.palette
        self.restyle(Palette(palette.theme, plain=not palette.plain if on is None else on))

    async def do_filter(self) -> None:
        """A page without a filter: search."""
        await self.go("go_search")
        if isinstance(self.page, SearchPage):
            self.page.field.take_focus()

    async def do_help(self) -> None:
        """Keys."""
        if self.page is not None:
            page, hints = self.page.crumbs[-1], self.page.hints
            await self.app.push_screen(HelpScreen(self.stage.palette, page, hints))

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
            await self.perform("theme", None, {"name": name[6:]})
        else:
            await self.perform(name)

    @work(exclusive=True, group="modal")
    async def do_command_line(self) -> None:
        """A line to type a command in."""
        text = await self.app.push_screen_wait(CommandLine(self.stage.palette, explain))
        if text and text.strip():
            await self._run_typed(text.strip())

    async def _run_typed(self, text: str) -> None:
        try:
            await run_typed(self, text)
        except PlayerError as error:
            self.tell(Notice(error.message, "warn", error.remedy))

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
