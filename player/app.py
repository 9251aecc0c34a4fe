"""The terminal app: themes, the frame, and the engine's news brought to it."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from textual.app import App
from textual.filter import Monochrome, NoColor
from textual.theme import Theme as TextualTheme

from player.errors import PlayerError
from player.screens.frame import Frame
from player.screens.ports import Clock, Engine, SystemClock
from player.styles.palette import Palette
from player.styles.terminal import choose_palette
from player.styles.tokens import THEMES, Theme
from player.widgets.background import start
from player.widgets.model import Connection, LibrarySummary, Notice, PlayerState, state_from

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 15.0
_ANSI = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_STYLES = Path(__file__).parent / "styles" / "app.tcss"


ENGINE_GONE = "The engine went away: starting it again"
ENGINE_REMEDY = "segue doctor shows why if it does not come back"
ENGINE_BACK = "The engine is back"


class SegueApp(App[None], inherit_bindings=False):
    """Segue in a terminal. The engine is given; it is connected when the first frame is drawn."""

    TITLE: str | None = "segue"
    CSS_PATH = _STYLES  # type: ignore[mutable-override]  # the framework's type has no name to import
    ENABLE_COMMAND_PALETTE = False
    PAUSE_GC_ON_SCROLL: ClassVar[bool] = True

    def __init__(
        self,
        engine: Engine,
        *,
        palette: Palette | None = None,
        clock: Clock | None = None,
        notices: Sequence[Notice] = (),
    ) -> None:
        self.engine = engine
        self.clock = clock or SystemClock()
        self.palette = palette or choose_palette()
        self._notices = notices
        self._engine_up = True
        super().__init__()
        # The palette knows about NO_COLOR. The framework's filter would turn the terminal's own
        # background into black, and a theme that was asked for into greys.
        self._filters = [f for f in self._filters if not isinstance(f, (Monochrome, NoColor))]
        for theme in THEMES.values():
            self.register_theme(textual_theme(theme))
        self.theme = self.palette.theme.name
        self.frame = Frame(self.engine, self.clock, self.palette)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Variables that exist whatever the theme."""
        return variables(self.palette.theme)

    async def on_mount(self) -> None:
        """The frame first, then the engine."""
        await self.push_screen(self.frame)
        for notice in self._notices:
            self.frame.tell(notice)
        start(self, self._listen, "news")

    async def on_unmount(self) -> None:
        """Hang up."""
        self.frame.stage.covers.close()
        await self.engine.close()

    async def _listen(self) -> None:
        """Bring the engine's news to the frame for as long as there are any."""
        news = self.engine.subscribe("state", "library", "queue", "notice", "login")
        await self._dial()
        async for event in news:
            try:
                self._take(event.topic, event.data)
            except msgspec.ValidationError as error:
                self.frame.tell(Notice("The engine speaks another version", "error", str(error)))

    async def _dial(self) -> None:
        """Connect, however long it takes; each new reason why it does not work is told."""
        told, wait_s = "", _FIRST_WAIT_S
        while True:
            try:
                await self.engine.connect()
            except PlayerError as error:
                if error.message != told:
                    told = error.message
                    self.frame.tell(Notice(error.message, "error", error.remedy))
                self.frame.stage.dialled.set()
            else:
                break
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        self.frame.stage.dialled.set()

    def _take(self, topic: str, data: Any) -> None:
        takers: dict[str, Callable[[Any], None]] = {
            "state": self._take_state,
            "library": self._take_library,
            "queue": self._take_queue,
            "notice": self._take_notice,
            "login": self._take_login,
            "engine": self._take_engine,
        }
        if topic in takers:
            takers[topic](data)

    def _take_state(self, data: Any) -> None:
        self.frame.show_state(state_from(data))

    def _take_library(self, data: Any) -> None:
        self.frame.show_library(msgspec.convert(data, LibrarySummary, strict=False))

    def _take_queue(self, _data: Any) -> None:
        if self.frame.page is not None:
            self.frame.page.queue_changed()

    def _take_notice(self, data: Any) -> None:
        self.frame.tell(msgspec.convert(data, Notice, strict=False))

    def _take_login(self, data: Any) -> None:
        if data.get("code"):  # the other steps of signing in show themselves in the state
            self.frame.show_login(str(data["code"]), str(data.get("url", "")))

    def _take_engine(self, data: Any) -> None:
        """The engine went away or is there; that it is away is told once."""
        up, was_up = bool(data.get("up")), self._engine_up
        self._engine_up = up
        if up and not was_up:
            self.frame.tell(Notice(ENGINE_BACK))
        if up:
            return
        if was_up:
            self.frame.tell(Notice(ENGINE_GONE, "warn", ENGINE_REMEDY))
        away = Connection("connecting", detail=str(data.get("detail", "")))
        self.frame.show_state(PlayerState(connection=away))


def variables(theme: Theme) -> dict[str, str]:
    """The roles as CSS variables."""
    default = "ansi_default"
    names = [f"ansi_{colour}" for colour in _ANSI]
    names += [f"ansi_bright_{colour}" for colour in _ANSI]
    made = {"ansi-background": default, "ansi-foreground": default}
    for role, value in theme.colours.items():
        if value == "default":
            value = default
        elif not value.startswith("#"):
            value = names[int(value)]
        made[f"segue-{role.replace('_', '-')}"] = value
    return made


def textual_theme(theme: Theme) -> TextualTheme:
    """The theme as the framework wants it."""
    true = theme.depth == "true"
    return TextualTheme(
        name=theme.name,
        primary=theme.colours["accent"] if true else "#ffffff",
        background=theme.colours["bg"] if true else "ansi_default",
        foreground=theme.colours["text"] if true else "ansi_default",
        surface=theme.colours["surface"] if true else "ansi_default",
        dark=theme.dark,
        ansi=not true,
        variables=variables(theme),
    )
