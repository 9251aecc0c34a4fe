"""One line of cells, put together from pieces at columns and turned into a strip."""

from operator import itemgetter

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from player.styles.palette import Palette
from player.styles.text import fit
from player.styles.text import width as cells_of

BLEND_STEPS = 20
"""Colours of the blend: few enough for long runs, since every run costs bytes to the terminal."""


class Row:
    """A line being drawn. Later pieces win where they overlap; gaps show the fill."""

    __slots__ = ("_pieces", "cut", "fill", "palette", "width")

    def __init__(self, palette: Palette, width: int, fill: str = "bg") -> None:
        self.palette = palette
        self.width = width
        self.fill = fill
        self.cut = False
        """Whether a text had to end with an ellipsis."""
        self._pieces: list[tuple[int, str, Style]] = []

    def fitted(self, text: str, cells: int) -> str:
        """As much of a text as fits."""
        shown = fit(text, cells)
        self.cut = self.cut or (cells > 0 and shown != text)
        return shown

    def put(
        self,
        x: int,
        text: str,
        role: str = "text",
        *,
        bold: bool = False,
        cells: int | None = None,
    ) -> int:
        """Write in a role's colour, cut to `cells` if given. Returns the column after it."""
        style = self.palette.style(role, self.fill, bold=bold)
        return self.draw(x, text if cells is None else self.fitted(text, cells), style)

    def put_marked(self, x: int, text: str, role: str = "accent") -> int:
        """Write bold and underlined: a search hit, the word being sung."""
        style = self.palette.style(role, self.fill, bold=True, underline=True)
        return self.draw(x, text, style)

    def put_right(self, end: int, text: str, role: str = "text", *, bold: bool = False) -> int:
        """Write so that the text ends before column `end`. Returns the column it begins at."""
        x = end - cells_of(text)
        self.put(x, text, role, bold=bold)
        return x

    def draw(self, x: int, text: str, style: Style) -> int:
        """Write in any style. Returns the column after it."""
        if text:
            self._pieces.append((x, text, style))
        return x + cells_of(text)

    def chip(self, x: int, text: str, role: str = "text", fill: str = "raised") -> int:
        """A word on a fill, or in brackets where fills cannot be seen."""
        seen = self.palette.fills or (fill == "accent" and self.palette.theme.depth != "none")
        label = f" {text} " if seen else f"[{text}]"
        return self.draw(x, label, self.palette.style(role, fill if seen else self.fill, bold=True))

    def rule(self, x: int, end: int) -> None:
        """A thin line up to column `end`."""
        if end > x:
            self.put(x, "─" * (end - x), "line")

    def blend(self, x: int, text: str, span: tuple[int, int], *, bold: bool = False) -> int:
        """Write in the colours of the blend, which runs over columns `span`."""
        start, end = span
        length = max(1, end - start - 1)
        run, step = "", -1
        for character in text:
            here = round(BLEND_STEPS * min(1.0, max(0.0, (x + cells_of(run) - start) / length)))
            if here != step and run:
                x = self.draw(x, run, self._blended(step, bold=bold))
                run = ""
            run, step = run + character, here
        return self.draw(x, run, self._blended(step, bold=bold)) if run else x

    def _blended(self, step: int, *, bold: bool) -> Style:
        return self.palette.blend(step / BLEND_STEPS, self.fill, bold=bold)

    def strip(self) -> Strip:
        """The finished line, exactly as wide as asked for."""
        base = self.palette.style("text", self.fill)
        if not self._pieces:
            return Strip([Segment(" " * self.width, base)], self.width)
        at = 0
        segments: list[Segment] = []
        say = self.palette.say
        for x, text, style in _in_order(self._pieces):
            if x < at:
                line = _over(segments, at, x, Segment(say(text), style))
                segments = list(line)
                at = line.cell_length
                continue
            if x > at:
                segments.append(Segment(" " * (x - at), base))
            segments.append(Segment(say(text), style))
            at = x + cells_of(text)
        if at < self.width:
            segments.append(Segment(" " * (self.width - at), base))
        strip = Strip(segments, max(at, self.width))
        return strip if at <= self.width else strip.crop(0, self.width)


def _in_order(pieces: list[tuple[int, str, Style]]) -> list[tuple[int, str, Style]]:
    """From left to right, so that nothing has to be cut; as drawn if pieces overlap."""
    ordered = sorted(pieces, key=itemgetter(0))
    at = 0
    for x, text, _ in ordered:
        if x < at:
            return pieces
        at = x + cells_of(text)
    return ordered


def _over(segments: list[Segment], at: int, x: int, piece: Segment) -> Strip:
    """The first `at` cells with a piece laid over them at column x."""
    below = Strip(segments, at)
    above = Strip([piece])
    end = x + above.cell_length
    if x < 0:
        above = above.crop(-x)
    return Strip.join([below.crop(0, max(0, x)), above, below.crop(end, max(end, at))])
