"""Accidents of whole programs: an engine that is killed, a disk that is full, a server that fails.

Real processes, a real server over TLS, and the proxy of faults between.
"""

import asyncio
import gc
import resource
import signal
import ssl
import threading
import warnings
from pathlib import Path

import psutil
import pytest

from player.engine.blocking import BlockingClient
from player.engine.home import Home
from tests.journeys.fault_proxy import Fault, FaultProxy, grants
from tests.journeys.test_listen import Segue, Server, write_tone

SMALL_FILES = 200_000
"""Bytes that a file may have on the full disk: less than a track in any quality but the lowest."""
PLACE_SAVED_EVERY_MS = 5_000


class ProxyThread:
    """The proxy on a loop of its own; `faults` may be changed from any thread."""

    def __init__(self, upstream):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.proxy = FaultProxy(upstream, upstream_tls=context)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        self._do(self.proxy.start())
        return self.proxy

    def __exit__(self, *_):
        self._do(self.proxy.refuse())
        self._do(_settled())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        with warnings.catch_warnings():
            # A connection that came in the very last moment was never handed to anybody.
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()

    def _do(self, coroutine):
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)


async def _settled():
    """Let what was aborted come to its end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("accidents")
    music = folder / "music"
    music.mkdir()
    for title, seconds, pitch in [("Dawn", 45, 440), ("Noon", 20, 660)]:
        write_tone(music / f"{title}.wav", seconds, pitch)
    server = Server(folder / "data")
    server.run("user", "add", "ann", "--tier", "premium", "--region", "DE")
    server.run("import", str(music))
    server.start()
    yield server
    server.end()


@pytest.fixture
def proxy(server):
    with ProxyThread(int(server.port)) as proxy:
        yield proxy


@pytest.fixture
def segue(tmp_path, server, proxy):
    segue = Segue(tmp_path / "home")
    token = server.run("token", "ann")["token"]
    segue("login", f"http://127.0.0.1:{proxy.port}", "--token", token)
    segue("sync")
    yield segue
    segue("stop")


def queue_of(segue):
    return [row["track_id"] for row in segue("queue", "list")["rows"]]


def engine_of(home):
    return psutil.Process(int(Home(home).lock.read_text()))


def notice(home, word):
    """The first notice with a word in it."""
    with BlockingClient(Home(home)) as client:
        client.call("subscribe", topics=["notice"])
        for _topic, data in client.events():
            if word in data["text"]:
                return data
    raise AssertionError("the engine went away")


def test_an_engine_that_is_killed_goes_on_where_it_was(segue):
    segue("volume", "37")
    segue("play", "dawn")
    segue("queue", "add", "noon")
    segue("shuffle", "on")
    before = queue_of(segue)
    segue("seek", "0:10")
    segue.until(lambda s: s["status"] == "playing" and s["position_ms"] > 16_000)
    engine = engine_of(segue.home)
    place = segue("status")["position_ms"]
    engine.send_signal(signal.SIGKILL)
    engine.wait(30)
    segue("sync")
    back = segue.until(lambda s: s["status"] == "playing")
    assert back["track"]["title"] == "Dawn"
    assert place - PLACE_SAVED_EVERY_MS - 1_500 <= back["position_ms"]
    assert (back["volume"], back["shuffle"]) == (37, True)
    assert queue_of(segue) == before
    segue("pause")
    segue("stop")
    segue("sync")
    assert segue("status")["status"] == "paused"


def test_a_full_disk_costs_a_line_and_no_sound(tmp_path, server, proxy):
    """The kernel refuses to write: files may not grow beyond a size."""
    limited = Segue(tmp_path / "home")
    limited.environment["SEGUE_STREAMING_QUALITY"] = "320"
    token = server.run("token", "ann")["token"]
    limited("login", f"http://127.0.0.1:{proxy.port}", "--token", token)
    limited("sync")
    resource.prlimit(engine_of(limited.home).pid, resource.RLIMIT_FSIZE, (SMALL_FILES, SMALL_FILES))
    news = []
    listening = threading.Thread(
        target=lambda: news.append(notice(limited.home, "disk is full")), daemon=True
    )
    listening.start()
    limited("play", "dawn")
    limited.until(lambda s: s["status"] == "playing" and s["buffered_ms"] >= 20_000)
    listening.join(60)
    text = "The disk is full: nothing more is kept on this device, playing goes on"
    assert (news[0]["text"], news[0]["level"]) == (text, "warn")
    assert news[0]["detail"] == "make room; it is tried again by itself"
    kept = [path.stat().st_size for path in Path(Home(limited.home).cache / "audio").iterdir()]
    assert kept
    assert max(kept) <= SMALL_FILES
    limited("stop")


def test_a_server_that_fails_behind_a_proxy_is_told_and_got_over(segue, proxy):
    proxy.faults.append(Fault(status=500))
    segue("play", "dawn")
    told = notice(segue.home, "trouble")
    assert told["text"] == "The server has trouble: 0 s are buffered, trying again by itself"
    state = segue("status")
    assert state["connection"]["attempts"] >= 1
    proxy.faults[:] = [Fault(where=grants, times=1, status=503, headers={"Retry-After": "1"})]
    segue("retry")
    playing = segue.until(lambda s: s["status"] == "playing")
    assert playing["connection"]["state"] == "online"
    assert proxy.faults[0].met == 1
