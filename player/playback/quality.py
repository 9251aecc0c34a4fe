"""Which rung of the ladder the next piece is fetched at. Pure.

The rule (a buffer map with hysteresis that the rate shifts): every rung above the lowest has a
buffer threshold, a share of the buffer target. It falls when the link is faster than the rung's
real bytes ahead and rises when it is slower; the estimate's error and its trend shift it. Keeping
a rung, or coming down to it, needs less buffer than going up to it. The highest rung whose
threshold is reached is taken, so that a change needs seconds of evidence, not one fast piece.
"""

from dataclasses import dataclass
from math import log
from typing import Literal, Protocol

from player.playback.bandwidth import LEAST_RATE, Estimate, blend

Reason = Literal["start", "fixed", "limit", "saver", "link", "buffer", "steady", "only", "kept"]
REASONS: dict[Reason, str] = {
    "start": "first piece: starts low to start soon",
    "fixed": "you fixed the quality",
    "limit": "your plan or the track allows no more",
    "saver": "data saver is on",
    "link": "the link is faster or slower now",
    "buffer": "the buffer allows it",
    "steady": "no reason to change",
    "kept": "it is on this device already",
    "only": "the track has one quality so far",
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One quality of the track, with the real size of what is next."""

    kbps: int
    piece_bytes: int
    """The piece about to be requested."""
    bytes_per_s: float
    """Real rate of the next pieces."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the person and the plan allow. 0 means no limit, `fixed_kbps` 0 adapts."""

    fixed_kbps: int = 0
    max_kbps: int = 0
    data_saver: bool = False


@dataclass(frozen=True, slots=True)
class QualityView:
    """What a choice looks at."""

    rungs: tuple[Rung, ...]
    """Rising; at least one."""
    previous: int | None
    """Rung of the piece before this one in the same track, None at its beginning."""
    buffer_s: float
    target_s: float
    estimate: Estimate
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Choice:
    """A rung and why."""

    rung: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Flight:
    """A piece on its way, for the question whether to leave it."""

    rung: int
    size: int
    received: int
    seconds: float
    """Since its first byte."""
    piece_s: float
    buffer_s: float
    rungs: tuple[Rung, ...]
    estimate: Estimate


class QualityChoice(Protocol):
    """Decides what to fetch; never when."""

    def choose(self, view: QualityView) -> Choice:
        """The rung of the next piece."""
        ...

    def leave_for(self, flight: Flight) -> int | None:
        """A lower rung at which the piece should be fetched instead, None to go on."""
        ...


@dataclass(frozen=True, slots=True)
class QualityNumbers:
    """Tuning of the standard rule. Seconds hold for a target of 120 s and scale with it.

    `up` and `keep` belong to the rungs above the lowest, from the bottom; more rungs than numbers
    use the last one.
    """

    up_s: tuple[float, ...] = (53.5, 90.0)
    keep_s: tuple[float, ...] = (20.9, 40.8)
    slower_s: float = 19.0
    """More, for each unit of ln by which the link is slower than the rung."""
    faster_s: float = 69.6
    """Less, for each unit of ln by which it is faster."""
    error_s: float = -12.8
    """More, for each unit of error above `error_mid`."""
    error_mid: float = 0.5
    trend_s: float = -35.9
    """More, for each unit of ln(fast / slow)."""
    start_surplus: float = 2.0
    """A track's first piece may use a rung whose rate the link exceeds so many times."""
    bypass: float = 0.1
    """The top at once when ln(link / rung) exceeds the error by this."""
    tuned_for_s: float = 120.0
    late: float = 1.4
    """A piece is left only when the time left exceeds so many times the buffer."""
    look_after_s: float = 1.0


class BufferMap:
    """The rule of this module's first lines."""

    def __init__(self, numbers: QualityNumbers | None = None) -> None:
        self._numbers = numbers or QualityNumbers()

    def choose(self, view: QualityView) -> Choice:
        """The rung of the next piece."""
        if len(view.rungs) == 1:
            return Choice(0, "only")
        if view.limits.fixed_kbps:
            return Choice(_at_most(view.rungs, view.limits.fixed_kbps), "fixed")
        if view.limits.data_saver:
            return Choice(0, "saver")
        best = self._highest(view)
        if view.limits.max_kbps:
            ceiling = _at_most(view.rungs, view.limits.max_kbps)
            if best.rung > ceiling:
                return Choice(ceiling, "limit")
        return best

    def leave_for(self, flight: Flight) -> int | None:
        """A lower rung at which the piece should be fetched instead, None to go on."""
        if flight.rung == 0 or flight.seconds < self._numbers.look_after_s:
            return None
        known = flight.estimate.fast if flight.estimate.known else LEAST_RATE
        rate = max(LEAST_RATE, (flight.received + known) / (flight.seconds + 1.0))
        left_s = (flight.size - flight.received) / rate
        if left_s <= self._numbers.late * flight.buffer_s:
            return None
        for rung in range(flight.rung):
            instead_s = flight.estimate.latency_s + flight.rungs[rung].piece_bytes / rate
            if instead_s < 0.5 * left_s:
                return rung
        return None

    def _highest(self, view: QualityView) -> Choice:
        if not view.estimate.known:
            return Choice(0 if view.previous is None else view.previous, "start")
        if self._plainly_fast(view):
            return self._because(view, len(view.rungs) - 1)
        rung = 0
        for level in range(1, len(view.rungs)):
            if view.buffer_s >= self._threshold_s(view, level):
                rung = level
        if view.previous is None:
            rung = max(rung, self._first_rung(view))
        return self._because(view, rung)

    def _plainly_fast(self, view: QualityView) -> bool:
        if not self._numbers.bypass:
            return False
        spare = log(max(view.estimate.slow, LEAST_RATE) / view.rungs[-1].bytes_per_s)
        return spare - view.estimate.error >= self._numbers.bypass

    def _first_rung(self, view: QualityView) -> int:
        """At the beginning of a track a change is free: the rung that the link carries easily."""
        rate = min(view.estimate.fast, view.estimate.slow) / self._numbers.start_surplus
        fitting = [n for n, rung in enumerate(view.rungs) if rung.bytes_per_s <= rate]
        return fitting[-1] if fitting else 0

    def _threshold_s(self, view: QualityView, level: int) -> float:
        """Seconds of buffer at which a rung is allowed."""
        numbers = self._numbers
        keep = view.previous is not None and level <= view.previous
        bases = numbers.keep_s if keep else numbers.up_s
        lack = log(view.rungs[level].bytes_per_s / max(view.estimate.slow, LEAST_RATE))
        slope = numbers.slower_s if lack > 0 else numbers.faster_s
        trend = log(blend(view.estimate, 1.0) / blend(view.estimate, 0.0))
        shift = numbers.error_s * (view.estimate.error - numbers.error_mid)
        base = bases[min(level, len(bases)) - 1]
        seconds = base + slope * lack + shift + numbers.trend_s * trend
        return seconds * view.target_s / numbers.tuned_for_s

    def _because(self, view: QualityView, rung: int) -> Choice:
        if view.previous is None:
            return Choice(rung, "start")
        if rung == view.previous:
            return Choice(rung, "steady")
        rung_rate = view.rungs[max(rung, view.previous)].bytes_per_s
        faster = view.estimate.slow >= rung_rate
        by_link = faster if rung > view.previous else not faster
        return Choice(rung, "link" if by_link else "buffer")


class FixedRungs:
    """Rungs in turn, one a piece: for rendering and tests of switches."""

    def __init__(self, kbps: tuple[int, ...]) -> None:
        if not kbps:
            raise ValueError("a list of at least one rate")
        self._kbps = kbps
        self._turn = 0

    def choose(self, view: QualityView) -> Choice:
        """The next of the list."""
        wanted = self._kbps[self._turn % len(self._kbps)]
        self._turn += 1
        return Choice(_at_most(view.rungs, wanted), "fixed")

    def leave_for(self, flight: Flight) -> int | None:
        """Never."""
        return None


def _at_most(rungs: tuple[Rung, ...], kbps: int) -> int:
    """The highest rung that is not above a rate, else the lowest."""
    allowed = [number for number, rung in enumerate(rungs) if rung.kbps <= kbps]
    return allowed[-1] if allowed else 0
