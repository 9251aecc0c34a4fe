"""At which rate each piece of a rendering is fetched: a list in turn, or as it would be heard.

`auto` renders what somebody who presses play now would hear over this link: the rule of playback
decides, with a buffer that grows by what has come and shrinks by the time that has passed, the
same target and the same limits. It writes as fast as the link brings it, so the buffer that the
rule sees is held at the target where playback would have stopped fetching.
"""

from collections.abc import Callable
from typing import Protocol

from player.errors import NotAllowedError
from player.playback.bandwidth import BandwidthEstimator
from player.playback.lane import Lane
from player.playback.quality import Limits, QualityChoice, QualityView
from sync.wire.playback import LADDER_KBPS


class Rates(Protocol):
    """Decides for each piece in playing order."""

    def wanted(self, ceiling: int) -> frozenset[int]:
        """Which rates must be ready, at most `ceiling` kbps. Raises NotAllowedError."""
        ...

    def choose(self, lane: Lane, number: int) -> int:
        """The rung of a piece, by its place in `lane.sources(number)`."""
        ...

    def arrived(self, seconds: float) -> None:
        """A piece of so many seconds was written."""
        ...


class RatesInTurn:
    """One after the other at every piece border, going on over the borders of tracks."""

    def __init__(self, kbps: tuple[int, ...]) -> None:
        self._kbps = kbps
        self._turn = 0

    def wanted(self, ceiling: int) -> frozenset[int]:
        """All of the list."""
        if ceiling and max(self._kbps) > ceiling:
            remedy = f"--kbps {ceiling}, or auto"
            raise NotAllowedError(f"your plan allows at most {ceiling} kbps", remedy=remedy)
        return frozenset(self._kbps)

    def choose(self, lane: Lane, number: int) -> int:
        """Whose turn it is."""
        kbps = self._kbps[self._turn % len(self._kbps)]
        self._turn += 1
        return [rung.kbps for rung in lane.rungs(number)].index(kbps)

    def arrived(self, seconds: float) -> None:
        """Nothing depends on it."""


class RatesAsHeard:
    """The rule of playback over the link that the rendering uses."""

    def __init__(
        self,
        rule: QualityChoice,
        bandwidth: BandwidthEstimator,
        *,
        target_s: float,
        limits: Callable[[], Limits],
        monotonic: Callable[[], float],
    ) -> None:
        self._rule = rule
        self._bandwidth = bandwidth
        self._target_s = target_s
        self._limits = limits
        self._monotonic = monotonic
        self._buffer_s = 0.0
        self._at: float | None = None
        self._before: tuple[Lane, int] | None = None
        """Lane and kbps of the piece chosen last."""

    def wanted(self, ceiling: int) -> frozenset[int]:
        """The whole ladder, as far as the plan allows."""
        return frozenset(kbps for kbps in LADDER_KBPS if not ceiling or kbps <= ceiling)

    def choose(self, lane: Lane, number: int) -> int:
        """What playback would fetch now."""
        rungs = lane.rungs(number)
        known = [rung.kbps for rung in rungs]
        before = self._before[1] if self._before and self._before[0] is lane else None
        view = QualityView(
            rungs=rungs,
            previous=known.index(before) if before in known else None,
            buffer_s=self._buffer_s,
            target_s=self._target_s,
            estimate=self._bandwidth.estimate(),
            limits=self._limits(),
        )
        rung = self._rule.choose(view).rung
        self._before = (lane, known[rung])
        return rung

    def arrived(self, seconds: float) -> None:
        """The listener of our mind heard for as long as it took, and has so much more."""
        now = self._monotonic()
        passed_s = 0.0 if self._at is None else now - self._at
        self._at = now
        self._buffer_s = min(self._target_s, max(0.0, self._buffer_s - passed_s) + seconds)
