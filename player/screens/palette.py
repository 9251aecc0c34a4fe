"""The command palette, and the line that starts with a colon: one registry, found by typing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.fuzzy import Matcher

from player.screens.keymap import label
from player.screens.modal import Hairline, Modal
from player.styles.palette import Palette
from player.styles.text import clean
from player.widgets.canvas import Canvas
from player.widgets.list_view import ListView, Look
from player.widgets.paged_view import Blank, PagedView
from player.widgets.paging import Fetched
from player.widgets.row import Row
from player.widgets.text_field import TextField

_LINES = 12


@dataclass(frozen=True)
class Choice:
    """Something that can be run from the palette."""

    name: str
    category: str
    title: str
    detail: str = ""
    keys: tuple[str, ...] = ()
    shell: str = ""
    """The same on the command line."""


@dataclass(frozen=True)
class Scored:
    """A choice that fits what is typed, and where."""

    choice: Choice
    score: float = 0.0
    hits: frozenset[int] = frozenset()


def rank(choices: Sequence[Choice], query: str) -> list[Scored]:
    """The choices that fit, best first; all of them when nothing is typed."""
    if not query.strip():
        return [Scored(choice) for choice in choices]
    matcher = Matcher(query.strip())
    found = []
    for choice in choices:
        score = matcher.match(choice.title)
        if score > 0:
            hits = _places(choice.title, query.strip())
            found.append(Scored(choice, score, hits))
    return sorted(found, key=lambda scored: (-scored.score, scored.choice.title))


def _places(title: str, query: str) -> frozenset[int]:
    """The characters of the title that the query stands for."""
    folded, wanted = title.casefold(), query.casefold()
    start = folded.find(wanted)
    if start >= 0:
        return frozenset(range(start, start + len(wanted)))
    places, at = [], 0
    for character in wanted.replace(" ", ""):
        at = folded.find(character, at)
        if at < 0:
            return frozenset()
        places.append(at)
        at += 1
    return frozenset(places)


class ChoicePainter:
    """Category, title with the hits marked, detail, key."""

    header_lines = 0

    def header(self, row: Row, line: int, rows: int) -> None:
        """No column heads."""

    def paint(self, row: Row, item: Scored, index: int, look: Look) -> None:
        """One choice."""
        choice = item.choice
        narrow = row.width < 70
        x = 2
        if not narrow:
            row.put(x, choice.category, "muted", cells=11)
            x = 15
        end = row.width - 1
        keys = "  ".join(label(key) for key in choice.keys[:2])
        start = row.put_right(end, keys, "accent", bold=True)
        at = x
        for place, character in enumerate(choice.title):
            if place in item.hits:
                at = row.put_marked(at, character)
            else:
                at = row.put(at, character, bold=look.focused)
        detail = max(at + 2, 44 if not narrow else at + 2)
        row.put(detail, clean(choice.detail), "muted", cells=max(0, start - detail - 2))

    def key(self, item: Scored) -> str:
        """Its command."""
        return item.choice.name


class PaletteFoot(Canvas):
    """Keys, and the same command for the shell."""

    FILL = "surface"

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self.shell = ""

    def show(self, shell: str) -> None:
        """Another command is chosen."""
        self.shell = shell
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """A rule and a line."""
        rows[0].rule(1, rows[0].width - 1)
        x = 3
        for key, text in (("enter", "run"), ("esc", "close")):
            x = rows[1].put(x, key, "accent", bold=True)
            x = rows[1].put(x + 1, text, "muted") + 3
        if self.shell:
            x = rows[1].put_right(rows[1].width - 3, f"segue {self.shell}", "muted")
            rows[1].put_right(x - 2, "same as", "faint")


class PaletteScreen(Modal):
    """Type to find, enter to run."""

    def __init__(self, palette: Palette, choices: Sequence[Choice], *, prompt: str = ">") -> None:
        super().__init__(palette)
        self._choices = choices
        self._found: list[Scored] = []
        self._query = ""
        self.field = TextField(
            palette, prompt, hint="a command", fill="surface", id="palette-field"
        )
        self.list: ListView[Scored] = ListView(
            palette, ChoicePainter(), blank=Blank("No command has these letters"), id="choices"
        )
        self.list.fill = "surface"
        self.list.can_focus = False
        self.list.led = True
        self.foot = PaletteFoot(palette)

    def compose(self) -> ComposeResult:
        """Field, choices, foot."""
        with Vertical(id="palette-box", classes="box"):
            yield Hairline(self.palette)
            yield self.field
            yield self.list
            yield self.foot

    def on_mount(self) -> None:
        """All choices."""
        self._show("")

    def _show(self, query: str) -> None:
        self._query = query
        found = self._found = rank(self._choices, query)
        self.field.note(f"{len(found)} of {len(self._choices)} commands")

        async def fetch(offset: int, limit: int) -> Fetched[Scored]:
            return Fetched(len(found), found[offset : offset + limit])

        self.list.show(fetch)

    def on_text_field_changed(self, event: TextField.Changed) -> None:
        """Find as typed."""
        event.stop()
        self._show(event.text)

    def on_paged_view_landed(self, event: PagedView.Landed) -> None:
        """The first one is chosen."""
        event.stop()
        self._show_foot()

    def on_paged_view_moved(self, event: PagedView.Moved) -> None:
        """Another one is chosen."""
        event.stop()
        self._show_foot()

    def _show_foot(self) -> None:
        chosen = self._chosen()
        self.foot.show(chosen.choice.shell if chosen else "")

    def take_key(self, key: str) -> bool:
        """Arrows move in the list while the field has the focus."""
        steps = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1, "pagedown": _LINES}
        steps["pageup"] = -_LINES
        if key in steps:
            self.list.move(steps[key])
        return key in steps

    def on_text_field_entered(self, event: TextField.Entered) -> None:
        """Run the chosen one, even if the list has not been drawn yet."""
        event.stop()
        self._show_if_other(event.text)
        self._run_chosen()

    def on_paged_view_opened(self, event: PagedView.Opened) -> None:
        """Run the clicked one."""
        event.stop()
        self._run_chosen()

    def _show_if_other(self, query: str) -> None:
        if query != self._query:
            self._show(query)

    def _chosen(self) -> Scored | None:
        place = self.list.cursor
        return self._found[place] if place < len(self._found) else None

    def _run_chosen(self) -> None:
        chosen = self._chosen()
        self.finish(chosen.choice.name if chosen else None)


class CommandLine(Modal):
    """A line for a command with its words; the same words as on the shell."""

    def __init__(self, palette: Palette, explain: Callable[[str], str]) -> None:
        super().__init__(palette)
        self._explain = explain
        self.field = TextField(
            palette, ":", hint="play lanterns · seek 1:30 · volume 40 · 123", fill="surface"
        )

    def compose(self) -> ComposeResult:
        """One line at the foot."""
        with Vertical(id="line-box"):
            yield Hairline(self.palette)
            yield self.field

    def on_text_field_changed(self, event: TextField.Changed) -> None:
        """Say what it would do."""
        event.stop()
        self.field.note(self._explain(event.text))

    def on_text_field_entered(self, event: TextField.Entered) -> None:
        """Run it."""
        event.stop()
        self.finish(event.text)
