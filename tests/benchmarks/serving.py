"""What serving a chunk costs: CPU of all server processes a request, against nginx sendfile.

Both serve the same bytes over plain HTTP on loopback in the same run: ours from a real data folder
by a signed address, nginx from a file. CPU comes from /proc/PID/stat, so that load on the machine
moves it little; requests per second are not compared. nginx runs without `tcp_nopush`: on loopback
it stalls Range requests.
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import wave
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NGINX, WRK = "/usr/sbin/nginx", "/usr/bin/wrk"
PROGRAM = (sys.executable, "-m", "server_stub")
CASES = {"64 KB Range": 64 * 1024, "400 KB chunk": 400 * 1024}
SECONDS = 4
CONNECTIONS = 16
ROUNDS = 3
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Target:
    """One server under load."""

    name: str
    url: str
    pid: int


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its living children."""
    total = 0.0
    for each in (pid, *children(pid)):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rsplit(") ", 1)[1].split()
        except FileNotFoundError:
            continue
        total += (int(fields[11]) + int(fields[12])) / _TICKS
    return total


def children(pid: int) -> list[int]:
    """Its child processes, at any depth."""
    try:
        direct = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [found for child in map(int, direct) for found in (child, *children(child))]


def measure(target: Target, size: int) -> float:
    """Microseconds of CPU a request."""
    before = cpu_seconds(target.pid)
    done = subprocess.run(
        [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s",
         "-H", f"Range: bytes=100000-{100_000 + size - 1}", target.url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    spent = cpu_seconds(target.pid) - before
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{target.name} refused: {done.stdout}")
    requests = int(re.search(r"(\d+) requests in", done.stdout)[1])
    return spent * 1e6 / requests


@contextmanager
def stopped_after(process: subprocess.Popen):
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def nginx(folder: Path, blob: Path, port: int):
    """nginx with one worker on a copy of the same file."""
    (folder / "www").mkdir()
    shutil.copy(blob, folder / "www" / "chunk.bin")
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in paths)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events { worker_connections 1024; }\n"
        "http { access_log off; sendfile on; tcp_nopush off; keepalive_requests 1000000000;\n"
        f"  {temporary}\n"
        f"  server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}\n"
    )
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    command = [NGINX, "-c", str(config), "-p", str(folder), *user]
    with stopped_after(subprocess.Popen(command, stderr=subprocess.DEVNULL)) as process:
        url = f"http://127.0.0.1:{port}/chunk.bin"
        wait_for(url)
        yield Target("nginx sendfile", url, process.pid)


@contextmanager
def segue(folder: Path):
    """Our server with one prepared track; yields it with the path of the rendition it serves."""
    data, music = folder / "data", folder / "music"
    music.mkdir()
    write_noise(music / "noise.wav")
    verb(data, "user", "add", "bench")
    token = verb(data, "token", "bench")["token"]
    verb(data, "import", str(music))
    command = [*PROGRAM, "serve", "--insecure-http", "--port", "0", "--json", "--data", str(data)]
    environment = {**os.environ, "SEGUE_SERVER_LOG_LEVEL": "warning"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    with process.stdout, stopped_after(process):
        base = json.loads(process.stdout.readline())["ready"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        path = granted(base, headers)
        blob = next((data / "blobs").rglob(path.split("?")[0].rsplit("/", 1)[1]))
        yield Target("segue /media", base + path, process.pid), blob


def granted(base: str, headers: dict[str, str]) -> str:
    """The signed address of the 320 kbps rendition, once everything is prepared."""

    def ask(path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(base + path, data, headers)) as answer:
            return json.load(answer)

    for _ in range(600):
        progress = ask("/v1/preparation")
        if progress["ready"] == 1:
            break
        time.sleep(0.2)
    key = base64.b64encode(os.urandom(32)).decode()
    device = ask("/v1/devices", {"name": "bench", "public_key": key})["id"]
    track = ask("/v1/tracks")["items"][0]["id"]
    grant = ask("/v1/grants", {"device_id": device, "track_ids": [track]})
    manifest = json.loads(base64.b64decode(grant["manifests"][track]))
    best = next(r for r in manifest["renditions"] if (r["codec"], r["kbps"]) == ("aac", 320))
    return grant["media"][best["id"]]["data"]


def verb(data: Path, *arguments: str) -> dict:
    """Run a verb of the server's command line."""
    command = [*PROGRAM, *arguments, "--json", "--data", str(data)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def write_noise(path: Path) -> None:
    """A minute that no encoder can make small."""
    noise = np.random.default_rng(1).integers(-9000, 9000, (60 * 44_100, 2), dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(noise.tobytes())


def wait_for(url: str) -> None:
    """Until a server answers."""
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def main() -> int:
    """Print CPU a request and the ratio, median of the rounds."""
    missing = [tool for tool in (NGINX, WRK) if not Path(tool).exists()]
    if missing:
        print(f"serving: skipped, not installed: {', '.join(missing)}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="segue-serving-"))
    try:
        with segue(folder) as (ours, blob), nginx(folder, blob, free_port()) as theirs:
            for name, size in CASES.items():
                figures = {ours: [], theirs: []}
                for _ in range(ROUNDS):
                    for target, found in figures.items():
                        found.append(measure(target, size))
                mine, other = (sorted(found)[ROUNDS // 2] for found in figures.values())
                print(
                    f"serving, {name}: segue {mine:.0f} us CPU, nginx sendfile {other:.0f} us, "
                    f"ratio {mine / other:.1f}"
                )
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
