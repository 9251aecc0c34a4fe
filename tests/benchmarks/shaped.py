"""The real player over recorded links, beside the simulation of the same rule on the same links.

Server, engine and a shaping proxy run as processes on loopback over TLS, one engine and one proxy
for each trace, all at once. Figures come from the player's trace (`SEGUE_TRACE`). Proxy, traces
and simulator belong to the bitrate bench: `SEGUE_ABR_BENCH` names its folder. Music to play:
`SEGUE_SHAPED_MUSIC`, files with `:` between; together they are what is heard, once, in real time.
`SEGUE_SHAPED_TRACES` chooses links, as paths under `traces/` with `,` between.
"""

import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from math import log
from pathlib import Path
from types import SimpleNamespace

from sync.wire.playback import PIECE_SAMPLES
from tests.benchmarks.abr_plugin import Segue, engine_options

BIN = Path(sys.executable).parent
TRACES = (
    "hsdpa_x025/report.2011-04-21_1135CEST_2",
    "tunnel_hsdpa_x05/report.2011-01-29_1423CET_0",
    "ghent4g_x0015/report_tram_0001_0",
    "puffer_slow_x1/tracerSWmOxJ4jnkWZSb--1ti58NAAVzoDt23zcetsA8EpRA__2_2",
)
KBPS = (96, 160, 320)
MARGIN_S = 120.0
"""Beyond the music's length, for waits and stalls."""


def main():
    """Print both for every link; say so if something is missing."""
    bench = Path(os.environ.get("SEGUE_ABR_BENCH", ""))
    music = [path for path in os.environ.get("SEGUE_SHAPED_MUSIC", "").split(":") if path]
    if not (bench / "shaper.py").is_file() or not music:
        print("SEGUE_ABR_BENCH or SEGUE_SHAPED_MUSIC is missing: nothing to play over or nothing")
        return
    names = os.environ.get("SEGUE_SHAPED_TRACES", ",".join(TRACES)).split(",")
    with (
        tempfile.TemporaryDirectory(prefix="segue-shaped-") as folder,
        House(Path(folder), music) as house,
        contextlib.ExitStack() as stack,
    ):
        rooms = [stack.enter_context(Room(house, bench, name)) for name in names]
        for room in rooms:
            room.begin()
        for room in rooms:
            room.wait()
        print("| link | | start s | stalls s | kbit/s | changes a minute | QoE4.3 |")
        print("|---|---|--:|--:|--:|--:|--:|")
        for room in rooms:
            heard = room.heard()
            for kind, figures in (("played", heard), ("simulated", simulated(bench, room, heard))):
                print(f"| {room.name.split('/')[0]} | {kind} | {_cells(figures)} |")


