"""How much to buffer, when to start and when to fetch ahead in the queue. Pure.

Seconds are seconds of audio unless they say otherwise; the buffer is what can be heard without a
gap from here on, in following tracks too.

There are two paces. A listener who lets tracks play is given a buffer of a certain depth, and the
next track's beginning when that is full. One who skips and jumps keeps less of what is ahead: the
next track's beginning comes early, so that a skip finds it here; the buffer is deeper, so that a
jump lands in it; and after a jump into nothing playback waits a little longer before it begins,
since there is nothing to fall back on. Waiting is for weak links only: where the link clearly
outruns the music, the first piece begins it.
"""

from dataclasses import dataclass
from typing import Protocol

USUAL_BYTES_PER_S = 12_000.0
"""Of the lowest quality, as long as nobody knows what comes next."""


@dataclass(frozen=True, slots=True)
class Load:
    """What load control looks at."""

    buffer_s: float
    """Heard without a gap from here on."""
    buffer_bytes: int
    """Memory that pieces ahead occupy, whatever track they belong to."""
    left_s: float
    """From here to the end of the current track."""
    early_s: float
    """Of the next track's beginning, how much is here out of order."""
    piece_bytes: int
    """Size of the piece that would be fetched."""
    rate: float
    """Bytes a second the link gives, 0 if unknown."""
    bytes_per_s: float
    """Bytes a second of the audio that is being fetched."""
    stalled: bool
    """Whether playback has run dry since it began to play."""
    ended: bool
    """Whether nothing more will come (the end of the queue is in the buffer)."""
    starting: bool = False
    """Whether nothing was heard yet since playback began or the listener jumped."""
    coming: bool = True
    """Whether more can be expected (the server is there)."""


class LoadControl(Protocol):
    """Decides when to fetch and when to play; never what."""

    @property
    def target_s(self) -> float:
        """How much buffer is aimed at."""
        ...

    @property
    def budget_bytes(self) -> int:
        """Memory for encoded audio, behind and ahead."""
        ...

    def may_fetch(self, load: Load) -> bool:
        """Whether another piece in playing order should be asked for now."""
        ...

    def fetch_early(self, load: Load) -> bool:
        """Whether the next track's beginning goes before the rest of this track."""
        ...

    def may_play(self, load: Load) -> bool:
        """Whether playback may begin, or begin again after it ran dry."""
        ...

    def jumped(self) -> None:
        """The listener skipped a track or jumped within one."""
        ...

    def heard_out(self) -> None:
        """A track was heard to its end."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How far ahead for one kind of listening."""

    target_s: float
    early_from_s: float
    """Buffer from which the next track's beginning is worth more than this track's end."""
    start_s: float
    """Buffer with which playback begins on a weak link."""


CALM = Pace(target_s=120.0, early_from_s=118.0, start_s=3.3)
RESTLESS = Pace(target_s=350.0, early_from_s=45.0, start_s=10.0)


@dataclass(frozen=True, slots=True)
class LoadNumbers:
    """Tuning of the standard load control."""

    calm: Pace = CALM
    restless: Pace = RESTLESS
    calm_after: int = 3
    """Tracks in a row heard to their end that make a restless listener a calm one."""
    budget_bytes: int = 16_000_000
    """Encoded audio in memory, behind and ahead."""
    early_s: float = 30.0
    """How much of the next track's beginning is fetched early."""
    start_surplus: float = 4.0
    """Link rate over audio rate from which the first piece is enough to begin."""
    restart_s: float = 2.5
    """Buffer that ends a stall when the link is not clearly faster than the audio."""
    restart_surplus: float = 1.5
    """Link rate over audio rate from which one piece is enough to end a stall."""

    @classmethod
    def with_target(cls, target_s: float) -> "LoadNumbers":
        """The same for a calm buffer of another depth."""
        share = target_s / CALM.target_s
        return cls(calm=_scaled(CALM, share), restless=_scaled(RESTLESS, share))


class BufferControl:
    """Fill up to a target within a memory budget, at the listener's pace."""

    def __init__(self, numbers: LoadNumbers | None = None) -> None:
        self._numbers = numbers or LoadNumbers()
        self._heard_out = self._numbers.calm_after

    @property
    def target_s(self) -> float:
        """How much buffer is aimed at."""
        return self._pace.target_s

    @property
    def budget_bytes(self) -> int:
        """Memory for encoded audio, behind and ahead."""
        return self._numbers.budget_bytes

    def may_fetch(self, load: Load) -> bool:
        """Whether another piece in playing order should be asked for now."""
        fits = load.buffer_bytes + load.piece_bytes <= self._numbers.budget_bytes
        return fits and load.buffer_s < self._pace.target_s

    def fetch_early(self, load: Load) -> bool:
        """Whether the next track's beginning goes before the rest of this track."""
        fits = load.buffer_bytes + load.piece_bytes <= self._numbers.budget_bytes
        enough = load.buffer_s >= self._pace.early_from_s
        return enough and fits and load.early_s < self._numbers.early_s

    def may_play(self, load: Load) -> bool:
        """Whether playback may begin, or begin again after it ran dry."""
        if load.buffer_s <= 0:
            return False
        if load.ended or not load.coming:
            return True
        if load.stalled:
            return self._enough(load, self._numbers.restart_s, self._numbers.restart_surplus)
        if load.starting:
            return self._enough(load, self._pace.start_s, self._numbers.start_surplus)
        return True

    def jumped(self) -> None:
        """The listener skipped a track or jumped within one."""
        self._heard_out = 0

    def heard_out(self) -> None:
        """A track was heard to its end."""
        self._heard_out += 1

    @property
    def _pace(self) -> Pace:
        calm = self._heard_out >= self._numbers.calm_after
        return self._numbers.calm if calm else self._numbers.restless

    def _enough(self, load: Load, seconds: float, surplus: float) -> bool:
        needed = load.bytes_per_s or USUAL_BYTES_PER_S
        return load.buffer_s >= seconds or load.rate >= surplus * needed


def _scaled(pace: Pace, share: float) -> Pace:
    """For a deeper buffer only the target grows; a shallower one is smaller in every way."""
    less = min(1.0, share)
    return Pace(pace.target_s * share, pace.early_from_s * less, pace.start_s * less)
