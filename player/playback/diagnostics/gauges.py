"""What can be read off the running player at any moment."""

from collections.abc import Collection
from typing import Protocol

from player.playback.bandwidth import Estimate
from player.playback.diagnostics.report import LadderReport, SoundReport, StoreReport
from player.playback.lane_setup import Policies
from player.playback.transport import Transport
from sync.wire.playback import PIECE_SAMPLES


class SoundGauge(Protocol):
    """What the sound path knows of itself."""

    @property
    def name(self) -> str:
        """Which sink it is."""
        ...

    @property
    def underruns(self) -> int:
        """Audible holes so far."""
        ...

    @property
    def latency_s(self) -> float:
        """From the ring to the ear."""
        ...

    @property
    def decode_s(self) -> float:
        """CPU time of decoding and processing a piece."""
        ...


class StoreGauge(Protocol):
    """What the store of pieces knows of itself."""

    @property
    def hits(self) -> int:
        """How often a piece was here."""
        ...

    @property
    def misses(self) -> int:
        """How often it was not."""
        ...

    @property
    def used_bytes(self) -> int:
        """What it occupies."""
        ...

    @property
    def budget_bytes(self) -> int:
        """What it may occupy."""
        ...


class Gauges:
    """Reads transport and policies; changes nothing."""

    def __init__(self, transport: Transport, policies: Policies) -> None:
        self._transport = transport
        self._policies = policies

    def place(self) -> tuple[str, int]:
        """(track, sample) that is heard."""
        lanes = self._transport.lanes
        return (lanes[0].track_id, self._transport.place().sample) if lanes else ("", 0)

    def wanted(self) -> Collection[str]:
        """Tracks that are loaded or will be."""
        return {lane.track_id for lane in self._transport.lanes}

    def estimate(self) -> Estimate:
        """What is known of the link."""
        return self._policies.bandwidth.estimate()

    def buffer_s(self) -> float:
        """Seconds that can be heard from here on."""
        return self._transport.loader.buffer_s()

    @property
    def target_s(self) -> float:
        """How much is aimed at."""
        return self._policies.load.target_s

    def ladder(self) -> LadderReport:
        """The qualities of what plays."""
        if not self._transport.lanes:
            return LadderReport()
        lane = self._transport.lanes[0]
        number = self._transport.place().sample // PIECE_SAMPLES
        renditions = lane.ladder()
        real = {rung.kbps: rung.bytes_per_s for rung in lane.rungs(number)}
        piece = lane.pieces.get(number)
        return LadderReport(
            codec=renditions[0].codec if renditions else "",
            kbps=tuple(rendition.kbps for rendition in renditions),
            real_kbps=tuple(round(real.get(r.kbps, 0.0) / 125) for r in renditions),
            current=None if piece is None else piece.kbps,
            reason=lane.reasons.get(number, ""),
        )


def sound_report(sound: SoundGauge) -> SoundReport:
    """The sound path's figures."""
    return SoundReport(
        sink=sound.name,
        decode_ms=round(sound.decode_s * 1000, 2),
        latency_ms=round(sound.latency_s * 1000, 1),
        underruns=sound.underruns,
    )


def store_report(store: StoreGauge) -> StoreReport:
    """The store's figures."""
    return StoreReport(
        hits=store.hits,
        misses=store.misses,
        used_bytes=store.used_bytes,
        budget_bytes=store.budget_bytes,
    )
