"""The progress line: played, buffered and missing, in three shapes."""

import math
from dataclasses import dataclass

from player.widgets.row import Row

QUIET_MS = 86_400_000.0


@dataclass(frozen=True)
class Span:
    """How much of a bar is played and how much is here, in half cells and cells."""

    halves: int
    buffered: int


def span(position_ms: float, buffered_ms: float, duration_ms: float, cells: int) -> Span:
    """Places in a track as places on a bar of so many cells."""
    if duration_ms <= 0 or cells <= 0:
        return Span(0, 0)
    halves = int(2 * cells * min(1.0, max(0.0, position_ms / duration_ms)))
    buffered = math.ceil(cells * min(1.0, max(0.0, buffered_ms / duration_ms)))
    return Span(halves, max(buffered, (halves + 1) // 2))


def next_change_ms(position_ms: float, duration_ms: float) -> float:
    """How long until the seconds look different, in ms of playback; the bar moves with them.

    On a short track the bar's half cells change more often than the seconds; each repaint costs
    more than it tells.
    """
    if duration_ms <= 0 or position_ms >= duration_ms:
        return QUIET_MS
    return 1000 - position_ms % 1000


def draw_progress(row: Row, x: int, cells: int, bar: Span) -> None:
    """Draw the bar; the blend spans all of it, so colour tells the place too."""
    whole, half = divmod(bar.halves, 2)
    row.blend(x, "━" * whole + "╸" * half, (x, x + cells))
    drawn = whole + half
    if bar.buffered > drawn:
        row.put(x + drawn, "─" * (bar.buffered - drawn), "buf")
    rest = max(drawn, bar.buffered)
    if cells > rest:
        row.put(x + rest, "╌" * (cells - rest), "unbuf")


def draw_level(row: Row, x: int, cells: int, fraction: float) -> None:
    """A small level, such as the volume."""
    whole, half = divmod(round(2 * cells * min(1.0, max(0.0, fraction))), 2)
    row.blend(x, "━" * whole + "╸" * half, (x, x + cells))
    row.put(x + whole + half, "─" * (cells - whole - half), "line")
