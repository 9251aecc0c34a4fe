"""One entry of the queue on its way through memory: grant, open renditions and loaded pieces."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from player.playback.grants import GrantedTrack
from player.playback.media import OpenRendition
from player.playback.pieces import LoadedPiece
from player.playback.quality import Rung
from sync.wire.playback import PIECE_SAMPLES, Codec, Manifest, Rendition

if TYPE_CHECKING:
    import asyncio

    from player.errors import PlayerError

USUAL_RATE = 44_100
PIECES_AHEAD = 8
"""Pieces whose real sizes a quality decision looks at."""


class Lane:
    """Filled by the loader, emptied by the feeder. Piece numbers count from the track's start."""

    def __init__(self, entry: str, track_id: str, codec: Codec, *, start_ms: int = 0) -> None:
        self.entry = entry
        self.track_id = track_id
        self.codec: Codec = codec
        self.start_ms = start_ms
        """Where loading begins as long as the sample rate is unknown."""
        self.granted: GrantedTrack | None = None
        self.opened: dict[str, OpenRendition] = {}
        self.pieces: dict[int, LoadedPiece] = {}
        self.reasons: dict[int, str] = {}
        """Why each piece has its quality, in words."""
        self.tails: dict[str, tuple[int, bytes]] = {}
        """By rendition: the last piece brought, as stored, for the pre-roll of the next."""
        self.refused: set[str] = set()
        """Renditions with damaged bytes."""
        self.error: PlayerError | None = None
        self.chore: asyncio.Task[None] | None = None
        """Getting ready: grant and indexes."""
        self.siblings_tried = False
        self.asked_at = 0.0
        """When a grant came last, on a monotonic clock."""
        self.asked_in_vain = 0
        """So often in a row a growing track had not grown when it was asked about."""
        self.alarm: asyncio.TimerHandle | None = None
        """When a growing track is worth another question."""
        self.ends_at: int | None = None
        """The piece before which playing stops, because the rest cannot be had."""

    # ------------------------------------------------------------------ the track

    @property
    def manifest(self) -> Manifest | None:
        """The manifest, once granted."""
        return None if self.granted is None else self.granted.manifest

    @property
    def rate(self) -> int:
        """Samples a second."""
        return USUAL_RATE if self.granted is None else self.granted.manifest.sample_rate

    @property
    def piece_s(self) -> float:
        """Seconds of one piece."""
        return PIECE_SAMPLES / self.rate

    @property
    def duration_samples(self) -> int | None:
        """How long the track is, an estimate while it grows."""
        return None if self.granted is None else self.granted.manifest.duration_samples

    @property
    def total_pieces(self) -> int | None:
        """How many pieces there are to play, None as long as nobody knows."""
        if self.ends_at is not None:
            return self.ends_at
        manifest = self.manifest
        if manifest is None or not manifest.exact:
            return None
        if not any(rendition.complete for rendition in manifest.renditions):
            return None
        return -(-manifest.duration_samples // PIECE_SAMPLES)

    @property
    def end_sample(self) -> int | None:
        """Where playing ends, None as long as nobody knows."""
        total, duration = self.total_pieces, self.duration_samples
        if total is None or duration is None:
            return None
        return min(duration, total * PIECE_SAMPLES)

    def ladder(self) -> list[Rendition]:
        """Renditions that may be played, lowest rate first: of one codec if there is a choice."""
        if self.granted is None:
            return []
        all_of_them = [r for r in self.granted.manifest.renditions if r.id not in self.refused]
        wanted = [r for r in all_of_them if r.codec == self.codec]
        return sorted(wanted or all_of_them, key=lambda rendition: rendition.kbps)

    def grant(self, granted: GrantedTrack) -> None:
        """Take a (new) grant on: indexes that it no longer names are forgotten."""
        self.granted = granted
        named = {(r.id, r.index_sha256) for r in granted.manifest.renditions}
        self.opened = {
            rendition_id: source
            for rendition_id, source in self.opened.items()
            if (rendition_id, source.rendition.index_sha256) in named
        }

    # ------------------------------------------------------------------ choosing

    def sources(self, number: int) -> list[OpenRendition]:
        """Open renditions that have the piece, lowest rate first."""
        return [
            self.opened[rendition.id]
            for rendition in self.ladder()
            if rendition.id in self.opened and number < len(self.opened[rendition.id].index.pieces)
        ]

    def rungs(self, number: int) -> tuple[Rung, ...]:
        """What `sources` cost from a piece on, in real bytes."""
        return tuple(self._rung(source, number) for source in self.sources(number))

    def guessed_rungs(self) -> tuple[Rung, ...]:
        """What the ladder costs on average, before any index is here."""
        return tuple(
            Rung(r.kbps, *_average(r.bytes, r.pieces, self.piece_s)) for r in self.ladder()
        )

    def kbps_of(self, number: int) -> int | None:
        """At which rate a piece was loaded."""
        piece = self.pieces.get(number)
        return None if piece is None else piece.kbps

    def last_other_kbps(self, number: int) -> int | None:
        """The rate before the last change, looking back over at most a chunk from a piece."""
        kbps = self.kbps_of(number)
        for place in range(number - 1, number - 1 - PIECES_AHEAD, -1):
            before = self.kbps_of(place)
            if before is None:
                return None
            if before != kbps:
                return before
        return None

    def _rung(self, source: OpenRendition, number: int) -> Rung:
        ahead = source.index.pieces[number : number + PIECES_AHEAD]
        rate = sum(piece.size for piece in ahead) / (len(ahead) * self.piece_s)
        return Rung(source.rendition.kbps, ahead[0].size, rate)

    # ------------------------------------------------------------------ pieces

    def sample_of_start(self) -> int:
        """Where loading begins."""
        sample = self.start_ms * self.rate // 1000
        duration = self.duration_samples
        return sample if duration is None else max(0, min(sample, duration - 1))

    def first_missing(self, number: int) -> int:
        """The first piece from `number` on that is not here; the total when all are."""
        while number in self.pieces:
            number += 1
        return number

    def whole_from(self, number: int) -> bool:
        """Whether everything from a piece to the end is here."""
        total = self.total_pieces
        return total is not None and self.first_missing(number) >= total

    def samples_here(self, sample: int) -> int:
        """Contiguous samples that are here from a sample on."""
        number = sample // PIECE_SAMPLES
        end = self.first_missing(number)
        if end == number:
            return 0
        last = self.pieces[end - 1]
        return max(0, (end - 1) * PIECE_SAMPLES + last.keep - sample)

    def from_sample(self, sample: int) -> Iterator[LoadedPiece]:
        """Contiguous pieces from the one that contains a sample."""
        number = sample // PIECE_SAMPLES
        while number in self.pieces:
            yield self.pieces[number]
            number += 1

    def bytes_from(self, number: int) -> int:
        """Memory of the pieces from a number on."""
        return sum(_weight(piece) for place, piece in self.pieces.items() if place >= number)

    def drop_behind(self, number: int, excess: int) -> int:
        """Forget pieces before a number, oldest first, until `excess` bytes are free."""
        freed = 0
        for place in sorted(place for place in self.pieces if place < number):
            if freed >= excess:
                break
            freed += _weight(self.pieces.pop(place))
        return freed

    def fail(self, error: "PlayerError") -> None:
        """It cannot be had (further); news of a rest that was given up already is none."""
        if self.ends_at is None:
            self.error = error

    def cut_short(self, sample: int) -> bool:
        """The rest cannot be had: play what is here from a sample on; False if that is nothing."""
        if self.granted is None or not self.samples_here(sample):
            return False
        self.ends_at = self.first_missing(sample // PIECE_SAMPLES)
        self.error = None
        return True

    def adopt(self, other: "Lane") -> None:
        """The same track again: everything that is here serves twice."""
        self.granted, self.siblings_tried = other.granted, other.siblings_tried
        self.opened, self.pieces = other.opened.copy(), other.pieces.copy()

    def close(self) -> None:
        """Stop getting ready."""
        self.disarm()
        if self.chore is not None:
            self.chore.cancel()

    def disarm(self) -> None:
        """No other question is due."""
        if self.alarm is not None:
            self.alarm.cancel()
            self.alarm = None


def _weight(piece: LoadedPiece) -> int:
    return len(piece.body) + len(piece.preroll)


def _average(size: int, pieces: int, piece_s: float) -> tuple[int, float]:
    each = size / max(1, pieces)
    return int(each), each / piece_s
