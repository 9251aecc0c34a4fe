"""Diagnostics as they travel: the same values on the socket, in the terminal and in a bundle.

Histories are equal stretches, oldest first, the last one now. Imports nothing heavy: views read it.
"""

import msgspec

WINDOW_S = 300.0
"""What the histories cover."""
BINS = 60


class BufferReport(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that can be heard without the server."""

    seconds: float = 0.0
    target_s: float = 0.0
    history: tuple[float, ...] = ()
    """Only as far back as something played."""


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the link. `error` is in units of ln(rate): 0.4 is a factor of 1.5."""

    known: bool = False
    kbps: float = 0.0
    fast_kbps: float = 0.0
    error: float = 0.0
    latency_ms: float = 0.0
    rates: tuple[int, ...] = ()
    """kbit/s, 0 where nothing came."""
    trips: tuple[int, ...] = ()
    """Waits for a first byte in ms, 0 where none was measured."""


class LadderReport(msgspec.Struct, frozen=True, kw_only=True):
    """The qualities of the track, which one is heard and why."""

    codec: str = ""
    kbps: tuple[int, ...] = ()
    """Labels, lowest first."""
    real_kbps: tuple[int, ...] = ()
    """What the next pieces really take, by the same order; empty before an index is here."""
    current: int | None = None
    reason: str = ""
    fetched: tuple[int, ...] = ()
    """Labels of what was fetched last in each stretch; 0 for nothing."""


class SwitchReport(msgspec.Struct, frozen=True, kw_only=True):
    """A change of quality when it was fetched; it is heard up to a buffer later."""

    ago_s: float
    before: int
    after: int
    reason: str


class CountsReport(msgspec.Struct, frozen=True, kw_only=True):
    """Since the engine started."""

    stalls: int = 0
    stalled_s: float = 0.0
    switches: int = 0
    requests: int = 0
    abandoned: int = 0
    downloaded_bytes: int = 0
    wasted_bytes: int = 0
    """Downloaded and never heard."""


class SoundReport(msgspec.Struct, frozen=True, kw_only=True):
    """The way from pieces to the ear."""

    sink: str = ""
    decode_ms: float = 0.0
    """CPU time of decoding and processing a piece of 1.5 s."""
    latency_ms: float = 0.0
    underruns: int = 0


class StoreReport(msgspec.Struct, frozen=True, kw_only=True):
    """The cache of audio on this device."""

    hits: int = 0
    misses: int = 0
    used_bytes: int = 0
    budget_bytes: int = 0


class ProcessReport(msgspec.Struct, frozen=True, kw_only=True):
    """The engine's process."""

    cpu_percent: float = 0.0
    """Of one core, since the last look (at least half a second ago)."""
    cpu_s: float = 0.0
    memory_bytes: int = 0
    up_s: float = 0.0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything."""

    buffer: BufferReport = BufferReport()
    link: LinkReport = LinkReport()
    ladder: LadderReport = LadderReport()
    switches: tuple[SwitchReport, ...] = ()
    counts: CountsReport = CountsReport()
    sound: SoundReport = SoundReport()
    store: StoreReport = StoreReport()
    process: ProcessReport = ProcessReport()


def without_histories(report: Report) -> Report:
    """The small form, for `status`."""
    return msgspec.structs.replace(
        report,
        buffer=msgspec.structs.replace(report.buffer, history=()),
        link=msgspec.structs.replace(report.link, rates=(), trips=()),
        ladder=msgspec.structs.replace(report.ladder, fetched=()),
        switches=report.switches[-1:],
    )
