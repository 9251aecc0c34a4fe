"""`segue` as it is typed: real processes, a real engine on the null sink, no server."""

import json
import os
import signal
import subprocess
import sys
import threading
import zipfile

import pytest

NOT_RUNNING, NOT_ALLOWED = 3, 5


class Segue:
    """The command on one profile."""

    def __init__(self, home):
        self.home = home
        self.environment = {
            **os.environ,
            "SEGUE_HOME": str(home),
            "SEGUE_AUDIO_SINK": "null",
            "SEGUE_PRIVACY_KEYS": "file",
            "NO_COLOR": "1",
        }

    def __call__(self, *words, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "player", *words],
            env=self.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def json(self, *words, code=0):
        return json.loads(self(*words, "--json", code=code).splitlines()[-1])

    @property
    def engine_pid(self):
        return int((self.home / "run" / "engine.lock").read_text())


@pytest.fixture
def segue(tmp_path):
    segue = Segue(tmp_path / "home")
    yield segue
    subprocess.run(
        [sys.executable, "-m", "player", "stop"],
        env=segue.environment, capture_output=True, check=False,
    )  # fmt: skip


def test_without_an_engine(segue):
    for verb in ("status", "pause", "next", "stop", "seek +1", "volume 3", "queue"):
        assert "not running" in segue(*verb.split(), code=NOT_RUNNING)
    assert segue.json("pause", code=NOT_RUNNING)["error"]["remedy"]
    assert not segue.home.exists()


def test_wrong_words(segue):
    segue("dance", code=2)
    segue("seek", "there", code=2)
    assert "SEGUE_LOG_LEVEL" in _with(segue, SEGUE_LOG_LEVEL="loud")("config", "check", code=2)
    assert "[audio]" in segue("config", "show")
    assert "segue play" in segue("--help")


def _with(segue, **variables):
    segue.environment.update(variables)
    return segue


def test_the_life_of_an_engine(segue):
    segue("play", "anything", code=5)
    state = segue.json("status")
    assert (state["status"], state["sink"]) == ("idle", "null")
    assert state["connection"]["state"] == "signed_out"
    assert segue.json("volume", "40")["volume"] == 40
    assert segue.json("volume", "-5")["volume"] == 35
    assert segue.json("shuffle", "on")["shuffle"] is True
    assert segue.json("repeat")["repeat"] == "all"
    assert segue.json("mute")["muted"] is True
    segue("sync", code=5)
    segue("devices", code=5)
    segue("login", "https://127.0.0.1:9", code=4)
    segue("login", "http://example.org", code=2)
    segue("lyrics", code=1)
    segue("queue", "remove", "9", code=1)
    assert {c["name"] for c in segue.json("doctor")["checks"]} >= {"engine", "sound", "disk"}
    assert "empty" in segue("queue")
    segue("stop")
    segue("status", code=NOT_RUNNING)
    log = (segue.home / "log" / "engine.log").read_text()
    assert all(json.loads(line)["event"] for line in log.splitlines())


def test_quality_and_diagnostics(segue, tmp_path):
    assert "follows the link" in segue("quality")
    assert segue.json("quality", "160")["quality"] == "160"
    assert segue.json("metered", "on")["metered"] is True
    segue("quality", "loud", code=2)
    told = segue("status", "--sink", "mpv")
    assert "--sink mpv is not used" in told
    assert "segue stop" in told
    assert "not used" not in segue("status", "--sink", "null")
    state = segue.json("status")
    assert state["limits"] == {"quality": "160", "metered": True, "plan_kbps": 0}
    assert state["diagnostics"]["buffer"]["target_s"] == 30
    assert state["diagnostics"]["process"]["memory_bytes"] > 0
    assert "buffer" in segue("diagnostics")
    out = segue.json("diagnostics", "export", "--out", str(tmp_path / "bundle.zip"))["out"]
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("link.json")) == []
        assert json.loads(archive.read("about.json"))["limits"]["quality"] == "160"
    segue("stop")
    segue("search", "x")
    assert segue.json("quality")["quality"] == "160"


def test_only_one_engine_is_started(segue):
    threads = [threading.Thread(target=segue, args=("search", "x")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ready = (segue.home / "log" / "engine.log").read_text().count('"event": "ready"')
    assert ready == 1


def test_after_a_crash_it_starts_again_and_remembers(segue):
    segue("search", "x")
    segue("volume", "33")
    os.kill(segue.engine_pid, signal.SIGTERM)
    _gone(segue)
    segue("search", "x")
    os.kill(segue.engine_pid, signal.SIGKILL)
    _gone(segue)
    assert (segue.home / "run" / "engine.sock").exists()
    segue("search", "x")
    assert segue.json("status")["volume"] == 33


def _gone(segue):
    while segue_status(segue) != NOT_RUNNING:
        pass


def segue_status(segue):
    return subprocess.run(
        [sys.executable, "-m", "player", "status"],
        env=segue.environment, capture_output=True, check=False,
    ).returncode  # fmt: skip


def test_following_the_status(segue):
    segue("search", "x")
    following = subprocess.Popen(
        [sys.executable, "-m", "player", "status", "--follow", "--json"],
        env=segue.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with following:
        assert json.loads(following.stdout.readline())["volume"] == 100
        segue("volume", "12")
        assert json.loads(following.stdout.readline())["volume"] == 12
        segue("stop")
        assert following.wait(30) == NOT_RUNNING


def test_help_by_its_name(segue):
    assert segue("help") == segue("--help")
    assert segue("help", "seek") == segue("seek", "--help")


def test_an_engine_that_cannot_start_says_why(segue):
    segue.home.mkdir()
    (segue.home / "settings.toml").write_text("[audio]\nsink = 3\n")
    del segue.environment["SEGUE_AUDIO_SINK"]
    assert "settings.toml:2" in segue("play", code=1)
    assert segue.json("doctor", code=1)["checks"][0]["status"] == "fail"
