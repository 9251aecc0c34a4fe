"""Packets of one encoder in, clear bytes of the file out: its beginning, then piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from server_stub.streaming.model import fmp4, vorbis
from server_stub.streaming.model.ogg import FIRST_PAGE, LAST_PAGE, OggPacket, OggWriter
from server_stub.streaming.model.plan import AAC_FRAME, AacPlan, PiecePlan, VorbisPlan
from sync.wire.playback import PIECE_SAMPLES, Codec


@dataclass(frozen=True, slots=True)
class ClearPiece:
    """A piece as it stands in the clear file."""

    data: bytes
    preroll: int
    preroll_first: int
    lead: int


class Muxer(Protocol):
    """Writes one rendition; bytes once given never change."""

    def beginning(self) -> bytes:
        """What stands before piece 0."""
        ...

    def add(self, packet: bytes) -> None:
        """The encoder's next packet."""
        ...

    def ready(self, known_samples: int) -> Iterator[ClearPiece]:
        """Pieces that are whole and certain not to be the last."""
        ...

    def finish(self, total_samples: int) -> Iterator[ClearPiece]:
        """The remaining pieces, the last one included."""
        ...


@dataclass(frozen=True, slots=True)
class StreamSetup:
    """What an encoder says about its stream before the first packet."""

    codec: Codec
    sample_rate: int
    kbps: int
    extradata: bytes


def muxer_for(setup: StreamSetup, *, serial: int, piece_samples: int = PIECE_SAMPLES) -> Muxer:
    """The writer of this codec's file."""
    if setup.codec == "aac":
        return AacMuxer(setup, piece_samples)
    return VorbisMuxer(setup, serial, piece_samples)


class _Window:
    """Packets that no piece has taken yet, by their number in the stream."""

    def __init__(self) -> None:
        self._packets: list[bytes] = []
        self._base = 0

    def append(self, packet: bytes) -> None:
        self._packets.append(packet)

    def take(self, end: int) -> list[bytes]:
        """The packets up to number `end`, which leave the window."""
        count = end - self._base
        taken, self._packets = self._packets[:count], self._packets[count:]
        self._base = end
        return taken


class AacMuxer:
    """AAC in fragmented MP4: one fragment a piece."""

    def __init__(self, setup: StreamSetup, piece_samples: int = PIECE_SAMPLES) -> None:
        self._setup = setup
        self._plan = AacPlan(piece_samples)
        self._window = _Window()
        self._fragments = 0
        self._preroll = (0, 0)

    def beginning(self) -> bytes:
        """ftyp and moov."""
        setup = self._setup
        return fmp4.beginning(setup.sample_rate, setup.extradata, setup.kbps * 1000)

    def add(self, packet: bytes) -> None:
        """The encoder's next packet."""
        self._plan.add(AAC_FRAME)
        self._window.append(packet)

    def ready(self, known_samples: int) -> Iterator[ClearPiece]:
        """Pieces that are whole and certain not to be the last."""
        return map(self._write, self._plan.ready(known_samples))

    def finish(self, total_samples: int) -> Iterator[ClearPiece]:
        """The remaining pieces, the last one included."""
        return map(self._write, self._plan.finish(total_samples))

    def _write(self, plan: PiecePlan) -> ClearPiece:
        packets = self._window.take(plan.end)
        self._fragments += 1
        data = fmp4.fragment(self._fragments, plan.first, packets)
        preroll, preroll_first = self._preroll
        tail = packets[plan.tail - plan.first :]
        self._preroll = (sum(map(len, tail)), len(tail[0]) if tail else 0)
        return ClearPiece(data, preroll, preroll_first, plan.lead)


class VorbisMuxer:
    """Vorbis in Ogg: page breaks at the end of a piece and before the pre-roll of the next."""

    def __init__(self, setup: StreamSetup, serial: int, piece_samples: int = PIECE_SAMPLES) -> None:
        self._headers = vorbis.split_headers(setup.extradata)
        self._lengths = vorbis.PacketLengths(vorbis.block_sizes(self._headers[0], self._headers[2]))
        self._plan = VorbisPlan(piece_samples)
        self._ogg = OggWriter(serial)
        self._window = _Window()
        self._granules: list[int] = []
        self._granule = 0
        self._preroll = 0
        self._total: int | None = None

    def beginning(self) -> bytes:
        """The pages of the three header packets."""
        identification, comment, setup = (OggPacket(data, 0) for data in self._headers)
        first = self._ogg.pages([identification], flags_first=FIRST_PAGE)
        return first + self._ogg.pages([comment, setup])

    def add(self, packet: bytes) -> None:
        """The encoder's next packet."""
        samples = self._lengths.next(packet)
        self._plan.add(samples)
        self._window.append(packet)
        self._granule += samples
        self._granules.append(self._granule)

    def ready(self, known_samples: int) -> Iterator[ClearPiece]:
        """Pieces that are whole and certain not to be the last."""
        return map(self._write, self._plan.ready(known_samples))

    def finish(self, total_samples: int) -> Iterator[ClearPiece]:
        """The remaining pieces; the last page ends the stream at the exact sample."""
        self._total = total_samples
        return map(self._write, self._plan.finish(total_samples))

    def _write(self, plan: PiecePlan) -> ClearPiece:
        packets = self._take(plan)
        split = plan.tail - plan.first
        preroll, self._preroll = self._preroll, 0
        if plan.last:
            return ClearPiece(self._closing(packets, only=plan.first == 0), preroll, 0, plan.lead)
        body = self._ogg.pages(packets[:split])
        ends_stream = self._total is not None and not self._granules
        tail = self._ogg.pages(packets[split:], flags_last=LAST_PAGE if ends_stream else 0)
        self._preroll = len(tail)
        return ClearPiece(body + tail, preroll, 0, plan.lead)

    def _take(self, plan: PiecePlan) -> list[OggPacket]:
        taken = self._window.take(plan.end)
        granules, self._granules = self._granules[: len(taken)], self._granules[len(taken) :]
        if self._total is not None:
            granules = [min(at, self._total) for at in granules]
        return [OggPacket(data, at) for data, at in zip(taken, granules, strict=True)]

    def _closing(self, packets: list[OggPacket], *, only: bool) -> bytes:
        """The end of the stream. A last piece whose samples all come from its pre-roll holds an
        empty page, so that its range is never of zero bytes. In a stream of one piece the first
        packet has a page of its own: FFmpeg trims nothing on a page that is both first and last."""
        opening = self._ogg.pages(packets[:1]) if only else b""
        rest = packets[1:] if only else packets
        if rest:
            return opening + self._ogg.pages(rest, flags_last=LAST_PAGE)
        return opening + self._ogg.nil_page(self._total or 0, LAST_PAGE)
