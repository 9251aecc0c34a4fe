"""Invented diagnostics for the engine that plays nothing."""

from math import sin
from typing import Any

import msgspec

from player.playback.diagnostics.report import (
    BINS,
    BufferReport,
    CountsReport,
    LadderReport,
    LinkReport,
    ProcessReport,
    Report,
    SoundReport,
    StoreReport,
    SwitchReport,
)
from player.widgets.model import PlayerState

_TUNNEL = range(38, 42)
"""Stretches in which the link was away."""
_SWITCHES = (
    SwitchReport(
        ago_s=118.0,
        before=320,
        after=96,
        reason="the link fell to 210 kb/s, buffer 9 s",
    ),
    SwitchReport(
        ago_s=74.0,
        before=96,
        after=320,
        reason="the link gives 1,640 kb/s, buffer 31 s",
    ),
)


def figures(state: PlayerState) -> dict[str, Any]:
    """A commute with a tunnel, as it looks at a state."""
    quality = state.quality
    report = Report(
        buffer=BufferReport(seconds=state.buffer_s, target_s=120.0, history=_buffer()),
        link=LinkReport(
            known=True,
            kbps=1940.0,
            fast_kbps=2110.0,
            error=0.18,
            latency_ms=42.0,
            rates=tuple(0 if n in _TUNNEL else round(1900 + 500 * sin(n)) for n in range(BINS)),
            trips=tuple(0 if n in _TUNNEL else round(52 + 30 * sin(2 * n)) for n in range(BINS)),
        ),
        ladder=LadderReport(
            codec="aac",
            kbps=(96, 160, 320),
            real_kbps=(97, 161, 318),
            current=quality.kbps if quality else None,
            reason=quality.reason if quality else "",
            fetched=tuple(_fetched(number) for number in range(BINS)),
        ),
        switches=_SWITCHES,
        counts=CountsReport(
            stalls=1,
            stalled_s=0.8,
            switches=2,
            requests=214,
            abandoned=1,
            downloaded_bytes=9_412_000,
            wasted_bytes=311_000,
        ),
        sound=SoundReport(sink=state.sink, decode_ms=3.1, latency_ms=23.0),
        store=StoreReport(hits=71, misses=29, used_bytes=212_000_000, budget_bytes=2_147_000_000),
        process=ProcessReport(cpu_percent=1.1, cpu_s=41.0, memory_bytes=64_000_000, up_s=3725.0),
    )
    data: dict[str, Any] = msgspec.to_builtins(report)
    return data


def _buffer() -> tuple[float, ...]:
    full = [112.0 + 6 * sin(number) for number in range(_TUNNEL.start - 4)]
    falling = [60.0, 30.0, 12.0, 6.0, 3.0, 0.0, 4.0, 18.0]
    rising = [min(116.0, 30.0 + 9 * number) for number in range(BINS - len(full) - len(falling))]
    return (*full, *falling, *rising)


def _fetched(number: int) -> int:
    if number in _TUNNEL:
        return 0
    return 96 if _TUNNEL.stop <= number < _TUNNEL.stop + 6 else 320
