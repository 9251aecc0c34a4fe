"""What `./run` does once the environment stands: server, account, sign-in, player.

It talks to the two programs by their command lines only, as a person would.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

BIN = Path(sys.executable).parent
READY_TIMEOUT_S = 60
HEADLESS_SECONDS = 20
USUAL_PORT = 8040
BEGUN = time.monotonic()


class StartError(Exception):
    """Something did not start; the text says what to do."""


@dataclass(frozen=True)
class Server:
    """A server that runs on this machine."""

    url: str
    pid: int
    started_here: bool

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rsplit(":", 1)[1])


def say(text: str) -> None:
    """A line for the person in front, never mixed with what programs print."""
    sys.stderr.write(text + "\n")


def segue(*arguments: str, check: bool = True) -> dict[str, Any]:
    """Run a `segue` verb and return what it prints as JSON."""
    return _run_json("segue", arguments, check)


def segue_server(data: Path, *arguments: str, check: bool = True) -> dict[str, Any]:
    """Run a `segue-server` verb on the data folder and return what it prints as JSON."""
    return _run_json("segue-server", (*arguments, "--data", str(data)), check)


def _run_json(program: str, arguments: tuple[str, ...], check: bool) -> dict[str, Any]:
    command = [str(BIN / program), *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        shown = " ".join(a for a in command[1:] if len(a) < 80)
        said = done.stderr.strip() or done.stdout.strip()
        raise StartError(f"{program} {shown} failed ({done.returncode}): {said}")
    lines = done.stdout.strip().splitlines()
    answer: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return answer


def demo_library(data: Path) -> Path:
    """The folder with the demo library, composed the first time."""
    folder = data / "demo-library"
    finished = folder / ".finished"
    if not finished.exists():
        subprocess.run([sys.executable, "-m", "server_stub.demo", str(folder)], check=True)
        finished.touch()
    return folder


def noted_server(data: Path) -> Server | None:
    """The server of the run before, whether it still runs or not."""
    try:
        noted = json.loads((data / "quickstart.json").read_text())
        return Server(str(noted["url"]), int(noted["pid"]), started_here=False)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def running_server(data: Path) -> Server | None:
    """The server an earlier run left behind, if it still answers."""
    server = noted_server(data)
    if server is None:
        return None
    try:
        os.kill(server.pid, 0)
        socket.create_connection(("127.0.0.1", server.port), timeout=2).close()
    except (OSError, ValueError):
        return None
    return server


def start_server(data: Path, folders: list[Path]) -> Server:
    """Start the server in the background and wait until it is ready."""
    data.mkdir(parents=True, exist_ok=True)
    log = (data / "server.log").open("ab")
    command = [str(BIN / "segue-server"), "serve", "--json", "--data", str(data)]
    before = noted_server(data)  # the same address again, so that the player is still signed in
    command += ["--port", str(_port(before.port if before else USUAL_PORT))]
    for folder in folders:
        command += ["--import", str(folder)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
        start_new_session=True, text=True,
    )  # fmt: skip
    url = _wait_ready(process, data / "server.log")
    (data / "quickstart.json").write_text(json.dumps({"url": url, "pid": process.pid}))
    return Server(url, process.pid, started_here=True)


def _port(wanted: int) -> int:
    """The usual port, or 0 (any free one) when something else has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


