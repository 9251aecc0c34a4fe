"""How fast the link is: rate and latency apart, with the estimate's own error. Pure.

The rate is bytes over link time, the time during which bytes could have come: waiting for a first
byte is latency and lies outside. Averages fade with link time, not with wall time, so that an idle
player with a full buffer forgets nothing.

The trough is what averages cannot say: how many seconds of music the link once fell behind the
lowest quality, that is, how much buffer would have been needed to hear no gap. It fades slowly.
An unknown link is given a guess, so that it must show that it is steady before it is trusted.
"""

from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Protocol

LEAST_LINK_S = 0.05
"""A transfer shorter than this came out of a buffer on the way and says little of the link."""
LEAST_RATE = 30.0
"""Bytes a second; keeps logarithms finite in an outage."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Bytes received during `link_s`, after `wait_s` from request to first byte.

    `wait_s` is None if the wait was hidden behind another transfer.
    """

    size: int
    link_s: float
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of the link. Rates are bytes a second; `error` is in units of ln(rate)."""

    fast: float
    slow: float
    error: float
    latency_s: float
    transfers: int
    trough_s: float = 0.0
    """Seconds of the lowest quality by which the link fell behind at its worst, faded."""

    @property
    def known(self) -> bool:
        """Whether anything was measured (or remembered) yet."""
        return self.transfers > 0

    @property
    def kbps(self) -> float:
        """The slow rate in kbit/s, for people."""
        return self.slow / 125.0


class BandwidthEstimator(Protocol):
    """Turns transfers into an estimate."""

    def observe(self, transfer: Transfer) -> None:
        """A transfer, or a part of one, is done."""
        ...

    def estimate(self) -> Estimate:
        """What is known now."""
        ...

    def foresee(self, transfer: Transfer) -> Estimate:
        """What the averages would be if a transfer ended like this now; nothing is learned."""
        ...


@dataclass(frozen=True, slots=True)
class BandwidthNumbers:
    """Tuning of the standard estimator. Half-lives are seconds of link time."""

    fast_half_life_s: float = 5.4
    slow_half_life_s: float = 60.0
    error_half_life: float = 10.0
    """Transfers."""
    error_guess: float = 0.4
    error_guess_weight: float = 5.0
    error_clip: tuple[float, float] = (-2.5, 1.5)
    """One outage or one burst must not decide."""
    latency_guess_s: float = 0.12
    latency_weight: float = 0.3
    need: float = 12_000.0
    """Bytes a second below which the link falls behind the music: 96 kbit/s."""
    trough_guess_s: float = 60.0
    trough_half_life_s: float = 525.0
    remembered_fast_s: float = 2.0
    """The remembered rate of a network counts like one that held for so long."""
    remembered_slow_s: float = 15.0


class RateAverage:
    """Exponential average of a rate over link time, corrected for its start from nothing."""

    def __init__(self, half_life_s: float) -> None:
        self._half_life_s = half_life_s
        self._total = 0.0
        self._weight = 0.0

    def add(self, rate: float, seconds: float) -> None:
        """A rate that held for so long."""
        self._total, self._weight = self._with(rate, seconds)

    def foresee(self, rate: float, seconds: float) -> float:
        """The average after a rate that would hold for so long."""
        total, weight = self._with(rate, seconds)
        return total / weight

    @property
    def rate(self) -> float:
        """The average, 0 before the first rate."""
        return self._total / self._weight if self._weight else 0.0

    def _with(self, rate: float, seconds: float) -> tuple[float, float]:
        keep = 0.5 ** (seconds / self._half_life_s)
        weight = self._weight * keep + 1 - keep
        return max(self._total * keep + rate * (1 - keep), LEAST_RATE * weight), weight


class Trough:
    """How far the link fell behind at its worst, in seconds of the lowest quality, fading."""

    def __init__(self, need: float, guess_s: float, half_life_s: float) -> None:
        self._need = need
        self._half_life_s = half_life_s
        self._behind_s = 0.0
        self.seconds = guess_s

    def add(self, rate: float, seconds: float) -> None:
        """A rate that held for so long."""
        self._behind_s = max(0.0, self._behind_s + seconds * (1 - rate / self._need))
        faded = self.seconds * 0.5 ** (seconds / self._half_life_s)
        self.seconds = max(faded, self._behind_s)


class LinkEstimator:
    """Two averages, the spread of single transfers around the fast one, latency and trough."""

    def __init__(self, numbers: BandwidthNumbers | None = None, remembered: float = 0.0) -> None:
        """`remembered` is the slow rate this network gave last, in bytes a second, 0 if unknown.

        It makes the first choice and is soon outweighed: see `remembered_fast_s`.
        """
        self._numbers = numbers = numbers or BandwidthNumbers()
        self._trough = Trough(numbers.need, numbers.trough_guess_s, numbers.trough_half_life_s)
        self._fast = RateAverage(self._numbers.fast_half_life_s)
        self._slow = RateAverage(self._numbers.slow_half_life_s)
        self._latency_s = self._numbers.latency_guess_s
        self._squares = 0.0
        self._squares_weight = 0.0
        self._transfers = 0
        if remembered > 0:
            self._fast.add(remembered, self._numbers.remembered_fast_s)
            self._slow.add(remembered, self._numbers.remembered_slow_s)
            self._transfers = 1

    def observe(self, transfer: Transfer) -> None:
        """A transfer, or a part of one, is done."""
        if transfer.wait_s is not None:
            self._latency_s += self._numbers.latency_weight * (transfer.wait_s - self._latency_s)
        if transfer.size <= 0:
            return
        seconds = max(LEAST_LINK_S, transfer.link_s)
        rate = transfer.size / seconds
        if self._transfers:
            self._learn_error(rate)
        self._fast.add(rate, seconds)
        self._slow.add(rate, seconds)
        self._trough.add(rate, seconds)
        self._transfers += 1

    def estimate(self) -> Estimate:
        """What is known now."""
        return Estimate(
            fast=self._fast.rate,
            slow=self._slow.rate,
            error=self._error(),
            latency_s=self._latency_s,
            transfers=self._transfers,
            trough_s=self._trough.seconds,
        )

    def foresee(self, transfer: Transfer) -> Estimate:
        """What the averages would be if a transfer ended like this now; nothing is learned."""
        seconds = max(LEAST_LINK_S, transfer.link_s)
        rate = transfer.size / seconds
        return replace(
            self.estimate(),
            fast=self._fast.foresee(rate, seconds),
            slow=self._slow.foresee(rate, seconds),
        )

    def _learn_error(self, rate: float) -> None:
        low, high = self._numbers.error_clip
        error = max(low, min(high, log(max(LEAST_RATE, rate)) - log(self._fast.rate)))
        keep = 0.5 ** (1 / self._numbers.error_half_life)
        self._squares = self._squares * keep + error * error
        self._squares_weight = self._squares_weight * keep + 1

    def _error(self) -> float:
        guess, weight = self._numbers.error_guess, self._numbers.error_guess_weight
        return sqrt((self._squares + weight * guess**2) / (self._squares_weight + weight))


class LinkMeter:
    """Cuts overlapping transfers into `Transfer`s: link time counts once, however many share it."""

    def __init__(self, estimator: BandwidthEstimator) -> None:
        self._estimator = estimator
        self._waiting: dict[int, tuple[float, bool]] = {}
        self._flowing: set[int] = set()
        self._bytes = 0
        self._link_s = 0.0
        self._since = 0.0
        self._following = 0
        self.total_bytes = 0

    def asked(self, now: float) -> int:
        """A request was sent; the number names it in the other calls."""
        self._following += 1
        self._waiting[self._following] = (now, bool(self._flowing or self._waiting))
        return self._following

    def received(self, number: int, size: int, now: float) -> None:
        """Bytes of the answer came."""
        waited = self._waiting.pop(number, None)
        if waited is not None:
            asked_at, hidden = waited
            if not hidden:
                self._estimator.observe(Transfer(0, 0.0, now - asked_at))
        self._count(now)
        self._flowing.add(number)
        self._bytes += size
        self.total_bytes += size

    def ended(self, number: int, now: float) -> None:
        """The answer is whole, cut or given up."""
        self._waiting.pop(number, None)
        if number not in self._flowing:
            return
        self._count(now)
        self._flowing.discard(number)
        if self._bytes:
            self._estimator.observe(Transfer(self._bytes, self._link_s))
        self._bytes, self._link_s = 0, 0.0

    def _count(self, now: float) -> None:
        if self._flowing:
            self._link_s += now - self._since
        self._since = now


def blend(estimate: Estimate, towards_fast: float) -> float:
    """A rate between slow (0) and fast (1), or beyond, on the logarithmic scale."""
    if not estimate.known:
        return 0.0
    slow, fast = log(max(estimate.slow, LEAST_RATE)), log(max(estimate.fast, LEAST_RATE))
    return exp(slow + towards_fast * (fast - slow))
