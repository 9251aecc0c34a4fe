"""A line of text being typed: a prompt, the text, and a note at the right."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from player.styles.palette import Palette
from player.styles.text import width as cells_of
from player.widgets.canvas import Canvas
from player.widgets.row import Row


class Words(Canvas):
    """A few words in one role."""

    def __init__(self, palette: Palette, text: str, role: str, *, fill: str = "bg") -> None:
        super().__init__(palette)
        self.FILL = fill  # type: ignore[misc]  # the fill of this one
        self.text = text
        self.role = role
        self.styles.width = cells_of(text)

    def show(self, text: str) -> None:
        """Show other words, as wide as they are."""
        if text != self.text:
            self.text = text
            self.styles.width = cells_of(text)
            self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """The words."""
        rows[0].put(0, self.text, self.role, bold=self.role == "accent")


class TextField(Horizontal):
    """Input in our look. Posts what is typed and when it is entered or left."""

    class Changed(Message):
        """Another text stands there."""

        def __init__(self, field: "TextField", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

    class Entered(Message):
        """Enter was pressed."""

        def __init__(self, field: "TextField", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

    def __init__(
        self,
        palette: Palette,
        prompt: str,
        *,
        hint: str = "",
        fill: str = "bg",
        id: str | None = None,  # noqa: A002 -- the name it has there
    ) -> None:
        super().__init__(id=id)
        self._prompt = Words(palette, f"{prompt} ", "accent", fill=fill)
        self._note = Words(palette, "", "faint", fill=fill)
        self.input = Input(placeholder=hint, compact=True, select_on_focus=False)
        self.input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """Prompt, input, note."""
        yield self._prompt
        yield self.input
        yield self._note

    @property
    def text(self) -> str:
        """What is typed."""
        return self.input.value

    def clear(self) -> None:
        """Nothing is typed."""
        self.input.value = ""

    def note(self, text: str) -> None:
        """Say something at the right."""
        self._note.show(text)

    def take_focus(self) -> None:
        """Type here."""
        self.input.focus()

    @property
    def typing(self) -> bool:
        """Whether keys go here."""
        return self.input.has_focus

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass it on as ours."""
        event.stop()
        self.post_message(self.Changed(self, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pass it on as ours."""
        event.stop()
        self.post_message(self.Entered(self, event.value))
