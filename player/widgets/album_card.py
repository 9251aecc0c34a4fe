"""The head of an album, artist or chosen cover: picture, names, figures, buttons."""

from collections.abc import Sequence
from dataclasses import dataclass

from player.styles.palette import Palette
from player.widgets.canvas import Canvas
from player.widgets.cover import draw_picture
from player.widgets.covers import Covers
from player.widgets.row import Row


@dataclass(frozen=True)
class Card:
    """What a head says."""

    key: str
    """Draws the picture when there is no cover."""
    cover: str | None
    overline: str
    title: str
    second: str
    figures: str
    buttons: Sequence[tuple[str, str, str]] = ()
    """(words, key, command); the first is the primary one."""


class HeadCard(Canvas):
    """Picture at the left, six lines of words beside it."""

    def __init__(self, palette: Palette, covers: Covers, *, id: str | None = None) -> None:  # noqa: A002 -- the name it has there
        super().__init__(palette, id=id)
        self._covers = covers
        self.card: Card | None = None

    def show(self, card: Card | None) -> None:
        """Show another head."""
        if card != self.card:
            self.card = card
            self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """Picture and words."""
        card = self.card
        if card is None:
            return
        height = len(rows) - 1
        x = 3
        if height >= 4:
            picture = self._covers.picture(card.cover, card.key, (2 * height, height), self.repaint)
            for y in range(height):
                draw_picture(rows[y], x, picture, y)
            x += 2 * height + 3
        room = max(0, rows[0].width - x - 3)
        lines = (
            *((card.overline, "accent2", True), (card.title, "text", True)),
            *((card.second, "muted", False), (card.figures, "faint", False)),
        )
        for y, (text, role, bold) in enumerate(lines):
            if y < len(rows):
                rows[y].put(x, text, role, bold=bold, cells=room)
        self.hot(2, x, x + room, "open_artist")
        if len(rows) > 5:
            self._draw_buttons(rows[5], x, card)

    def _draw_buttons(self, row: Row, x: int, card: Card) -> None:
        for place, (text, key, command) in enumerate(card.buttons):
            start = x
            x = row.chip(x, text, "on_accent", "accent") if place == 0 else row.chip(x, text)
            x = row.put(x + 1, key, "accent", bold=True)
            self.hot(5, start, x, command)
            x += 3


class SideCard(Canvas):
    """A column: large picture, names and figures of the chosen album."""

    FILL = "surface"

    def __init__(self, palette: Palette, covers: Covers) -> None:
        super().__init__(palette, id="side-card")
        self._covers = covers
        self.card: Card | None = None

    def show(self, card: Card | None) -> None:
        """Show another album."""
        if card != self.card:
            self.card = card
            self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """Picture 26x13, then the words."""
        card = self.card
        if card is None or len(rows) < 20:
            return
        picture = self._covers.picture(card.cover, card.key, (26, 13), self.repaint)
        for y in range(13):
            draw_picture(rows[y + 1], 2, picture, y)
        room = rows[0].width - 4
        rows[15].put(2, card.title, bold=True, cells=room)
        rows[16].put(2, card.second, "accent", cells=room)
        self.hot(16, 2, 2 + room, "open_artist")
        rows[17].put(2, card.figures, "muted", cells=room)
        x = 2
        for place, (text, _key, command) in enumerate(card.buttons):
            start = x
            look = ("on_accent", "accent") if place == 0 else ("text", "raised")
            x = rows[19].chip(x, text, *look) + 2
            self.hot(19, start, x - 2, command)
