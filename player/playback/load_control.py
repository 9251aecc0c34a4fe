"""How much to buffer, when to start and when to fetch ahead in the queue. Pure.

Seconds are seconds of audio unless they say otherwise; the buffer is what can be heard without a
gap from here on, in following tracks too.
"""

from dataclasses import dataclass
from typing import Protocol


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


@dataclass(frozen=True, slots=True)
class LoadNumbers:
    """Tuning of the standard load control."""

    target_s: float = 120.0
    budget_bytes: int = 16_000_000
    """Encoded audio in memory, behind and ahead."""
    early_from_s: float = 57.0
    """Buffer from which the next track's beginning is worth more than this track's end."""
    early_s: float = 9.0
    restart_s: float = 6.0
    """Buffer that ends a stall when the link is not clearly faster than the audio."""
    restart_surplus: float = 1.5
    """Link rate over audio rate from which one piece is enough to end a stall."""


class BufferControl:
    """Fill up to a target within a memory budget; start with the first whole piece."""

    def __init__(self, numbers: LoadNumbers | None = None) -> None:
        self._numbers = numbers or LoadNumbers()

    @property
    def target_s(self) -> float:
        """How much buffer is aimed at."""
        return self._numbers.target_s

    @property
    def budget_bytes(self) -> int:
        """Memory for encoded audio, behind and ahead."""
        return self._numbers.budget_bytes

    def may_fetch(self, load: Load) -> bool:
        """Whether another piece in playing order should be asked for now."""
        fits = load.buffer_bytes + load.piece_bytes <= self._numbers.budget_bytes
        return fits and load.buffer_s < self._numbers.target_s

    def fetch_early(self, load: Load) -> bool:
        """Whether the next track's beginning goes before the rest of this track."""
        enough = load.buffer_s >= min(self._numbers.early_from_s, 0.5 * self._numbers.target_s)
        fits = load.buffer_bytes + load.piece_bytes <= self._numbers.budget_bytes
        return enough and fits and load.early_s < self._numbers.early_s

    def may_play(self, load: Load) -> bool:
        """Whether playback may begin, or begin again after it ran dry."""
        if load.buffer_s <= 0:
            return False
        if not load.stalled or load.ended:
            return True
        surplus = load.rate >= self._numbers.restart_surplus * load.bytes_per_s > 0
        return surplus or load.buffer_s >= self._numbers.restart_s
