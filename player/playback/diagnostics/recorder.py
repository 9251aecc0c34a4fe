"""The recorder: every event of the playback trace, kept for an hour and summed up as it comes.

It always runs, because what is worth a look has usually happened already. An event costs some ten
microseconds, and there are about two for each piece of 1.5 s.
"""

import json
from collections import deque
from collections.abc import Callable, Collection
from typing import Any, Protocol

from player.playback.bandwidth import Estimate
from player.playback.diagnostics.history import History
from player.playback.diagnostics.ledger import Ledger
from player.playback.diagnostics.link_log import LinkLog
from player.playback.diagnostics.report import (
    BINS,
    WINDOW_S,
    BufferReport,
    CountsReport,
    LadderReport,
    LinkReport,
    Report,
    SwitchReport,
)
from player.playback.diagnostics.tally import Tally
from player.playback.trace import TraceEvent, Tracer, line_of, no_trace

LINES_KEPT = 8_000
"""About an hour of play with jumps and switches, 2 MB."""


class Readings(Protocol):
    """What the recorder looks at when something happens."""

    def place(self) -> tuple[str, int]:
        """(track, sample) that is heard."""
        ...

    def wanted(self) -> Collection[str]:
        """Tracks that are loaded or will be."""
        ...

    def estimate(self) -> Estimate:
        """What is known of the link."""
        ...

    def buffer_s(self) -> float:
        """Seconds that can be heard from here on."""
        ...

    @property
    def target_s(self) -> float:
        """How much is aimed at."""
        ...

    def ladder(self) -> LadderReport:
        """The qualities of what plays."""
        ...


class Recorder:
    """A `Tracer` that hands every event on. Blind until `watch` gives it something to look at."""

    def __init__(self, monotonic: Callable[[], float], onward: Tracer = no_trace) -> None:
        self._monotonic = monotonic
        self._onward = onward
        self._readings: Readings | None = None
        self._lines: deque[tuple[float, str]] = deque(maxlen=LINES_KEPT)
        self._tally = Tally()
        self._ledger = Ledger()
        self._history = History(WINDOW_S)
        self.link = LinkLog()

    def watch(self, readings: Readings) -> None:
        """Look at this from now on."""
        self._readings = readings

    def __call__(self, event: TraceEvent, **fields: Any) -> None:
        """Something happened."""
        line = line_of(self._monotonic(), event, fields)
        self._lines.append((line["t"], json.dumps(line, separators=(",", ":"))))
        readings = self._readings
        if readings is not None:
            self._tally.note(line, readings.estimate())
            self._ledger.note(line, readings.place(), readings.wanted())
            fetched = line["kbps"] if event == "chunk_received" else 0
            buffer_s = line.get("buffer_s")
            if buffer_s is None:
                buffer_s = readings.buffer_s()
            self._history.note(line["t"], buffer_s, fetched)
        self._onward(event, **fields)

    def lines(self, since: float = 0.0) -> list[str]:
        """Events as lines of the trace, oldest first."""
        return [line for t, line in self._lines if t >= since]

    def link_samples(self, since: float = 0.0) -> list[dict[str, Any]]:
        """The link as a trace of the bench."""
        return self.link.samples(since)

    def report(self) -> Report:
        """Everything known here; sound, store and process are others' to add."""
        readings = self._readings
        if readings is None:
            return Report()
        now = self._monotonic()
        self._ledger.leave(readings.wanted())
        return Report(
            buffer=self._buffer(readings, now),
            link=self._link(readings.estimate(), now),
            ladder=self._ladder(readings.ladder(), now),
            switches=tuple(
                SwitchReport(
                    ago_s=round(now - switch.t, 1),
                    before=switch.before,
                    after=switch.after,
                    reason=switch.words,
                )
                for switch in self._tally.latest
            ),
            counts=self._counts(now),
        )

    def _buffer(self, readings: Readings, now: float) -> BufferReport:
        seconds = readings.buffer_s()
        return BufferReport(
            seconds=round(seconds, 2),
            target_s=readings.target_s,
            history=tuple(self._history.buffer(now, seconds, BINS)),
        )

    def _link(self, estimate: Estimate, now: float) -> LinkReport:
        rates, trips = self.link.recent(now, BINS, round(WINDOW_S / BINS))
        return LinkReport(
            known=estimate.known,
            kbps=round(estimate.kbps, 1),
            fast_kbps=round(estimate.fast / 125, 1),
            error=round(estimate.error, 3),
            latency_ms=round(estimate.latency_s * 1000, 1),
            rates=tuple(rates),
            trips=tuple(trips),
        )

    def _ladder(self, ladder: LadderReport, now: float) -> LadderReport:
        return LadderReport(
            codec=ladder.codec,
            kbps=ladder.kbps,
            real_kbps=ladder.real_kbps,
            current=ladder.current,
            reason=ladder.reason,
            fetched=tuple(self._history.fetched(now, BINS)),
        )

    def _counts(self, now: float) -> CountsReport:
        tally, ledger = self._tally, self._ledger
        return CountsReport(
            stalls=tally.stalls,
            stalled_s=round(tally.stalled_s(now), 2),
            switches=tally.switches,
            requests=tally.requests,
            abandoned=tally.abandoned,
            downloaded_bytes=self.link.total_bytes,
            wasted_bytes=ledger.wasted_bytes,
        )
