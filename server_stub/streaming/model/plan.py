"""Which packets belong to which piece, and which of them warm up the piece after it.

Both plans work while the encoder still runs: a piece is given out as soon as it is certain that
another one follows, the rest when the total number of samples is known.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from server_stub.streaming.errors import StreamDamagedError
from sync.wire.playback import CROSSFADE_SAMPLES, PIECE_SAMPLES

AAC_FRAME = 1024
AAC_DELAY = 1024
_AAC_PREROLL = 2


@dataclass(frozen=True, slots=True)
class PiecePlan:
    """Packets [first, end) make this piece; [tail, end) are the pre-roll of the next one.

    `lead` counts the samples which a fresh decoder fed with pre-roll and piece gives before the
    border. The last piece has no tail: there `tail` equals `end`.
    """

    first: int
    tail: int
    end: int
    lead: int
    last: bool


class Plan(Protocol):
    """Packets in, pieces out."""

    def add(self, samples: int) -> None:
        """One more packet, which makes a decoder give so many samples."""
        ...

    def ready(self, known_samples: int) -> Iterator[PiecePlan]:
        """Pieces that are whole and have a successor, given so many source samples so far."""
        ...

    def finish(self, total_samples: int) -> Iterator[PiecePlan]:
        """All remaining pieces. Raises StreamDamagedError if packets are missing."""
        ...


class AacPlan:
    """Packet 0 primes; packet p decodes to source samples [(p-1)*1024, p*1024)."""

    def __init__(self, piece_samples: int = PIECE_SAMPLES) -> None:
        if piece_samples % AAC_FRAME:
            raise ValueError("a piece is a whole number of AAC frames")
        self._piece_samples = piece_samples
        self._frames = piece_samples // AAC_FRAME
        self._count = 0
        self._pieces = 0

    def add(self, samples: int) -> None:
        """One more packet; every AAC packet gives the same number of samples."""
        if samples != AAC_FRAME:
            raise StreamDamagedError(f"an AAC packet of {samples} samples")
        self._count += 1

    def ready(self, known_samples: int) -> Iterator[PiecePlan]:
        """Pieces that are whole and have a successor."""
        while self._end <= self._count and known_samples > self._border:
            yield self._take(self._end, last=False)

    def finish(self, total_samples: int) -> Iterator[PiecePlan]:
        """The rest; the last piece also takes everything that the flush gave."""
        if (self._count - 1) * AAC_FRAME < total_samples:
            raise StreamDamagedError("the AAC encoder gave too few packets")
        yield from self.ready(total_samples)
        yield self._take(self._count, last=True)

    @property
    def _border(self) -> int:
        return (self._pieces + 1) * self._piece_samples

    @property
    def _end(self) -> int:
        return (self._pieces + 1) * self._frames + 1

    def _take(self, end: int, *, last: bool) -> PiecePlan:
        first = self._pieces * self._frames + 1 if self._pieces else 0
        lead = _AAC_PREROLL * AAC_FRAME if self._pieces else AAC_DELAY
        self._pieces += 1
        return PiecePlan(first, end if last else end - _AAC_PREROLL, end, lead, last)


class VorbisPlan:
    """Packets of varying length; a fresh decoder gives nothing for the first one it gets."""

    def __init__(self, piece_samples: int = PIECE_SAMPLES) -> None:
        self._piece_samples = piece_samples
        self._starts: list[int] = []
        self._base = 0  # number of the packet whose start stands first in the list
        self._position = 0
        self._first = 0
        self._pieces = 0
        self._lead = 0

    def add(self, samples: int) -> None:
        """One more packet."""
        self._starts.append(self._position)
        self._position += samples

    def ready(self, known_samples: int) -> Iterator[PiecePlan]:
        """Pieces whose last packet has a successor: then the stream goes on past the border."""
        while self._position > self._border:
            closing = self._packet_of(self._border - 1)
            if closing + 1 >= self._count:
                return
            yield self._take(closing)

    def finish(self, total_samples: int) -> Iterator[PiecePlan]:
        """The rest; the last piece may have no packet of its own, its samples being decoded from
        its pre-roll."""
        if self._position < total_samples:
            raise StreamDamagedError("the Vorbis encoder gave too few packets")
        while self._border < total_samples:
            yield self._take(self._packet_of(self._border - 1))
        yield PiecePlan(self._first, self._count, self._count, self._lead, last=True)

    @property
    def _border(self) -> int:
        return (self._pieces + 1) * self._piece_samples

    @property
    def _count(self) -> int:
        return self._base + len(self._starts)

    def _packet_of(self, sample: int) -> int:
        """The packet that gives this sample (which must be there)."""
        return self._base + bisect_right(self._starts, sample) - 1

    def _take(self, closing: int) -> PiecePlan:
        border = self._border
        exact = self._packet_of(border - CROSSFADE_SAMPLES)
        piece = PiecePlan(self._first, exact - 1, closing + 1, self._lead, last=False)
        self._lead = border - self._starts[exact - self._base]
        self._first = closing + 1
        self._pieces += 1
        self._forget(exact - 1)
        return piece

    def _forget(self, packet: int) -> None:
        """Drop what lies before `packet`: an encode of hours keeps little."""
        del self._starts[: packet - self._base]
        self._base = packet


def piece_count(total_samples: int, piece_samples: int = PIECE_SAMPLES) -> int:
    """How many pieces so many samples make."""
    return -(-total_samples // piece_samples)
