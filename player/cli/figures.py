"""Diagnostics and limits as lines for people. Standard library only."""

from typing import Any

_BARS = "▁▂▃▄▅▆▇█"


def limit_words(limits: dict[str, Any]) -> list[str]:
    """What is chosen, metered or allowed, as far as it is not the usual."""
    quality = limits["quality"]
    said = {"auto": "", "saver": "data saver"}.get(quality, f"always {quality} kbps")
    metered = "metered" if limits["metered"] else ""
    return [word for word in (said, metered) if word]


def limit_lines(limits: dict[str, Any]) -> list[str]:
    """The answer to `quality` and `metered`."""
    chosen = " · ".join(limit_words(limits)) or "follows the link"
    plan = limits["plan_kbps"]
    return [f"quality: {chosen}" + (f" · your plan allows {plan} kbps" if plan else "")]


def figure_lines(report: dict[str, Any]) -> list[str]:
    """The whole of `diagnostics`."""
    return [
        *_buffer_lines(report["buffer"], report["counts"]),
        *_link_lines(report["link"]),
        *_ladder_lines(report["ladder"], report["switches"]),
        *_count_lines(report["counts"], report["store"]),
        *_process_lines(report["sound"], report["process"]),
    ]


def _buffer_lines(buffer: dict[str, Any], counts: dict[str, Any]) -> list[str]:
    stalls = f"{counts['stalls']} stalls, {counts['stalled_s']:.1f} s"
    line = f"buffer    {buffer['seconds']:.0f} s of {buffer['target_s']:.0f} · {stalls}"
    return [line, f"          {spark(buffer['history'], buffer['target_s'])}"]


def _link_lines(link: dict[str, Any]) -> list[str]:
    if not link["known"]:
        return ["link      nothing measured yet"]
    factor = 2.718281828 ** link["error"]
    return [
        f"link      {link['kbps']:,.0f} kb/s, within a factor of {factor:.2f}"
        f" · now {link['fast_kbps']:,.0f} · latency {link['latency_ms']:.0f} ms"
    ]


def _ladder_lines(ladder: dict[str, Any], switches: list[dict[str, Any]]) -> list[str]:
    rungs = [f"[{kbps}]" if kbps == ladder["current"] else str(kbps) for kbps in ladder["kbps"]]
    lines = [f"ladder    {ladder['codec']} {' '.join(rungs)}  {ladder['reason']}".rstrip()]
    for switch in reversed(switches):
        way = f"{switch['before']} to {switch['after']}"
        lines.append(f"          {_ago(switch['ago_s']):>8}  {way:10}  {switch['reason']}")
    return lines


def _count_lines(counts: dict[str, Any], store: dict[str, Any]) -> list[str]:
    asked = store["hits"] + store["misses"]
    hits = f"{100 * store['hits'] / asked:.0f} % of {asked}" if asked else "not asked"
    came, waste = counts["downloaded_bytes"], counts["wasted_bytes"]
    share = f" ({100 * waste / came:.0f} %)" if came else ""
    return [
        f"requests  {counts['requests']}, {counts['abandoned']} given up"
        f" · {megabytes(came)} came, {megabytes(waste)} never heard{share}",
        f"cache     {hits} from this device · {megabytes(store['used_bytes'])}"
        f" of {megabytes(store['budget_bytes'])}",
    ]


def _process_lines(sound: dict[str, Any], process: dict[str, Any]) -> list[str]:
    return [
        f"sound     {sound['sink']} · decoding a piece {sound['decode_ms']:.1f} ms"
        f" · output latency {sound['latency_ms']:.0f} ms · {sound['underruns']} underruns",
        f"engine    {process['cpu_percent']:.1f} % of a core, {process['cpu_s']:.1f} s in"
        f" {_ago(process['up_s'])} · {megabytes(process['memory_bytes'])}",
    ]


def spark(values: list[float], top: float) -> str:
    """A line of bars, full height at `top`."""
    last = len(_BARS) - 1
    return "".join(
        _BARS[max(0, min(last, round(last * value / top)))] for value in values if top > 0
    )


def megabytes(size: float) -> str:
    """A size for people."""
    return f"{size / 1e6:,.1f} MB"


def _ago(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