class House:
    """A server with the music, prepared."""

    def __init__(self, folder, music):
        self.folder = folder
        self.music = music
        self.data = folder / "server"

    def __enter__(self):
        shelf = self.folder / "music"
        shelf.mkdir()
        for path in self.music:
            (shelf / Path(path).name).symlink_to(path)
        self.run("import", shelf)
        self.server = subprocess.Popen(
            [BIN / "segue-server", "serve", "--json", "--port", "0", "--data", self.data],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.port = int(json.loads(self.server.stdout.readline())["ready"].rsplit(":", 1)[1])
        self.run("user", "add", "bench", "--tier", "premium", "--region", "DE")
        self.token = self.run("token", "bench")["token"]
        ready = f"{len(self.music)} of {len(self.music)} tracks ready"
        while ready not in json.dumps(self.run("doctor")):
            time.sleep(1)
        return self

    def __exit__(self, *_):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(20)
        self.server.stdout.close()

    def run(self, *arguments):
        """The server's command line."""
        return _json([BIN / "segue-server", *arguments, "--data", self.data], os.environ)


class Room:
    """One listener behind one link."""

    def __init__(self, house, bench, name):
        self.house = house
        self.bench = bench
        self.name = name
        self.home = house.folder / name.replace("/", "_")
        self.log = self.home / "trace.jsonl"
        self.tracks = []

    def __enter__(self):
        self.home.mkdir()
        self.environment = os.environ | {
            "SEGUE_HOME": str(self.home / "player"),
            "SEGUE_TRACE": str(self.log),
            "SEGUE_AUDIO_SINK": "null",
            "SEGUE_PRIVACY_KEYS": "file",
        }
        port, self.control = _free_port(), _free_port()
        self.shaper = subprocess.Popen(
            [
                *(sys.executable, self.bench / "shaper.py", "--listen", str(port)),
                *("--upstream", f"127.0.0.1:{self.house.port}", "--control", str(self.control)),
                *("--trace", self.path),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1)
        self._ask("rate?kbps=20000")
        authority = self.house.data / "tls/authority.pem"
        url = f"https://127.0.0.1:{port}"
        self.segue("login", url, "--token", self.house.token, "--authority", authority)
        self.segue("sync")
        for path in self.house.music:
            found = self.segue("search", Path(path).stem.replace("_", " "))["tracks"]
            self.tracks.append(found[0])
        return self

    def __exit__(self, *_):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.segue("stop")
        self.shaper.terminate()
        self.shaper.wait(20)

    @property
    def path(self):
        """Of the trace."""
        return self.bench / "traces" / f"{self.name}.json"

    @property
    def music_s(self):
        """Length of everything."""
        return sum(track["duration_ms"] for track in self.tracks) / 1000

    def segue(self, *arguments):
        """The player's command line."""
        return _json([BIN / "segue", *arguments], self.environment)

    def begin(self):
        """Play it all, from the beginning of the link's record on."""
        self._ask("rate")
        self._ask("reset")
        self.began = time.monotonic()
        first, *others = [f"segue:track:{track['id']}" for track in self.tracks]
        self.segue("play", first)
        for uri in others:
            self.segue("queue", "add", uri)

    def wait(self):
        """Until the last track was heard, or far too long."""
        while time.monotonic() < self.began + self.music_s + MARGIN_S:
            if len([line for line in self._lines() if line["event"] == "track_end"]) >= len(
                self.tracks
            ):
                return
            time.sleep(2)

    def heard(self):
        """The bench's measures, from the player's trace."""
        lines = self._lines()
        kbps = {
            (x["track"], x["piece"]): x["kbps"] for x in lines if x["event"] == "chunk_received"
        }
        sizes = [(x["kbps"], x["bytes"]) for x in lines if x["event"] == "chunk_received"]
        begun, stall_s = None, 0.0
        for line in lines:
            if line["event"] == "stall_begin":
                begun = line["t"]
            elif line["event"] == "stall_end" and begun is not None:
                stall_s += line["t"] - begun
                begun = None
        in_order = [kbps[track["id"], n] for track in self.tracks for n in _pieces(kbps, track)]
        within = [
            (kbps[track["id"], n - 1], kbps[track["id"], n])
            for track in self.tracks
            for n in _pieces(kbps, track)[1:]
            if (track["id"], n - 1) in kbps
        ]
        start = next(line["t"] for line in lines if line["event"] == "first_audio") - self.began
        return SimpleNamespace(
            start_s=start,
            stall_s=stall_s,
            qualities=in_order,
            switches=[pair for pair in within if pair[0] != pair[1]],
            music_s=self.music_s,
            overhead=_mean(size / (rate * 125 * PIECE_SAMPLES / 44_100) for rate, size in sizes),
        )

    def _lines(self):
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def _ask(self, what):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.control}/{what}", timeout=10):
            pass


def simulated(bench, room, heard):
    """The bench's simulation of the same rule, link and lengths, with pieces of real size."""
    spec = importlib.util.spec_from_file_location("abrbench", bench / "abrbench.py")
    abrbench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(abrbench)
    piece_s = PIECE_SAMPLES / 44_100
    options = engine_options(restless=False)
    abrbench.set_policy(120.0, 2, 7, pipe=True, engine=options[-1])
    abrbench.L, abrbench.PREFETCH = piece_s, round(30 / piece_s)
    tracks = []
    for track in room.tracks:
        length_s = track["duration_ms"] / 1000
        count = max(1, int(length_s / piece_s))
        lengths = [piece_s] * (count - 1) + [length_s - piece_s * (count - 1)]
        sizes = [[s * rate * 125 * heard.overhead for rate in KBPS] for s in lengths]
        tracks.append({"n": count, "dur": length_s, "durs": lengths, "sizes": sizes, "events": []})
    link = abrbench.Trace(json.loads(room.path.read_text()))
    run = abrbench.simulate(link, tracks, Segue())
    return SimpleNamespace(
        start_s=run["startup_s"],
        stall_s=run["rebuf_s"],
        kbps=run["kbps"],
        a_minute=60 * run["switches"] / run["played"],
        qoe=run["qoe43"],
    )


def _cells(figures):
    if not hasattr(figures, "kbps"):
        worth = {rate: _worth(rate) for rate in KBPS}
        changes = sum(abs(worth[a] - worth[b]) for a, b in figures.switches)
        cost = 4.3 * figures.stall_s + figures.start_s + 10 * changes
        figures.kbps = _mean(figures.qualities)
        figures.a_minute = 60 * len(figures.switches) / figures.music_s
        figures.qoe = _mean(worth[rate] for rate in figures.qualities) - cost / figures.music_s
    return (
        f"{figures.start_s:.1f} | {figures.stall_s:.1f} | {figures.kbps:.0f} "
        f"| {figures.a_minute:.2f} | {figures.qoe:.3f}"
    )


def _worth(kbps):
    return log(kbps / KBPS[0]) / log(KBPS[-1] / KBPS[0])


def _pieces(kbps, track):
    return sorted(number for name, number in kbps if name == track["id"])


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _json(command, environment):
    done = subprocess.run(
        [*command, "--json"], env=environment, capture_output=True, text=True, check=True
    )
    lines = done.stdout.strip().splitlines()
    return json.loads(lines[-1]) if lines else {}


def _mean(values):
    numbers = list(values)
    return sum(numbers) / max(1, len(numbers))


if __name__ == "__main__":
    main()
