"""The whole program as processes: time to first sound, seeking, CPU and memory while it plays.

Server, engine and screen run as a person would run them, on loopback over TLS, with the null sink.
"""

import contextlib
import fcntl
import json
import os
import pty
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

import psutil

from player.engine.blocking import BlockingClient
from player.engine.home import Home

BIN = Path(sys.executable).parent
PLAYING_S = 20.0
ARTIST = "Petra Vuil"
SEEKS = 12


def main():
    """Print everything."""
    with (
        tempfile.TemporaryDirectory(prefix="segue-playing-") as folder,
        Stage(Path(folder)) as stage,
    ):
        stage.first_sounds("not prepared: the encoder starts when asked")
        stage.wait_prepared()
        stage.segue("cache", "clear")
        stage.first_sounds("prepared, from the server")
        stage.first_sounds("from the cache")
        stage.seeks()
        stage.asked_on_the_socket()
        stage.while_playing()


class Stage:
    """A server with demo pieces, a signed-in player, and a trace of what it does."""

    def __init__(self, folder, artist=ARTIST):
        """The pieces of one artist, two of them; of all when `artist` is empty."""
        self.folder = folder
        self.artist = artist
        self.trace = folder / "trace.jsonl"
        self.environment = os.environ | {
            "SEGUE_HOME": str(folder / "player"),
            "SEGUE_TRACE": str(self.trace),
            "SEGUE_AUDIO_SINK": "null",
            "SEGUE_PRIVACY_KEYS": "file",
            "TERM": "xterm-256color",
        }
        self.data = folder / "server"
        self.server = None

    def __enter__(self):
        subprocess.run(
            [sys.executable, "-m", "server_stub.demo", str(self.folder / "music")],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        self.run_server("import", str(self.folder / "music" / self.artist))
        self.server = subprocess.Popen(
            [BIN / "segue-server", "serve", "--json", "--port", "0", "--data", self.data],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        url = json.loads(self.server.stdout.readline())["ready"]
        self.run_server("user", "add", "bench", "--tier", "premium", "--region", "DE")
        token = self.run_server("token", "bench")["token"]
        self.segue("login", url, "--token", token, "--authority", self.data / "tls/authority.pem")
        self.segue("sync")
        return self

    def __exit__(self, *_):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.segue("stop")
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(20)
        self.server.stdout.close()

    def run_server(self, *arguments):
        return self._json("segue-server", *arguments, "--data", self.data)

    def segue(self, *arguments):
        return self._json("segue", *arguments)

    def _json(self, program, *arguments):
        done = subprocess.run(
            [BIN / program, *arguments, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        lines = done.stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines else {}

    # ------------------------------------------------------------------ figures

    def first_sounds(self, case):
        """From the command to the first sample heard, by the trace's clock."""
        tracks = self.segue("search", ARTIST)["tracks"]
        waits = [
            self._until("first_audio", "play", f"segue:track:{track['id']}") for track in tracks
        ]
        print(f"first sound, {case}: {_spread(waits)} ms")

    def wait_prepared(self):
        """Until no encoder takes a core from what is measured."""
        while True:
            work = self.run_server("doctor")["preparation"]
            if work["ready"] == work["tracks"]:
                return
            time.sleep(1)

    def seeks(self):
        """From the command to the first sample heard at the new place."""
        waits = [
            self._until("first_audio", "seek", f"0:{5 + 4 * turn:02d}") for turn in range(SEEKS)
        ]
        print(f"seek, the command line's own start included: {_spread(waits)} ms")
        begin = time.monotonic()
        self.segue("status")
        print(f"of which the command line: {(time.monotonic() - begin) * 1e3:.0f} ms")

    def asked_on_the_socket(self):
        """As the screen asks: the engine's own share of starting, seeking, changing the sound."""
        tracks = self.segue("search", ARTIST)["tracks"]
        links = [f"segue:track:{track['id']}" for track in tracks]
        with BlockingClient(Home(self.folder / "player")) as engine:

            def waits(event, calls):
                return [
                    self._after(event, lambda call=call: engine.call(call[0], **call[1]))
                    for call in calls
                ]

            plays = [("play", {"uri": links[turn % len(links)]}) for turn in range(SEEKS)]
            print(f"start from a cached chunk, engine: {_spread(waits('first_audio', plays))} ms")
            places = [("seek", {"ms": 5_000 + 3_100 * turn}) for turn in range(2 * SEEKS)]
            print(f"seek in buffered audio, engine: {_spread(waits('first_audio', places))} ms")
            changes = [("sound.set", {"eq": ("bass", "off")[turn % 2]}) for turn in range(SEEKS)]
            print(f"another equaliser is heard: {_spread(waits('track_start', changes))} ms")
            fetched = []
            for turn in range(6):
                engine.call("cache.clear")
                fetched += waits("first_audio", [("play", {"uri": links[turn % len(links)]})])
            print(f"start from the server on loopback, engine: {_spread(fetched)} ms")

    def _after(self, event, act):
        """Milliseconds from a call to an event of the trace."""
        lines = len(self._trace())
        begin = time.monotonic()
        act()
        deadline = begin + 15
        while time.monotonic() < deadline:
            for line in self._trace()[lines:]:
                if line["event"] == event:
                    return (line["t"] - begin) * 1e3
            time.sleep(0.005)
        raise SystemExit(f"no {event} within 15 s")

    def while_playing(self):
        """CPU and memory of engine and screen over twenty seconds of music."""
        with BlockingClient(Home(self.folder / "player")) as client:
            engine = psutil.Process(client.engine_pid)
        print(f"engine while playing: {_load(engine)}")
        with Screen(self.environment) as screen:
            time.sleep(4)
            engine_begin = _cpu_s(engine)
            written = screen.written
            print(f"screen while playing: {_load(screen.process)}")
            print(f"engine with a screen attached: {_share(engine, engine_begin)}")
            print(f"screen writes {(screen.written - written) / PLAYING_S:.0f} bytes a second")

    def _until(self, event, *command):
        return self._after(event, lambda: self.segue(*command))

    def _trace(self):
        if not self.trace.exists():
            return []
        return [json.loads(line) for line in self.trace.read_text().splitlines()]


class Screen:
    """The terminal player on a pseudo-terminal of 140 by 40 that somebody reads."""

    def __init__(self, environment):
        self.environment = environment
        self.written = 0

    def __enter__(self):
        self.master, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
        self.child = subprocess.Popen(
            [BIN / "segue"],
            env=self.environment,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)
        self.process = psutil.Process(self.child.pid)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_):
        os.write(self.master, b"q")
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        os.close(self.master)

    def _read(self):
        with contextlib.suppress(OSError):
            while data := os.read(self.master, 65_536):
                self.written += len(data)


def _cpu_s(process):
    times = process.cpu_times()
    return times.user + times.system


def _load(process):
    begin = _cpu_s(process)
    time.sleep(PLAYING_S)
    return _share(process, begin)


def _share(process, begin):
    spent = _cpu_s(process) - begin
    memory = process.memory_info().rss / 2**20
    return (
        f"{100 * spent / PLAYING_S:.1f} % of a core ({3 * spent:.2f} s a minute), {memory:.0f} MiB"
    )


def _spread(values):
    return f"median {statistics.median(values):.0f}, min {min(values):.0f}, max {max(values):.0f}"


if __name__ == "__main__":
    main()
