"""What a start asks of the server, by the server's own count: it is little, and always the same."""

import os
import pty
import re
import select
import ssl
import subprocess
import sys
from collections import Counter

import httpx
import pytest
from PIL import Image

from tests.journeys.test_listen import Segue, Server, write_tone

COUNT = re.compile(r'segue_request_seconds_count\{method="(\w+)",route="([^"]+)".*\} ([0-9.]+)')
ALBUMS = 12
ALWAYS = {"GET /v1/changes": 1, "GET /v1/marks/changes": 1, "GET /v1/playlists": 1}
"""A start needs nothing else. Whoever adds to this makes every start dearer."""


class CountedServer(Server):
    """A server that is asked for its metrics."""

    def requests(self):
        trust = ssl.create_default_context(cafile=self.data / "tls" / "authority.pem")
        text = httpx.get(f"{self.url}/metrics", verify=trust).text
        counts = Counter()
        for method, route, count in COUNT.findall(text):
            if route not in ("/metrics", "/health/live"):
                counts[f"{method} {route}"] += int(float(count))
        return counts


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    for number in range(ALBUMS):
        album = folder / "music" / f"Album {number}"
        album.mkdir(parents=True)
        write_tone(album / f"Tone {number}.wav", 1, 220 + 20 * number)
        Image.new("RGB", (64, 64), (20 * number, 90, 120)).save(album / "cover.png")
    server = CountedServer(folder / "data")
    server.run("user", "add", "ann", "--tier", "premium", "--region", "DE")
    server.run("import", str(folder / "music"))
    server.start()
    yield server
    server.end()


@pytest.fixture(scope="module")
def segue(server, tmp_path_factory):
    segue = Segue(tmp_path_factory.mktemp("player") / "home")
    token = server.run("token", "ann")["token"]
    segue("login", server.url, "--token", token)
    segue("sync")
    yield segue
    subprocess.run(
        [sys.executable, "-m", "player", "stop"],
        env=segue.environment, capture_output=True, check=False,
    )  # fmt: skip


def look(segue, seen):
    """Open the player on a terminal, close it when the library is shown and `seen` says so."""
    ours, theirs = pty.openpty()
    screen = {"TERM": "xterm-256color", "COLUMNS": "140", "LINES": "40", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        [sys.executable, "-m", "player"],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**segue.environment, **screen},
    )  # fmt: skip
    os.close(theirs)
    drawn = b""
    closing = False
    while True:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                drawn += os.read(ours, 65536)
            except OSError:
                break  # it has closed its end
        if not closing and b"Album 0" in drawn and seen():
            closing = True
            os.write(ours, b"q")
    assert process.wait(60) == 0
    os.close(ours)


@pytest.mark.parametrize(
    "expected",
    [Counter({**ALWAYS, "GET /v1/art/{cover}": ALBUMS}), Counter(ALWAYS)],
    ids=["with the covers that are seen", "with covers that are here"],
)
def test_a_start_asks_for_changes_and_new_covers_only(expected, server, segue):
    segue("stop")
    before = server.requests()
    look(segue, lambda: server.requests() - before >= expected)
    assert server.requests() - before == expected
