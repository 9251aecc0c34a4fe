"""Listening as people do it: a server over TLS, music in a folder, and the `segue` command."""

import json
import math
import os
import re
import signal
import struct
import subprocess
import sys
import time
import wave

import httpx
import pytest

RATE = 44_100
DEADLINE_S = 110  # a machine with two busy cores encodes six renditions slowly


def write_tone(path, seconds, pitch):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        turn = 2 * math.pi * pitch / RATE
        one_second = b"".join(
            struct.pack("<hh", value, -value)
            for value in (int(9000 * math.sin(turn * at)) for at in range(RATE))
        )
        file.writeframes(one_second * seconds)


class Server:
    """`segue-server` on one data folder, always at the same port."""

    def __init__(self, data):
        self.data = data
        self.process = None
        self.port = "0"
        self.url = ""
        self.password = ""

    def run(self, *words):
        done = subprocess.run(
            [sys.executable, "-m", "server_stub", *words, "--data", str(self.data), "--json"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    def start(self):
        command = [sys.executable, "-m", "server_stub", "serve", "--port", self.port, "--json"]
        self.process = subprocess.Popen(
            [*command, "--data", str(self.data)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.url = json.loads(self.process.stdout.readline())["ready"]
        self.port = self.url.rsplit(":", 1)[1]

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(30)
        self.process.stdout.close()


class Segue:
    """The command on one profile, with the null sink."""

    def __init__(self, home):
        self.home = home
        self.trace = home.parent / "trace.jsonl"
        self.environment = {
            **os.environ,
            "SEGUE_HOME": str(home),
            "SEGUE_AUDIO_SINK": "null",
            "SEGUE_PRIVACY_KEYS": "file",
            "SEGUE_TRACE": str(self.trace),
        }

    def __call__(self, *words):
        done = subprocess.run(
            [sys.executable, "-m", "player", *words, "--json"],
            env=self.environment, capture_output=True, text=True, check=False, timeout=DEADLINE_S,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def until(self, wanted):
        """Follow the state until it is as wanted."""
        deadline = time.monotonic() + DEADLINE_S
        with subprocess.Popen(
            [sys.executable, "-m", "player", "status", "--follow", "--json"],
            env=self.environment, stdout=subprocess.PIPE, text=True,
        ) as following:  # fmt: skip
            try:
                for line in following.stdout:
                    state = json.loads(line)
                    if wanted(state):
                        return state
                    assert time.monotonic() < deadline, state
            finally:
                following.kill()
        raise AssertionError("the engine went away")

    def events(self, *names):
        lines = [json.loads(line) for line in self.trace.read_text().splitlines()]
        return [line for line in lines if line["event"] in names]


@pytest.fixture
def server(tmp_path):
    music = tmp_path / "music"
    music.mkdir()
    for number, (title, seconds) in enumerate([("Dawn", 40), ("Noon", 30), ("Dusk", 20)]):
        write_tone(music / f"{title}.wav", seconds, 220 * (number + 2))
    server = Server(tmp_path / "data")
    (music / "Noon.lrc").write_text("[00:01.00]High up\n[00:04.50]the light\n")
    user = server.run("user", "add", "ann", "--tier", "premium", "--region", "DE")
    server.password = user["password"]
    server.run("import", str(music))
    server.start()
    yield server
    if server.process.poll() is None:
        server.end()


@pytest.fixture
def segue(tmp_path):
    segue = Segue(tmp_path / "home")
    yield segue
    subprocess.run(
        [sys.executable, "-m", "player", "stop"],
        env=segue.environment, capture_output=True, check=False,
    )  # fmt: skip


def test_sign_in_find_play_and_go_on_when_the_server_comes_back(server, segue):
    token = server.run("token", "ann")["token"]
    assert segue("login", server.url, "--token", token)["user"] == "ann"
    assert segue("sync")["tracks"] == 3
    assert segue("search", "dwan")["tracks"][0]["title"] == "Dawn"
    assert len(segue("devices")["devices"]) == 1

    segue("play", "dawn")
    playing = segue.until(lambda s: s["status"] == "playing" and s["buffered_ms"] > 5000)
    assert playing["track"]["title"] == "Dawn"
    assert playing["quality"]["codec"] == "aac"
    segue("seek", "0:20")
    moved = segue.until(lambda s: s["status"] == "playing" and s["position_ms"] >= 20_000)
    assert moved["track"]["title"] == "Dawn"
    segue("seek", "-15")
    segue.until(lambda s: s["status"] == "playing" and s["position_ms"] < 20_000)

    segue("volume", "70")
    segue("queue", "next", "noon")
    segue("next")
    segue.until(lambda s: s["status"] == "playing" and s["track"]["title"] == "Noon")
    server.end(signal.SIGKILL)
    segue("queue", "next", "dusk")
    segue("next")
    waiting = segue.until(lambda s: s["connection"]["state"] == "offline")
    assert waiting["track"]["title"] == "Dusk"
    server.start()
    back = segue.until(lambda s: s["status"] == "playing" and s["track"]["title"] == "Dusk")
    assert back["connection"]["state"] == "online"
    assert back["volume"] == 70
    assert [e["event"] for e in segue.events("first_audio")]


def test_sign_in_by_a_code_and_read_the_words(server, segue):
    with subprocess.Popen(
        [sys.executable, "-m", "player", "login", server.url],
        env=segue.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as signing_in:  # fmt: skip
        told = "".join(signing_in.stderr.readline() for _ in range(4))
        assert "fingerprint" in told
        code = re.search(r"and type (\S+)", told)[1]
        approve(server.url, code, "ann", server.password)
        assert f"signed in as ann at {server.url}" in signing_in.stdout.read()
        assert signing_in.wait(DEADLINE_S) == 0
    segue("sync")
    noon = segue("search", "noon")["tracks"][0]
    words = segue("lyrics", f"segue:track:{noon['id']}")
    assert [line["text"] for line in words["lines"]] == ["High up", "the light"]
    server.end()
    assert segue("lyrics", f"segue:track:{noon['id']}") == words
    assert segue("logout") == {}


def approve(url, code, name, password):
    """What the person does in a browser."""
    with httpx.Client(base_url=url, verify=False) as browser:
        page = browser.get("/device", params={"user_code": code}).text
        form = re.search(r'name="form" value="([^"]*)"', page)[1]
        fields = {"form": form, "user_code": code, "name": name, "password": password}
        browser.post("/device", data=fields | {"action": "approve"}).raise_for_status()


@pytest.mark.parametrize("codec", ["aac", "vorbis"])
def test_render_is_as_long_as_the_source(server, segue, codec, tmp_path):
    token = server.run("token", "ann")["token"]
    segue("login", server.url, "--token", token)
    segue("sync")
    out = tmp_path / "out.wav"
    options = ["--codec", codec, "--kbps", "96,320,160", "--out", str(out)]
    done = segue("render", "dusk", *options)
    assert (done["frames"], done["rate"]) == (20 * RATE, RATE)
    assert out.stat().st_size > done["frames"] * 8


def test_what_was_played_plays_without_the_server(server, segue):
    token = server.run("token", "ann")["token"]
    segue("login", server.url, "--token", token)
    segue("sync")
    segue("play", "dusk")
    segue.until(lambda s: s["buffered_ms"] >= 19_000)
    segue("stop")
    server.end()
    segue("play", "dusk")
    playing = segue.until(lambda s: s["status"] == "playing")
    assert playing["track"]["title"] == "Dusk"
    assert segue("search", "noon")["tracks"]
