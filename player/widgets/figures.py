"""Diagnostics as lines: each draws itself between two columns of a row."""

from collections.abc import Callable, Sequence
from itertools import groupby
from math import exp

from player.playback.diagnostics.report import BINS, WINDOW_S, Report, SwitchReport
from player.styles.text import clean, clock, count
from player.styles.text import width as cells_of
from player.widgets.badge import CODECS
from player.widgets.model import Limits
from player.widgets.row import Row
from player.widgets.sparkline import bar, draw_bars, spread

Line = Callable[[Row, int, int], None]

_CHART_LINES = 4
_LABEL = 7
_RUNG = 18
LOW_S = 10.0
"""Buffer below which the bars warn."""


def nothing(_row: Row, _x: int, _end: int) -> None:
    """An empty line."""


def heading(title: str, note: str = "") -> Line:
    """Bold, a rule to the edge, a faint note at its end."""

    def draw(row: Row, x: int, end: int) -> None:
        at = row.put(x, title, bold=True) + 1
        if note and at + cells_of(note) + 4 < end:
            row.rule(at, row.put_right(end, note, "faint") - 1)
        else:
            row.rule(at, end)

    return draw


def fact(label: str, value: str, role: str = "text") -> Line:
    """A label and its figure at the right."""

    def draw(row: Row, x: int, end: int) -> None:
        row.put(x, label, "muted")
        row.put_right(end, value, role)

    return draw


def words(text: str, role: str = "faint") -> Line:
    """A line of text, cut where the column ends."""

    def draw(row: Row, x: int, end: int) -> None:
        row.put(x, text, role, cells=max(0, end - x))

    return draw


def buffer_lines(report: Report) -> list[Line]:
    """Seconds of buffer over the last minutes."""
    buffer = report.buffer
    low = min(buffer.history, default=buffer.seconds)
    note = f"now {buffer.seconds:.0f} s · low {low:.0f} s · {_stalls(report)}"
    top = max(buffer.target_s, *buffer.history, 1.0)
    chart = [_chart(buffer.history, top, line) for line in range(_CHART_LINES)]
    return [heading("Buffer", note), nothing, *chart, _time_axis, nothing]


def _stalls(report: Report) -> str:
    counts = report.counts
    if not counts.stalls:
        return "no stalls"
    return f"{count(counts.stalls, 'stall')}, {counts.stalled_s:.1f} s"


