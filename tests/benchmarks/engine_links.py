"""The whole engine on virtual time over recorded links, beside the simulation of its rule.

Grants, indexes, pieces, pipelining, stalls and switches are the real ones; only time, network and
sound are in memory, so that a quarter of an hour takes seconds and gives the same figures each
time. The links and the simulator are the bitrate bench's: `SEGUE_ABR_BENCH` names its folder.
"""

import asyncio
import importlib.util
import json
import os
from math import log
from pathlib import Path
from types import SimpleNamespace

from sync.wire.playback import PIECE_SAMPLES
from tests.benchmarks.abr_plugin import CHUNK_S, Segue, engine_options
from tests.player.playback.stage import Stage, kbps_heard
from tests.player.playback.virtual_time import run_virtual

SETS = (
    "cell3g_mahimahi",
    "fcc_x02",
    "ghent4g_x0015",
    "hsdpa_x015",
    "hsdpa_x025",
    "irish5g_x001",
    "nyu_lte_x004",
    "puffer_slow_x1",
    "tunnel_hsdpa_x05",
)
TRACKS_S = (236.0, 251.0, 198.0, 287.0)
PIECE_S = PIECE_SAMPLES / 44_100
KBPS = (96, 160, 320)
MOST_S = 3_000.0


def main():
    """Print both for the first trace of every set, and the means."""
    bench = Path(os.environ.get("SEGUE_ABR_BENCH", ""))
    if not (bench / "abrbench.py").is_file():
        print("SEGUE_ABR_BENCH does not name a folder with abrbench.py: no links to play over")
        return
    simulator = _simulator(bench)
    print("| link | | start s | stalls s | kbit/s | changes a minute | QoE4.3 |")
    print("|---|---|--:|--:|--:|--:|--:|")
    both = {"engine": [], "simulation": []}
    for name in SETS:
        path = sorted((bench / "traces" / name).glob("*.json"))[0]
        rows = json.loads(path.read_text())
        both["engine"].append(played(simulator.Trace(rows)))
        both["simulation"].append(simulated(simulator, rows))
        for kind, figures in both.items():
            print(f"| {name} | {kind} | {_cells(figures[-1])} |", flush=True)
    for kind, figures in both.items():
        print(f"| mean | {kind} | {_cells(_mean(figures))} |")


def played(link):
    """The engine's evening."""
    return run_virtual(_played(link))


async def _played(link):
    stage = Stage(kbps=lambda _t: 0, latency_s=link.lat[0])
    zero = stage.clock.monotonic()
    stage.link.rate = lambda t: 10 * (link.cum(t - zero + 0.1) - link.cum(t - zero))
    for number, seconds in enumerate(TRACKS_S):
        stage.server.add_track(f"t{number}", seconds)
    async with stage.running():
        stage.controller.play([f"t{number}" for number in range(len(TRACKS_S))])
        while len(stage.trace.named("track_end")) < len(TRACKS_S):
            await asyncio.sleep(1)
            if stage.clock.monotonic() - zero > MOST_S:
                break
    begun = stage.trace.named("first_audio")[0]["t"] - zero
    borders = [x["t"] for x in stage.trace.named("stall_begin", "stall_end")]
    stall_s = sum(b - a for a, b in zip(borders[::2], borders[1::2], strict=False))
    rates = kbps_heard(stage)
    tracks = [heard.piece.track_id for heard in stage.sound.heard]
    steps = [
        abs(_worth(a) - _worth(b))
        for a, b, one, other in zip(rates, rates[1:], tracks, tracks[1:], strict=False)
        if one == other and a != b
    ]
    return _figures(begun, stall_s, rates, steps)


def simulated(simulator, rows):
    """The bench's simulation with tracks and pieces of the same lengths."""
    options = engine_options(restless=False)
    early_s = CHUNK_S * int(options[options.index("--prefetch") + 1])
    simulator.set_policy(float(options[options.index("--bmax") + 1]), 1, 1, True, options[-1])
    simulator.L, simulator.PREFETCH = PIECE_S, round(early_s / PIECE_S)
    tracks = []
    for seconds in TRACKS_S:
        count = int(seconds / PIECE_S)
        lengths = [PIECE_S] * (count - 1) + [seconds - PIECE_S * (count - 1)]
        sizes = [[length * rate * 125 for rate in KBPS] for length in lengths]
        tracks.append({"n": count, "dur": seconds, "durs": lengths, "sizes": sizes, "events": []})
    run = simulator.simulate(simulator.Trace(rows), tracks, Segue())
    return SimpleNamespace(
        start_s=run["startup_s"],
        stall_s=run["rebuf_s"],
        kbps=run["kbps"],
        a_minute=60 * run["switches"] / run["played"],
        qoe=run["qoe43"],
    )


def _simulator(bench):
    spec = importlib.util.spec_from_file_location("abrbench", bench / "abrbench.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _figures(start_s, stall_s, rates, steps):
    music_s = sum(TRACKS_S)
    cost = 4.3 * stall_s + start_s + CHUNK_S * sum(steps)
    return SimpleNamespace(
        start_s=start_s,
        stall_s=stall_s,
        kbps=sum(rates) / len(rates),
        a_minute=60 * len(steps) / music_s,
        qoe=sum(map(_worth, rates)) / len(rates) - cost / music_s,
    )


def _worth(kbps):
    return log(kbps / KBPS[0]) / log(KBPS[-1] / KBPS[0])


def _cells(figures):
    return (
        f"{figures.start_s:.1f} | {figures.stall_s:.1f} | {figures.kbps:.0f} "
        f"| {figures.a_minute:.2f} | {figures.qoe:.3f}"
    )


def _mean(figures):
    names = vars(figures[0])
    return SimpleNamespace(
        **{name: sum(getattr(x, name) for x in figures) / len(figures) for name in names}
    )


if __name__ == "__main__":
    main()
