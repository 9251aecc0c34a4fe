"""Figures on the socket and bundles on the disk: pushed while looked at, replayable, no secrets."""

import asyncio
import json
import zipfile

import pytest

from player.engine import bundle
from player.engine.process_use import ProcessUse, memory_bytes
from player.engine.pulse import Pulse
from player.engine.services.desk import Desk
from player.engine.services.diagnostics import DiagnosticsService
from player.errors import PlayerError, UsageError
from player.playback.diagnostics.link_log import LinkTap
from player.playback.diagnostics.recorder import Recorder
from player.playback.diagnostics.report import Report
from tests.player.playback.stage import Stage
from tests.player.playback.virtual_time import run_virtual

SIGNATURE = "exp=1790000000&sig=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6"


class Recorded(Stage):
    """A player with recorder and tap, over a server with signed addresses."""

    def build(self):
        self.recorder = Recorder(self.clock.monotonic)
        super().build()
        self.recorder.watch(self.controller.gauges)

    def tracer(self):
        """The recorder."""
        return self.recorder

    def media(self):
        """The server behind the tap."""
        return LinkTap(self.server, self.recorder.link, self.clock.monotonic)


def evening():
    """Ninety seconds over a link with a hole; the recorder of it."""

    async def play():
        stage = Recorded(kbps=lambda t: 0 if 1030 < t < 1050 else 60_000)
        stage.server.add_track("a", seconds=300)
        async with stage.running():
            stage.controller.play(["a"])
            await asyncio.sleep(90)
        return stage.recorder

    return run_virtual(play())


def as_bench_trace(rows):
    """What the bench makes of a file: (seconds, bytes, rates), by its own rules."""
    assert isinstance(rows, list)
    seconds = size = 0.0
    for row in rows:
        assert row.keys() == {"duration_ms", "bandwidth_kbps", "latency_ms"}
        assert row["duration_ms"] > 0
        assert row["bandwidth_kbps"] >= 0
        assert row["latency_ms"] >= 0
        seconds += row["duration_ms"] / 1000
        size += row["duration_ms"] / 1000 * row["bandwidth_kbps"] * 125
    assert size > 0, "the bench refuses a link that never gives anything"
    return seconds, size, [row["bandwidth_kbps"] for row in rows]


def exported(path, recorder, **more):
    parts = {"diagnostics": {}, "settings": {}, "about": {}} | more
    bundle.write(path, bundle.Bundle(link=recorder.link_samples(), lines=recorder.lines(), **parts))
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_link_of_a_bundle_is_a_trace_of_the_bench(tmp_path):
    recorder = evening()
    members = exported(tmp_path / "b.zip", recorder)
    seconds, size, rates = as_bench_trace(json.loads(members["link.json"]))
    assert 60 <= seconds <= 95
    assert 0.0 in rates, "the hole is in it"
    assert max(rates) == pytest.approx(480, rel=0.15)
    assert size >= recorder.link.total_bytes
    events = [json.loads(line) for line in members["trace.jsonl"].splitlines()]
    assert {"chunk_requested", "chunk_received", "first_audio"} <= {e["event"] for e in events}
    assert "abrbench.py" in members["README.txt"]


def test_a_bundle_holds_no_secrets(tmp_path):
    recorder = Recorder(lambda: 1.0)
    recorder.link.ended(recorder.link.asked(0.5), 0.9, failed=True)
    recorder("chunk_requested", track="0X298RhPf4j1rGdYrFqaOs", kbps=96,
             reason=f"https://music.example/media/x.m4a?{SIGNATURE}")  # fmt: skip
    recorder("switch", kbps=96, reason=f"GET /media/x.m4a?{SIGNATURE} failed")
    secrets = {
        "token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJtYXJhIn0.c2lnbmF0dXJl",
        "key": "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF",
        "file": "/home/mara/music/secret album/song.wav",
    }
    members = exported(tmp_path / "b.zip", recorder, about=secrets, settings={"audio": secrets})
    everything = "".join(members.values())
    for secret in (*secrets.values(), SIGNATURE, "sig=", "music.example", "mara"):
        assert secret not in everything
    assert "0X298RhPf4j1rGdYrFqaOs" in everything, "ids of tracks are needed to understand it"
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


@pytest.fixture
def commands(tmp_path):
    recorder = evening()
    service = DiagnosticsService(
        recorder, Report, lambda: ({"segue": "9"}, {"log": {}}), tmp_path / "bundles"
    )
    return service, Desk([service], {"diagnostics": service.present})


async def test_commands(commands, tmp_path):
    service, desk = commands
    assert (await desk.run("diagnostics", {}))["counts"]["stalls"] == 0
    assert desk.snapshot("diagnostics") == await desk.run("diagnostics", {})
    small = service.summary()["diagnostics"]
    assert len(json.dumps(small)) < 1500
    done = await desk.run("diagnostics.export", {"minutes": 1e6})
    assert done["out"].startswith(str(tmp_path / "bundles"))
    assert done["events"] > 100
    assert (await desk.run("diagnostics.export", {"out": str(tmp_path / "x.zip")}))["events"] == 0
    with pytest.raises(UsageError):
        await desk.run("diagnostics.export", {"out": "here.zip"})
    (tmp_path / "file").touch()
    with pytest.raises(PlayerError):
        await desk.run("diagnostics.export", {"out": str(tmp_path / "file" / "x.zip")})


def test_figures_are_pushed_only_while_somebody_looks():
    async def scenario():
        audience, pushed = [0], []
        pulse = Pulse(lambda: audience[0], lambda: pushed.append(1))
        pulse.look()
        await asyncio.sleep(5)
        assert not pushed
        audience[0] = 1
        pulse.look()
        pulse.look()
        await asyncio.sleep(3.5)
        assert len(pushed) == 3
        audience[0] = 0
        pulse.look()
        await asyncio.sleep(5)
        assert len(pushed) == 3

    run_virtual(scenario())


def test_the_process_knows_what_it_takes():
    use = ProcessUse()
    first = use.report()
    assert first.memory_bytes == pytest.approx(memory_bytes(), rel=0.5)
    assert first.cpu_s > 0
    assert use.report().cpu_percent == first.cpu_percent, "too soon for another share"
