"""Bars of one or more lines over equal stretches of time, the last one at the right edge."""

from collections.abc import Sequence

from player.widgets.row import Row

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def spread(values: Sequence[float], cells: int, bins: int) -> list[float | None]:
    """Values of the latest stretches over so many cells; None where there is no value."""
    spread_out: list[float | None] = []
    for cell in range(cells):
        place = cell * bins // cells - (bins - len(values))
        spread_out.append(values[place] if place >= 0 else None)
    return spread_out


def bar(value: float | None, top: float, line: int, lines: int) -> str:
    """The part of a bar in a line, counted from above; a value that is not nothing is seen."""
    if value is None or top <= 0:
        return " "
    eighths = round(8 * lines * min(1.0, max(0.0, value / top)))
    if value > 0:
        eighths = max(1, eighths)
    return _EIGHTHS[max(0, min(8, eighths - 8 * (lines - 1 - line)))]


def draw_bars(row: Row, x: int, values: Sequence[tuple[str, str]]) -> int:
    """Signs with their roles; neighbours of one role are one run. Returns the column after them."""
    run, role = "", ""
    for sign, wanted in values:
        if wanted != role and run:
            x = row.put(x, run, role)
            run = ""
        run, role = run + sign, wanted
    return row.put(x, run, role) if run else x
