"""Which rung of the ladder the next piece is fetched at. Pure.

The rule: every rung above the lowest has a threshold, the seconds of buffer at which it is allowed,
and the highest rung whose threshold is reached is taken. A threshold
- is lower for keeping a rung, or coming down to it, than for going up to it, so that a change needs
  seconds of evidence and not one fast piece; at the beginning of a track, where a change is not
  heard, there is one threshold in between,
- falls when the link is faster than the rung's real bytes ahead and rises when it is slower, and
  falls for a link that was faster a while ago (it may be again),
- rises with the trough: a link that has died once is given more reserve for a while,
- scales with the buffer target, and has a part that grows with the length of a piece, because the
  buffer drains while a piece is on its way.
A piece in flight is judged by the same rule with what is known of the flight, so that a link that
dies is noticed within a second or two and not when the piece is here.

A buffer map with hysteresis comes from BBA (Huang et al., SIGCOMM 2014); numbers and what was tried
are in docs/adaptation.md.
"""

from dataclasses import dataclass, field, replace
from math import log
from typing import Literal, Protocol

from player.playback.bandwidth import LEAST_RATE, Estimate, blend

Reason = Literal[
    "start", "fixed", "limit", "saver", "link", "buffer", "steady", "only", "kept", "ahead"
]
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
    "ahead": "like what plays now: the next track's beginning",
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
    piece_s: float = 1.5
    playing: int | None = None
    """Rung fetched last in playing order, in whatever track."""
    early: bool = False
    """Whether the piece is for the next track while this one is not whole yet."""


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
    target_s: float
    rungs: tuple[Rung, ...]
    estimate: Estimate
    foreseen: Estimate
    """What would be known if the request ended now."""


class QualityChoice(Protocol):
    """Decides what to fetch; never when."""

    def choose(self, view: QualityView) -> Choice:
        """The rung of the next piece."""
        ...

    def leave_for(self, flight: Flight) -> int | None:
        """A lower rung at which the piece should be fetched instead, None to go on."""
        ...


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where thresholds lie, in seconds of buffer.

    `up` and `keep` belong to the rungs above the lowest, from the bottom; more rungs than numbers
    use the last one.
    """

    up: tuple[float, ...]
    keep: tuple[float, ...]
    slower: float
    """More, for each unit of ln by which the link is slower than the rung."""
    faster: float
    """Less, for each unit of ln by which it is faster."""
    error: float
    """More, for each unit of the estimate's error above `QualityNumbers.error_mid`."""
    faded: float
    """Less, for each unit of ln by which the link was faster before."""


@dataclass(frozen=True, slots=True)
class QualityNumbers:
    """Tuning of the standard rule."""

    deep: Thresholds = field(
        default_factory=lambda: Thresholds(
            up=(43.3, 87.2),
            keep=(4.4, 28.7),
            slower=31.0,
            faster=84.4,
            error=-11.3,
            faded=34.0,
        )
    )
    """For a target of `tuned_for_s` or more; scales with a smaller one."""
    coarse: Thresholds = field(
        default_factory=lambda: Thresholds(
            up=(0.82, -1.2),
            keep=(0.07, -0.13),
            slower=1.38,
            faster=0.44,
            error=0.87,
            faded=-1.39,
        )
    )
    """For each second that a piece is long."""
    tuned_for_s: float = 120.0
    deeper: float = 0.08
    """Seconds more for each second by which the target is above that: what a deeper buffer has to
    spare is reserve."""
    boundary: float = 0.33
    """At the beginning of a track: 0 is where a rung is kept, 1 where it is gone up to."""
    error_mid: float = 0.5
    trough: float = 0.39
    """Seconds more for each second of the trough."""
    trough_most_s: float = 60.0
    start_surplus: float = 2.0
    """The very first piece may use a rung whose rate the link exceeds so many times."""


@dataclass(frozen=True, slots=True)
class LeaveNumbers:
    """Tuning of the question whether to leave a request. Costs are seconds at the top rung."""

    look_after_s: float = 1.0
    late: float = 2.0
    """Cost is weighed only when the time left exceeds so many times the buffer."""
    silence: float = 22.6
    """Cost of a second of silence."""
    link: float = 0.46
    """Cost of a second of link time."""
    margin: float = 4.5
    """What leaving must gain."""
    known_s: float = 4.9
    """The rate known before counts like one that was seen in flight for so long."""
    known_towards_fast: float = -0.8
    """Which rate that is: 0 the slow one, 1 the fast one, below 0 beyond the slow one."""
    pieces_more: float = 1.3
    """The rule is asked again as if so many pieces more were here: one is on its way."""


