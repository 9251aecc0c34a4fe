"""Adaptation beside published controllers, on recorded links, by the bitrate bench.

The bench is not part of this repository: `SEGUE_ABR_BENCH` names its folder (the one with
`abrbench.py`), `SEGUE_ABR_SEEDS` the workloads to pool, `1` unless said. Everything runs with the
engine options that `abr_plugin.engine_options` makes of load control's own numbers.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.abr_plugin import Segue, engine_options

PLUGIN = Path(__file__).with_name("abr_plugin.py")
BESIDE = ("BBA0", "Bola", "HlsJs", "DashDynamic", "Media3")
NOT_HARD = ("hsdpa_x1_all", "stress_outage")
EASY = 0.97
"""QoE4.3 of the optimum from which a link is called easy."""
MEASURES = ("qoe43", "music")
MUSIC = "music"


class Run(NamedTuple):
    """One trace with one workload: what each controller and the optimum made of it."""

    folder: str
    by: dict


class Case(NamedTuple):
    """A kind of listening on a kind of engine."""

    title: str
    events: int
    options: tuple


CALM = Case("A1, A2: nobody skips", 0, tuple(engine_options(restless=False)))
RESTLESS = Case("A3: skips and jumps", 1, tuple(engine_options(restless=True)))
PLAIN = Case("A6: the rule alone, 60 s of 10 s chunks", 0, ())


def main():
    """Print every table; say so if there is no bench."""
    folder = os.environ.get("SEGUE_ABR_BENCH", "")
    if not (Path(folder) / "abrbench.py").is_file():
        print("SEGUE_ABR_BENCH does not name a folder with abrbench.py: nothing to measure with")
        return
    seeds = os.environ.get("SEGUE_ABR_SEEDS", "1").split(",")
    bench = Bench(Path(folder), seeds)
    for case in (CALM, RESTLESS, PLAIN):
        print(f"\n{case.title}: {bench.command(case)}")
        runs = bench.runs(case)
        _table([run for run in runs if run.folder not in NOT_HARD])
        if case is not PLAIN:
            easy = [run for run in runs if _is_easy(run)]
            print(f"A4, {len(easy)} easy runs, % of the optimum: {_shares(easy)}")
        if case is CALM:
            stress = [run for run in runs if run.folder == "stress_outage"]
            print(f"A5, {len(stress)} runs with outages, QoEmusic: {_qualities(stress)}")


class Bench:
    """Runs the bench as a program, once for a case and a seed."""

    def __init__(self, folder, seeds):
        self.folder = folder
        self.seeds = seeds

    def command(self, case):
        """What a person would type."""
        return " ".join(("abrbench.py", *self._arguments(case)))

    def runs(self, case):
        """Every trace of every seed."""
        return [run for seed in self.seeds for run in self._runs(case, seed)]

    def _runs(self, case, seed):
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            subprocess.run(
                [
                    *(sys.executable, self.folder / "abrbench.py", *self._arguments(case)),
                    *("--seed", seed, "--json", out.name),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            runs = json.load(out)["runs"]
        return [Run(folder, by) for folder, _name, by in runs]

    @staticmethod
    def _arguments(case):
        return (
            *("--plugin", f"{PLUGIN}:{Segue.__name__}", "--controllers", ",".join(BESIDE)),
            *("--events", str(case.events), "--perset", "0", *case.options),
        )


def _is_easy(run):
    return run.folder == "hsdpa_x1_all" and run.by["OPT_qoe43"]["qoe"] > EASY


def _table(runs):
    print(
        f"{len(runs)} runs\n"
        "| controller | stall % | kbit/s | changes a minute | start s | jump s | waste % "
        "| QoE4.3 % | QoEmusic % | worst tenth |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    for name in (Segue.__name__, *BESIDE):
        print(f"| {name} | {_row([run.by[name] for run in runs], runs)} |")


def _row(own, runs):
    played = sum(run["played"] for run in own)
    jumps = sum(max(0, run["jumps"]) for run in own)
    waited = sum(run["jump_delay_s"] * max(0, run["jumps"]) for run in own)
    worst = sorted(run[MUSIC] for run in own)[: max(1, len(own) // 10)]
    cells = (
        f"{100 * sum(run['rebuf_s'] for run in own) / played:.2f}",
        f"{sum(run['kbps'] * run['played'] for run in own) / played:.0f}",
        f"{60 * sum(run['switches'] for run in own) / played:.2f}",
        f"{_mean(run['startup_s'] for run in own):.1f}",
        f"{waited / max(1, jumps):.2f}",
        f"{100 * _mean(run['waste'] for run in own):.1f}",
        *(f"{_share(own, runs, measure):.1f}" for measure in MEASURES),
        f"{_mean(worst):+.2f}",
    )
    return " | ".join(cells)


def _share(own, runs, measure):
    best = sum(run.by[f"OPT_{measure}"]["qoe"] for run in runs)
    return 100 * sum(run[measure] for run in own) / best


def _shares(runs):
    return _each(lambda name: f"{_share([run.by[name] for run in runs], runs, 'qoe43'):.1f}")


def _qualities(runs):
    return _each(lambda name: f"{_mean(run.by[name][MUSIC] for run in runs):+.2f}")


def _each(figure):
    return ", ".join(f"{name} {figure(name)}" for name in (Segue.__name__, *BESIDE))


def _mean(values):
    numbers = list(values)
    return sum(numbers) / max(1, len(numbers))


if __name__ == "__main__":
    main()