def _chart(history: Sequence[float], top: float, line: int) -> Line:
    label = {0: f"{top:.0f} s", _CHART_LINES // 2: f"{top / 2:.0f}", _CHART_LINES - 1: "0"}

    def draw(row: Row, x: int, end: int) -> None:
        row.put(x, label.get(line, ""), "faint")
        values = spread(history, max(0, end - x - _LABEL), BINS)
        signs = [
            (bar(value, top, line, _CHART_LINES), "warn" if (value or 0.0) < LOW_S else "ok")
            for value in values
        ]
        draw_bars(row, x + _LABEL, signs)

    return draw


def _time_axis(row: Row, x: int, end: int) -> None:
    row.put(x + _LABEL, f"-{WINDOW_S / 60:.0f} min", "faint")
    row.put_right(end, "now", "faint")


def ladder_lines(report: Report, limits: Limits) -> list[Line]:
    """The qualities, what was fetched when, and why the present one."""
    link, ladder = report.link, report.ladder
    spare = f" ± {100 * (exp(link.error) - 1):.0f} %"
    note = f"estimate {link.kbps:,.0f} kb/s{spare}" if link.known else "nothing measured yet"
    lines = [heading("Qualities", note)]
    real = dict(zip(ladder.kbps, ladder.real_kbps, strict=False))
    lines += [_rung(report, kbps, real.get(kbps, 0)) for kbps in reversed(ladder.kbps)]
    if not ladder.kbps:
        lines.append(words("nothing plays"))
    held = limits.words()
    said = [clean(ladder.reason), *([f"held: {held}"] if held else [])]
    return [*lines, words(" · ".join(part for part in said if part)), nothing]


def _rung(report: Report, kbps: int, real: int) -> Line:
    ladder = report.ladder
    here = kbps == ladder.current

    def draw(row: Row, x: int, end: int) -> None:
        name = f"{CODECS.get(ladder.codec, ladder.codec)} {kbps}"
        row.put(x, name, "text" if here else "muted", bold=here)
        if real:
            row.put_right(x + _RUNG - 2, f"{real}", "faint")
        at = start = x + _RUNG
        fetched = spread(ladder.fetched, max(0, end - start), BINS)
        for lit, run in groupby(value == kbps for value in fetched):
            cells = len(list(run))
            if lit:
                at = row.blend(at, "━" * cells, (start, end))
            else:
                at = row.put(at, "╌" * cells, "unbuf")

    return draw


def switch_lines(report: Report, most: int) -> list[Line]:
    """The latest switches, newest first."""
    lines = [heading("Why it switched", f"{report.counts.switches} so far")]
    lines += [_switch(switch) for switch in tuple(reversed(report.switches))[:most]]
    if not report.switches:
        lines.append(words("the quality has not changed"))
    return [*lines, nothing]


def _switch(switch: SwitchReport) -> Line:
    def draw(row: Row, x: int, end: int) -> None:
        up = switch.after > switch.before
        at = row.put(x, f"{clock(switch.ago_s * 1000)} ago", "faint")
        at = row.put(max(at + 1, x + 11), "↑" if up else "↓", "ok" if up else "warn")
        at = row.put(at + 1, f"{switch.before} → {switch.after}".ljust(11))
        row.put(at + 1, clean(switch.reason), "muted", cells=max(0, end - at - 1))

    return draw


def link_lines(report: Report) -> list[Line]:
    """What came, and how long a first byte took."""
    link = report.link
    rates = [rate for rate in link.rates if rate]
    top = max(rates, default=0)
    trips = sorted(trip for trip in link.trips if trip)
    late = f" · worst {trips[-1]} ms" if trips else ""
    return [
        heading("Link", f"best {top:,} kb/s" if top else ""),
        _spark(link.rates, top),
        heading("Round trip", f"{link.latency_ms:.0f} ms{late}"),
        _spark(link.trips, max(trips, default=0)),
        nothing,
    ]


def _spark(values: Sequence[float], top: float) -> Line:
    def draw(row: Row, x: int, end: int) -> None:
        signs = [(bar(value, top, 0, 1), "info") for value in spread(values, end - x, BINS)]
        draw_bars(row, x, signs)

    return draw


def side_lines(report: Report, window: tuple[float, float]) -> list[Line]:
    """Figures without a history. `window`: CPU in percent and memory of this terminal program."""
    return [*_losses(report), *_sound(report), *_store(report), *_process(report, window)]


def _losses(report: Report) -> list[Line]:
    counts = report.counts
    share = counts.wasted_bytes / max(1, counts.downloaded_bytes)
    return [
        heading("Losses"),
        fact("stalls", _stalls(report), "warn" if counts.stalls else "ok"),
        fact("requests given up", f"{counts.abandoned} of {counts.requests}"),
        fact("came from the server", _megabytes(counts.downloaded_bytes)),
        fact("never heard", f"{_megabytes(counts.wasted_bytes)} · {100 * share:.0f} %"),
        nothing,
    ]


def _sound(report: Report) -> list[Line]:
    sound = report.sound
    return [
        heading("Sound"),
        fact("device", clean(sound.sink)),
        fact("decoding a piece", f"{sound.decode_ms:.1f} ms"),
        fact("output latency", f"{sound.latency_ms:.0f} ms"),
        fact("underruns", f"{sound.underruns}", "warn" if sound.underruns else "ok"),
        nothing,
    ]


def _store(report: Report) -> list[Line]:
    store = report.store
    asked = store.hits + store.misses
    return [
        heading("Cache"),
        fact("found here", f"{100 * store.hits / asked:.0f} % of {asked:,}" if asked else "-"),
        fact("room", f"{_megabytes(store.used_bytes)} of {_megabytes(store.budget_bytes)}"),
        nothing,
    ]


def _process(report: Report, window: tuple[float, float]) -> list[Line]:
    process = report.process
    return [
        heading("Process"),
        fact("engine CPU", f"{process.cpu_percent:.1f} %"),
        fact("engine memory", _megabytes(process.memory_bytes)),
        fact("engine since", clock(process.up_s * 1000)),
        fact("this window", f"{window[0]:.1f} % · {_megabytes(window[1])}"),
        nothing,
    ]


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"
