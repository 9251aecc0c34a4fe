"""What a person sees who is not signed in: what to type, and the code while signing in."""

from typing import ClassVar

from textual.app import ComposeResult

from player.screens.page import Page
from player.screens.stage import Stage
from player.styles.text import clean
from player.styles.text import width as cells_of
from player.widgets.canvas import Canvas
from player.widgets.model import PlayerState
from player.widgets.row import Row


class Welcome(Canvas):
    """A few centred lines."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.palette)
        self.code = ""
        self.address = ""

    def invite(self, code: str, address: str) -> None:
        """Show where the code is to be typed."""
        self.code, self.address = code, address
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """What to do."""
        lines: list[tuple[str, str, bool]] = [
            ("Nobody is signed in", "text", True),
            ("", "", False),
        ]
        if self.code:
            lines += [
                ("Open this address in a browser and type the code:", "muted", False),
                (clean(self.address), "accent2", False),
                (clean(self.code), "accent", True),
            ]
        else:
            lines += [
                ("Press  :  and type the address of your server:", "muted", False),
                (":login https://127.0.0.1:8040", "accent", True),
                ("", "", False),
                ("On this machine, ./run starts a server and signs you in.", "muted", False),
                ("In a shell the same is  segue login URL", "faint", False),
            ]
        start = max(0, (len(rows) - len(lines)) // 2 - 1)
        for y, (text, role, bold) in enumerate(lines, start=start):
            if text and y < len(rows):
                x = max(1, (rows[y].width - cells_of(text)) // 2)
                rows[y].put(x, text, role, bold=bold)


class WelcomePage(Page):
    """Shown in place of the library until somebody is signed in."""

    PLACE: ClassVar[str] = "go_library"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, id="welcome")
        self.card = Welcome(stage)

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self.card

    @property
    def crumbs(self) -> tuple[str, ...]:
        """Welcome."""
        return ("Welcome",)

    @property
    def hints(self) -> tuple[tuple[str, str], ...]:
        """The one key that matters."""
        return ((":", "type a command"),)

    def state_changed(self, state: PlayerState, before: PlayerState) -> None:
        """Signing in has its own news."""
