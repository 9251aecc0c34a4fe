"""An hour of listening, sped up: CPU for a minute of audio, and whether memory grows.

The real engine plays from the real server over TLS on loopback, everything in the sound path off.
Its null sink runs on a fast clock (`SEGUE_SOAK_SPEED` times, 15 unless said); downloading,
verifying, decrypting, decoding, joining, events and the sink's ticks happen as often as in an hour
of playing. A minute at the usual speed is measured as well, for what goes by the clock on the
wall. The cache is emptied now and then: most of the music comes from the server.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from player.engine.blocking import BlockingClient
from player.engine.home import Home
from tests.benchmarks.playing import Stage

AUDIO_S = float(os.environ.get("SEGUE_SOAK_SECONDS", "3600"))
SPEED = float(os.environ.get("SEGUE_SOAK_SPEED", "15"))
STEADY_S = 60.0
CLEAR_EVERY_S = 600.0
"""Seconds of audio after which the cache is emptied."""
FAST_ENGINE = """
import sys, time
from player.adapters import audio_null
from player.bootstrap import engine, sound
from player.engine.home import Home
speed = float(sys.argv[1])
audio_null._TICK_S /= speed
sound._SINKS["null"] = lambda: audio_null.NullSink(clock=lambda: time.monotonic() * speed)
sys.exit(engine.run_engine(Home.default()))
"""


def main():
    """Print everything."""
    with (
        tempfile.TemporaryDirectory(prefix="segue-soak-") as folder,
        Stage(Path(folder), artist="") as stage,
    ):
        stage.wait_prepared()
        stage.segue("stop")
        Soak(stage, SPEED).run(AUDIO_S)
        Soak(stage, 1.0).run(STEADY_S)


class Soak:
    """One engine at one speed."""

    def __init__(self, stage, speed):
        self.stage = stage
        self.speed = speed
        self.home = Home(stage.folder / "player")

    def run(self, audio_s):
        """Play, look at it, and stop."""
        engine = subprocess.Popen(
            [sys.executable, "-c", FAST_ENGINE, str(self.speed)],
            env=self.stage.environment,
        )
        try:
            with self._connected() as client:
                self._listen(client, psutil.Process(client.engine_pid), audio_s)
        finally:
            self.stage.segue("stop")
            engine.wait(20)

    def _connected(self):
        for _ in range(200):
            try:
                return BlockingClient(self.home)
            except Exception:  # noqa: BLE001 -- it is starting
                time.sleep(0.1)
        raise SystemExit("the engine did not start")

    def _listen(self, client, process, audio_s):
        client.call("repeat", mode="all")
        client.call("play", uri="segue:library")
        self._pass(client, 60.0)  # the first buffer is not what an hour is like
        begin, rss = _cpu_s(process), process.memory_info().rss
        began = time.monotonic()
        heard = 0.0
        while heard < audio_s:
            step = min(CLEAR_EVERY_S, audio_s - heard)
            self._pass(client, step)
            heard += step
            now = process.memory_info().rss
            print(f"  {heard / 60:4.0f} min heard: {now / 2**20:.1f} MiB", flush=True)
            client.call("cache.clear")
        spent = _cpu_s(process) - begin
        figures = client.call("diagnostics")
        counts = figures["counts"]
        print(
            f"at {self.speed:g} times the usual speed: {60 * spent / audio_s:.3f} s CPU a minute of"
            f" audio; memory {rss / 2**20:.1f} MiB at first, {now / 2**20:.1f} MiB at the end"
            f" ({time.monotonic() - began:.0f} s passed; {counts['stalls']} stalls,"
            f" {counts['downloaded_bytes'] / 1e6:.0f} MB came)"
        )

    def _pass(self, client, audio_s):
        """Let so much audio be heard."""
        deadline = time.monotonic() + audio_s / self.speed
        while (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 2.0))
            client.call("volume", value=80)  # somebody is there


def _cpu_s(process):
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