def _wait_ready(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    signal.signal(signal.SIGALRM, lambda *_: process.kill())
    signal.alarm(READY_TIMEOUT_S)
    try:
        for line in process.stdout:
            if line.startswith("{"):
                return str(json.loads(line)["ready"])
    finally:
        signal.alarm(0)
    raise StartError(f"the server did not start; its log is {log}")


def sign_in(data: Path, server: Server) -> None:
    """Make an account for the person at this machine and sign the player in, unless it is."""
    known = segue("status", check=False).get("connection", {})
    if known.get("server") == server.url and "tracks" in segue("sync", check=False):
        return  # the session of the run before is good
    name = os.environ.get("USER") or "listener"
    segue_server(
        data, "user", "add", name, "--tier", "premium", "--region", "DE", check=False
    )  # an account that exists already is as good
    token = segue_server(data, "token", name)["token"]
    authority = data / "tls" / "authority.pem"
    segue("login", server.url, "--token", token, "--authority", str(authority))


def wait_for_music() -> None:
    """Return once the library holds a track: the server reads the tags while it serves."""
    for _ in range(READY_TIMEOUT_S * 5):
        if segue("sync").get("tracks"):
            return
        time.sleep(0.2)
    raise StartError("the server found no music in the folder; see segue-server doctor")


def listen_without_terminal(server: Server) -> None:
    """Play the first track to the null sink for twenty seconds and say what happened."""
    wait_for_music()
    begin = time.monotonic()
    segue("play", "segue:library")
    first_ms: float | None = None
    status: dict[str, Any] = {}
    while time.monotonic() - begin < HEADLESS_SECONDS:
        status = segue("status")
        if first_ms is None and status.get("status") == "playing":
            first_ms = (status["at"] - begin) * 1000 - status["position_ms"]
        time.sleep(1)
    track = status.get("track")
    if not track or status.get("status") != "playing":
        raise StartError(f"nothing played: {json.dumps(status)[:400]}")
    artists = ", ".join(artist["name"] for artist in track["artists"])
    quality = status.get("quality") or {}
    say(f"Played {track['title']} by {artists} from {server.url}")
    say(
        f"  place {_clock(status['position_ms'])} of {_clock(status['duration_ms'])}, "
        f"{quality.get('codec', '?')} {quality.get('kbps', '?')} kbit/s, "
        f"buffer {status['buffer_s']:.0f} s, sound {first_ms or 0:.0f} ms after asking, "
        f"{begin - BEGUN + (first_ms or 0) / 1000:.1f} s after the start"
    )
    segue("stop")


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"


def stop_server(server: Server) -> None:
    """End a server that this run started."""
    os.kill(server.pid, signal.SIGTERM)
    for _ in range(100):
        try:
            os.waitpid(server.pid, os.WNOHANG)
            os.kill(server.pid, 0)
        except OSError:
            return
        time.sleep(0.1)


def main() -> int:
    """Everything `./run` promises. Exit code 1 with one line when something failed."""
    parser = argparse.ArgumentParser(prog="./run", description="Start Segue on this machine.")
    parser.add_argument("folders", nargs="*", type=Path, help="music; the demo library if none")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
    default = platformdirs.user_data_dir("segue-server")
    data = Path(os.environ.get("SEGUE_SERVER_DATA", default))
    if not _at_terminal():
        os.environ["SEGUE_AUDIO_SINK"] = "null"  # for the engine that the first verb starts
    try:
        return _start(data, [folder.resolve() for folder in arguments.folders])
    except StartError as error:
        say(f"./run: {error}")
        return 1


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def start_engine() -> subprocess.Popen[bytes]:
    """Let the engine start while the server does; a search needs nobody to be signed in."""
    command = [str(BIN / "segue"), "search", "-", "--json"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)


def _start(data: Path, given: list[Path]) -> int:
    engine = start_engine()
    server = running_server(data)
    folders = given or ([] if server else [demo_library(data)])
    if server is None:
        server = start_server(data, folders)
    elif folders:
        say("The server runs already; importing into it.")
        segue_server(data, "import", *(str(folder) for folder in folders))
    engine.wait()  # whatever came of it: the next verb says what is wrong
    sign_in(data, server)
    if _at_terminal():
        code = subprocess.call([str(BIN / "segue")])
        say(f"The server goes on at {server.url} (process {server.pid}); end it: kill {server.pid}")
        return code
    try:
        listen_without_terminal(server)
    finally:
        if server.started_here:
            stop_server(server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
