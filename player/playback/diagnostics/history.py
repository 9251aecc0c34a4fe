"""The last minutes of buffer and quality, from the moments at which something happened.

Nothing is sampled while nobody looks: between two events the buffer is taken to have gone evenly
from one value to the next.
"""

from collections import deque
from typing import NamedTuple

MOST_POINTS = 2000


class Point(NamedTuple):
    """What was true at a moment of the monotonic clock; 0 kbps: nothing was fetched then."""

    t: float
    buffer_s: float
    kbps: int


class History:
    """Points of at most `window_s`."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._points: deque[Point] = deque(maxlen=MOST_POINTS)

    def note(self, t: float, buffer_s: float, kbps: int) -> None:
        """One more moment."""
        self._points.append(Point(t, buffer_s, kbps))
        while self._points[0].t < t - self._window_s:
            self._points.popleft()

    def buffer(self, now: float, now_s: float, bins: int) -> list[float]:
        """Seconds of buffer at the end of each of `bins` equal stretches, the last one now.

        Stretches before the first point are left out.
        """
        points = [*self._points, Point(now, now_s, 0)]
        step = self._window_s / bins
        values: list[float] = []
        at = 0
        for number in range(bins):
            moment = now - (bins - 1 - number) * step
            if moment < points[0].t:
                continue
            while at + 1 < len(points) and points[at + 1].t <= moment:
                at += 1
            values.append(round(_between(points, at, moment), 1))
        return values

    def fetched(self, now: float, bins: int) -> list[int]:
        """The quality fetched last in each stretch, 0 for none."""
        step = self._window_s / bins
        values = [0] * bins
        for point in self._points:
            place = bins - 1 - int((now - point.t) / step)
            if point.kbps and 0 <= place < bins:
                values[place] = point.kbps
        return values


def _between(points: list[Point], at: int, moment: float) -> float:
    before = points[at]
    if at + 1 == len(points):
        return before.buffer_s
    after = points[at + 1]
    share = (moment - before.t) / max(1e-9, after.t - before.t)
    return before.buffer_s + share * (after.buffer_s - before.buffer_s)
