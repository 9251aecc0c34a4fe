"""What all modals share: the frame of the box, the page behind it dimmed, esc closes."""

from typing import ClassVar

from textual import events
from textual.screen import ModalScreen

from player.styles.palette import Palette
from player.widgets.canvas import Canvas
from player.widgets.row import Row


class Hairline(Canvas):
    """The blend along the top of a modal."""

    FILL = "surface"

    def draw(self, rows: list[Row]) -> None:
        """One line."""
        rows[0].blend(0, "▔" * rows[0].width, (0, rows[0].width))


class Modal(ModalScreen[str | None], inherit_bindings=False):
    """Ends with a text, or None when it was closed."""

    AUTO_FOCUS: ClassVar[str | None] = "Input"

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.palette = palette
        self.set_class(not palette.fills, "-boxed")

    def finish(self, result: str | None = None) -> None:
        """Close with a result."""
        self.dismiss(result)  # type: ignore[unused-awaitable]  # closes by itself; awaiting would wait for us

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it."""
        if event.widget is self:
            self.finish()

    def on_key(self, event: events.Key) -> None:
        """Keys of the modal; what is not used goes on to the bindings of the field."""
        closes = event.key in ("escape", "ctrl+c")
        if closes or self.take_key(event.key):
            event.stop()
            event.prevent_default()
        if closes:
            self.finish()

    def take_key(self, key: str) -> bool:
        """Use a key. Whether it was one of ours."""
        return False
