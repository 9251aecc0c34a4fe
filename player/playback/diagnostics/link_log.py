"""What the link gave, second by second: bytes and waiting, noted where the bytes arrive.

A second in which answers flowed tells a rate. A request that fails or hangs tells that there was
none. A second in which nobody asked for anything tells nothing and holds what was before it.
"""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from player.errors import PlayerError
from player.playback.ports import MediaServer
from sync.wire.playback import Codec, Grant

HUNG_S = 2.0
"""A wait for the first byte longer than this is an outage, not latency."""
LEAST_BUSY_S = 0.001
SILENCE_S = 0.5
"""So much of a second must pass without a byte before it counts as no link."""
MOST_SECONDS = 3600


@dataclass(slots=True)
class Second:
    """One second of the clock: bytes, and for how long some could have come."""

    size: int = 0
    busy_s: float = 0.0
    failed: bool = False
    latency_ms: float | None = None

    @property
    def kbps(self) -> float | None:
        """kbit/s, None if this second tells nothing."""
        if self.size:
            return self.size / max(self.busy_s, LEAST_BUSY_S) / 125.0
        return 0.0 if self.failed or self.busy_s >= SILENCE_S else None


@dataclass(slots=True)
class _Request:
    asked_at: float
    hidden: bool
    """Whether its wait lies behind another request."""
    flowing: bool = False


class LinkLog:
    """The last hour of the link."""

    def __init__(self, most_seconds: int = MOST_SECONDS) -> None:
        self._most = most_seconds
        self._seconds: OrderedDict[int, Second] = OrderedDict()
        self._requests: dict[int, _Request] = {}
        self._last = 0
        self._since = 0.0
        self.total_bytes = 0

    # ------------------------------------------------------------------ noting

    def asked(self, now: float) -> int:
        """A request was sent; the number names it in the other calls."""
        self._count(now)
        self._last += 1
        self._requests[self._last] = _Request(now, hidden=bool(self._requests))
        return self._last

    def received(self, number: int, size: int, now: float) -> None:
        """Bytes of the answer came."""
        self._count(now)
        request = self._requests[number]
        if not request.flowing:
            request.flowing = True
            self._waited(request, now)
        self._at(now).size += size
        self.total_bytes += size

    def ended(self, number: int, now: float, *, failed: bool) -> None:
        """The answer is whole, was given up, or `failed`."""
        self._count(now)
        request = self._requests.pop(number)
        if not request.flowing and (failed or now - request.asked_at >= HUNG_S):
            self._busy(request.asked_at, now)
        if failed:
            self._at(now).failed = True

    def _waited(self, request: _Request, now: float) -> None:
        wait_s = now - request.asked_at
        if wait_s >= HUNG_S:
            self._busy(request.asked_at, now)
        elif not request.hidden:
            self._at(now).latency_ms = wait_s * 1000

    def _count(self, now: float) -> None:
        if any(request.flowing for request in self._requests.values()):
            self._busy(self._since, now)
        self._since = now

    def _busy(self, begin: float, end: float) -> None:
        """Bytes could have come in this time; spread over the seconds it touches."""
        begin = max(begin, end - self._most)
        while begin < end:
            until = min(end, float(int(begin) + 1))
            second = self._at(begin)
            second.busy_s = min(1.0, second.busy_s + until - begin)
            begin = until

    def _at(self, now: float) -> Second:
        key = int(now)
        second = self._seconds.get(key)
        if second is None:
            second = self._seconds[key] = Second()
            while len(self._seconds) > self._most:
                self._seconds.popitem(last=False)
        return second

    # ------------------------------------------------------------------ reading

    def recent(self, now: float, bins: int, bin_s: int) -> tuple[list[int], list[int]]:
        """(kbit/s, latency in ms) of the last `bins` stretches, oldest first; 0 is not known."""
        rates: list[list[float]] = [[] for _ in range(bins)]
        waits: list[list[float]] = [[] for _ in range(bins)]
        for key, second in reversed(self._seconds.items()):
            place = bins - 1 - (int(now) - key) // bin_s
            if place < 0:
                break
            if place < bins and second.size and second.kbps is not None:
                rates[place].append(second.kbps)
            if place < bins and second.latency_ms is not None:
                waits[place].append(second.latency_ms)
        return [_mean(values) for values in rates], [_mean(values) for values in waits]

    def samples(self, since: float = 0.0) -> list[dict[str, Any]]:
        """The link as a trace of the bench: `duration_ms`, `bandwidth_kbps`, `latency_ms`."""
        noted = {key: second for key, second in self._seconds.items() if key >= int(since)}
        if not noted:
            return []
        rate = next((s.kbps for s in noted.values() if s.kbps is not None), 0.0)
        latency = next((s.latency_ms for s in noted.values() if s.latency_ms is not None), 0.0)
        rows: list[dict[str, Any]] = []
        for key in range(min(noted), max(noted) + 1):
            second = noted.get(key)
            if second is not None:
                rate = rate if second.kbps is None else second.kbps
                latency = latency if second.latency_ms is None else second.latency_ms
            _append(rows, round(rate, 1), round(latency, 1))
        return rows


def _append(rows: list[dict[str, Any]], kbps: float, latency_ms: float) -> None:
    """One more second; equal ones are one row."""
    if rows and (rows[-1]["bandwidth_kbps"], rows[-1]["latency_ms"]) == (kbps, latency_ms):
        rows[-1]["duration_ms"] += 1000
    else:
        rows.append({"duration_ms": 1000, "bandwidth_kbps": kbps, "latency_ms": latency_ms})


def _mean(values: Sequence[float]) -> int:
    return round(sum(values) / len(values)) if values else 0


class LinkTap:
    """A `MediaServer` that notes what passes through it."""

    def __init__(self, server: MediaServer, log: LinkLog, monotonic: Callable[[], float]) -> None:
        self._server = server
        self._log = log
        self._monotonic = monotonic

    async def grant(self, track_ids: Sequence[str], codec: Codec) -> Grant:
        """The right to stream tracks."""
        return await self._server.grant(track_ids, codec)

    def hang_up(self) -> None:
        """Connections of before are not to be trusted."""
        self._server.hang_up()

    async def read(self, path: str, start: int, end: int | None) -> AsyncGenerator[bytes, None]:
        """Bytes of a signed address as they arrive."""
        number = self._log.asked(self._monotonic())
        failed = False
        try:
            async with aclosing(self._server.read(path, start, end)) as answer:
                async for data in answer:
                    self._log.received(number, len(data), self._monotonic())
                    yield data
        except PlayerError:
            failed = True
            raise
        finally:
            self._log.ended(number, self._monotonic(), failed=failed)
