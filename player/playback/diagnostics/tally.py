"""Sums over the trace: stalls, requests, and the latest switches with their reasons in words."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from player.playback.bandwidth import Estimate
from player.playback.quality import REASONS

SWITCHES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of quality: when on the monotonic clock, from and to which kbps, and why."""

    t: float
    before: int
    after: int
    reason: str
    words: str


class Tally:
    """Fed with every line of the trace; constant memory."""

    def __init__(self) -> None:
        self.requests = 0
        self.received = 0
        self.abandoned = 0
        self.stalls = 0
        self.switches = 0
        self.latest: deque[Switch] = deque(maxlen=SWITCHES_KEPT)
        self._stalled_s = 0.0
        self._stalled_since: float | None = None

    def note(self, line: Mapping[str, Any], estimate: Estimate) -> None:
        """One event, and what was known of the link then."""
        match line["event"]:
            case "chunk_requested":
                self.requests += 1
            case "chunk_received":
                self.received += 1
            case "chunk_abandoned":
                self.abandoned += 1
            case "stall_begin":
                self.stalls += 1
                self._stalled_since = line["t"]
            case "stall_end" if self._stalled_since is not None:
                self._stalled_s += line["t"] - self._stalled_since
                self._stalled_since = None
            case "switch":
                self._switched(line, estimate)

    def stalled_s(self, now: float) -> float:
        """Seconds of silence so far, the present one included."""
        since = self._stalled_since
        return self._stalled_s + (0.0 if since is None else now - since)

    def _switched(self, line: Mapping[str, Any], estimate: Estimate) -> None:
        self.switches += 1
        before, after = int(line.get("before", 0)), int(line["kbps"])
        reason = str(line.get("reason", ""))
        words = told(reason, float(line.get("buffer_s", 0.0)), estimate, up=after > before)
        self.latest.append(Switch(line["t"], before, after, reason, words))


def told(reason: str, buffer_s: float, estimate: Estimate, *, up: bool) -> str:
    """Why the quality changed, with the figures it was decided by."""
    if reason == "link":
        verb = "gives" if up else "fell to"
        return f"the link {verb} {estimate.kbps:,.0f} kb/s, buffer {buffer_s:.0f} s"
    if reason == "buffer":
        verdict = "allows more" if up else "is too short for more"
        return f"buffer of {buffer_s:.0f} s {verdict} at {estimate.kbps:,.0f} kb/s"
    return next((words for name, words in REASONS.items() if name == reason), reason)