class BufferMap:
    """The rule of this module's first lines."""

    def __init__(
        self, numbers: QualityNumbers | None = None, leave: LeaveNumbers | None = None
    ) -> None:
        self._numbers = numbers or QualityNumbers()
        self._leave = leave or LeaveNumbers()

    def choose(self, view: QualityView) -> Choice:
        """The rung of the next piece."""
        if len(view.rungs) == 1:
            return Choice(0, "only")
        if view.limits.fixed_kbps:
            return Choice(_at_most(view.rungs, view.limits.fixed_kbps), "fixed")
        if view.limits.data_saver:
            return Choice(0, "saver")
        best = self._best(view)
        if view.limits.max_kbps:
            ceiling = _at_most(view.rungs, view.limits.max_kbps)
            if best.rung > ceiling:
                return Choice(ceiling, "limit")
        return best

    def leave_for(self, flight: Flight) -> int | None:
        """A lower rung at which the piece should be fetched instead, None to go on."""
        if flight.rung == 0 or flight.seconds < self._leave.look_after_s:
            return None
        if not flight.estimate.known:
            return None
        cheaper = self._cheaper(flight)
        return self._reconsidered(flight) if cheaper is None else cheaper

    # ------------------------------------------------------------------ choosing

    def _best(self, view: QualityView) -> Choice:
        if not view.estimate.known:
            return Choice(0 if view.previous is None else view.previous, "start")
        if view.early:
            return Choice(self._like_before(view), "ahead")
        rung = self._highest(view)
        if view.previous is None and view.playing is None:
            rung = max(rung, self._first_rung(view))
        return self._because(view, rung)

    def _like_before(self, view: QualityView) -> int:
        """The next track's beginning sounds like this track, if that can be kept up."""
        before = view.previous if view.previous is not None else view.playing
        before = before or 0
        allowed = self._highest(replace(view, previous=before))
        return min(before, allowed)

    def _highest(self, view: QualityView) -> int:
        """The highest rung whose threshold is reached."""
        rung = 0
        for level in range(1, len(view.rungs)):
            if view.buffer_s >= self._threshold_s(view, level):
                rung = level
        return rung

    def _first_rung(self, view: QualityView) -> int:
        """Before anything is here: the rung that the link carries easily."""
        rate = min(view.estimate.fast, view.estimate.slow) / self._numbers.start_surplus
        fitting = [n for n, rung in enumerate(view.rungs) if rung.bytes_per_s <= rate]
        return fitting[-1] if fitting else 0

    def _threshold_s(self, view: QualityView, level: int) -> float:
        """Seconds of buffer at which a rung is allowed."""
        numbers = self._numbers
        share = min(1.0, view.target_s / numbers.tuned_for_s)
        reserve_s = numbers.trough * min(view.estimate.trough_s, numbers.trough_most_s)
        deep = self._part_s(numbers.deep, view, level) + reserve_s
        coarse = self._part_s(numbers.coarse, view, level)
        spare_s = max(0.0, view.target_s - numbers.tuned_for_s)
        return share * deep + view.piece_s * coarse + numbers.deeper * spare_s

    def _part_s(self, part: Thresholds, view: QualityView, level: int) -> float:
        fast = max(view.estimate.fast, LEAST_RATE)
        slow = max(view.estimate.slow, LEAST_RATE)
        keep, up = (side[min(level, len(side)) - 1] for side in (part.keep, part.up))
        towards_up = self._numbers.boundary
        if view.previous is not None:
            towards_up = 0.0 if level <= view.previous else 1.0
        lack = log(view.rungs[level].bytes_per_s / fast)
        slope = part.slower if lack > 0 else part.faster
        unsure = part.error * (view.estimate.error - self._numbers.error_mid)
        return (
            keep + towards_up * (up - keep) + slope * lack + unsure - part.faded * log(slow / fast)
        )

    def _because(self, view: QualityView, rung: int) -> Choice:
        if view.previous is None:
            return Choice(rung, "start")
        if rung == view.previous:
            return Choice(rung, "steady")
        rung_rate = view.rungs[max(rung, view.previous)].bytes_per_s
        faster = view.estimate.fast >= rung_rate
        by_link = faster if rung > view.previous else not faster
        return Choice(rung, "link" if by_link else "buffer")

    # ------------------------------------------------------------------ leaving

    def _cheaper(self, flight: Flight) -> int | None:
        """The rung that saves most silence and link time for the quality it loses, if any."""
        leave = self._leave
        known = blend(flight.estimate, leave.known_towards_fast) * leave.known_s
        rate = max(LEAST_RATE, (flight.received + known) / (flight.seconds + leave.known_s))
        left_s = (flight.size - flight.received) / rate
        if left_s <= leave.late * flight.buffer_s:
            return None
        best, best_gain = None, leave.margin
        for rung in range(flight.rung):
            instead_s = flight.estimate.latency_s + flight.rungs[rung].piece_bytes / rate
            saved = self._cost(left_s, flight) - self._cost(instead_s, flight)
            gain = saved - _worth(flight.rungs, rung, flight.rung) * flight.piece_s
            if gain > best_gain:
                best, best_gain = rung, gain
        return best

    def _cost(self, seconds: float, flight: Flight) -> float:
        silence_s = max(0.0, seconds - flight.buffer_s)
        return self._leave.silence * silence_s + self._leave.link * seconds

    def _reconsidered(self, flight: Flight) -> int | None:
        """What the rule would choose if the request had ended now, if that is less to fetch."""
        if flight.buffer_s <= 0:
            return None
        view = QualityView(
            rungs=flight.rungs,
            previous=flight.rung,
            buffer_s=flight.buffer_s + self._leave.pieces_more * flight.piece_s,
            target_s=flight.target_s,
            estimate=flight.foreseen,
            piece_s=flight.piece_s,
        )
        rung = self._highest(view)
        less = flight.rungs[rung].piece_bytes < flight.size - flight.received
        return rung if rung < flight.rung and less else None


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


def _worth(rungs: tuple[Rung, ...], low: int, high: int) -> float:
    """How much better a rung sounds than another: 1 from the bottom to the top of the ladder."""
    return log(rungs[high].kbps / rungs[low].kbps) / log(rungs[-1].kbps / rungs[0].kbps)


def _at_most(rungs: tuple[Rung, ...], kbps: int) -> int:
    """The highest rung that is not above a rate, else the lowest."""
    allowed = [number for number, rung in enumerate(rungs) if rung.kbps <= kbps]
    return allowed[-1] if allowed else 0
