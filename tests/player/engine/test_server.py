"""The engine's socket: several clients, slow ones, wrong lines, dead sockets."""

import asyncio
import contextlib
import json
import socket
import stat
from contextlib import asynccontextmanager

import pytest

from player.engine import server as server_module
from player.engine.client import EngineClient
from player.engine.home import Home
from player.engine.lock import ProfileLock
from player.engine.server import EngineServer
from player.errors import EngineAbsentError, EngineError, EngineStartError, NotFoundError


class Echo:
    """Commands for tests: answers its arguments, waits, or fails."""

    def __init__(self):
        self.gate = asyncio.Event()
        self.cancelled = []
        self.finished = []

    async def run(self, command, args):
        if command == "missing":
            raise NotFoundError("not here", remedy="look")
        if command == "bug":
            raise ZeroDivisionError("oops")
        if command in ("wait", "render"):
            try:
                await self.gate.wait()
            except asyncio.CancelledError:
                self.cancelled.append(command)
                raise
            self.finished.append(command)
        return {"command": command, **args}

    def snapshot(self, topic):
        return {"now": topic} if topic == "state" else None

    def ends_with_client(self, command):
        return command == "render"


@asynccontextmanager
async def serving(home):
    echo = Echo()
    server = EngineServer(home, echo, version="9")
    await server.start()
    try:
        yield server, echo
    finally:
        await server.close()


@asynccontextmanager
async def connected(home):
    client = EngineClient(home, name="test")
    await client.connect()
    try:
        yield client
    finally:
        await client.close()


async def raw(home):
    return await asyncio.open_unix_connection(str(home.socket_for_client()))


async def greet(home):
    reader, writer = await raw(home)
    writer.write(b'{"hello":1,"client":"raw"}\n')
    assert json.loads(await reader.readline())["engine"] == "9"
    return reader, writer


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


async def test_calls_are_answered_to_whom_asked(home):
    async with serving(home), connected(home) as one, connected(home) as two:
        answers = await asyncio.gather(
            one.call("a", n=1), two.call("b", n=2), one.call("c"), two.call("d")
        )
    assert [answer["command"] for answer in answers] == ["a", "b", "c", "d"]
    assert answers[1]["n"] == 2


async def test_a_slow_command_does_not_hold_up_the_next(home):
    async with serving(home) as (_, echo), connected(home) as client:
        waiting = asyncio.create_task(client.call("wait"))
        assert (await client.call("quick"))["command"] == "quick"
        echo.gate.set()
        assert (await waiting)["command"] == "wait"


async def test_errors_keep_their_kind_and_bugs_do_not_end_the_engine(home):
    async with serving(home), connected(home) as client:
        with pytest.raises(EngineError) as missing:
            await client.call("missing")
        with pytest.raises(EngineError) as bug:
            await client.call("bug")
        assert (await client.call("fine"))["command"] == "fine"
    assert (missing.value.kind, missing.value.remedy) == ("not_found", "look")
    assert bug.value.kind == "failed"


async def test_events_reach_subscribers_only(home):
    async with serving(home) as (server, _), connected(home) as one, connected(home) as two:
        news, others = one.subscribe("state"), two.subscribe("queue")
        await asyncio.gather(one.call("x"), two.call("x"))
        server.publish("state", {"n": 1})
        server.publish("queue", {"revision": 7})
        assert server.audience("state") == 1
        seen = [event async for event in _until(news, "state", {"n": 1})]
        assert ("state", {"n": 1}) in seen
        seen = [event async for event in _until(others, "queue", {"revision": 7})]
        assert all(topic != "state" for topic, _ in seen)


async def test_the_present_state_comes_with_the_subscription(home):
    async with serving(home), connected(home) as client:
        news = client.subscribe("state")
        seen = [event async for event in _until(news, "state", {"now": "state"})]
        assert seen


async def test_an_ended_subscription_is_not_served_any_more(home):
    async with serving(home) as (server, _), connected(home) as client:
        heard = []
        server.on_audience = lambda: heard.append(server.audience("diagnostics"))
        kept = client.subscribe("state")
        news = client.subscribe("state", "diagnostics")
        await client.call("after")
        assert server.audience("diagnostics") == 1
        client.unsubscribe(news)
        client.unsubscribe(news)
        await client.call("after")
        assert (server.audience("diagnostics"), server.audience("state")) == (0, 1)
        assert heard[-1] == 0
        server.publish("state", {"n": 2})
        assert [event async for event in _until(kept, "state", {"n": 2})]
        assert [event.topic async for event in news] == ["engine", "state"]


async def _until(news, topic, data):
    async for event in news:
        yield event.topic, event.data
        if (event.topic, event.data) == (topic, data):
            return


async def test_topics_must_exist(home):
    async with serving(home), connected(home) as client:
        with pytest.raises(EngineError) as caught:
            await client.call("subscribe", topics=["weather"])
    assert caught.value.kind == "usage"


@pytest.mark.parametrize(
    "line",
    [b"nonsense\n", b"[]\n", b'{"id":"x"}\n', b"{" + b" " * (1 << 20) + b"}\n"],
)
async def test_a_wrong_line_is_answered_and_ends_that_client_only(home, line):
    async with serving(home), connected(home) as other:
        reader, writer = await greet(home)
        writer.write(line)
        answer = json.loads(await reader.readline())
        assert answer["error"]["kind"] == "usage"
        assert await reader.read() == b""
        writer.close()
        assert await other.call("still there")


async def test_another_version_is_told_so(home):
    async with serving(home):
        reader, writer = await raw(home)
        writer.write(b'{"hello":99}\n')
        answer = json.loads(await reader.readline())
        assert "version" in answer["error"]["message"]
        writer.close()


async def test_a_client_that_hangs_up_at_once_leaves_nothing(home):
    async with serving(home) as (server, _), connected(home) as client:
        _, writer = await raw(home)
        writer.close()
        await client.call("x")
        reader, writer = await greet(home)
        writer.close()
        await reader.read()
        await client.call("x")
        assert server.clients == 1


async def test_what_a_client_waits_for_ends_with_it_other_work_is_finished(home):
    async with serving(home) as (_, echo), connected(home) as observer:
        client = EngineClient(home)
        await client.connect()
        calls = [asyncio.create_task(client.call(name)) for name in ("render", "wait")]
        await observer.call("x")
        await client.call("x")
        await client.close()
        for call in calls:
            with pytest.raises(EngineAbsentError):
                await call
        while not echo.cancelled:
            await observer.call("x")
        echo.gate.set()
        while not echo.finished:
            await observer.call("x")
    assert (echo.cancelled, echo.finished) == (["render"], ["wait"])


async def test_a_client_that_does_not_read_is_dropped(home, monkeypatch):
    monkeypatch.setattr(server_module, "_BACKLOG_BYTES", 1 << 16)
    async with serving(home) as (server, _), connected(home) as client:
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(home.socket_for_client()))
        line.sendall(b'{"hello":1}\n{"id":1,"command":"subscribe","args":{"topics":["state"]}}\n')
        while server.audience("state") == 0:
            await client.call("x")
        for _ in range(64):
            server.publish("state", {"text": "x" * 10_000})
        while server.audience("state"):
            await client.call("x")
        line.close()
        assert (await client.call("fine"))["command"] == "fine"


async def test_the_socket_is_private_and_goes_away(home):
    async with serving(home):
        path = home.socket_for_client()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(home.run.stat().st_mode) == 0o700
    assert not path.exists()


async def test_a_dead_socket_is_replaced(home):
    home.run.mkdir(parents=True, mode=0o700)
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(home.run / "engine.sock"))
    dead.close()
    async with serving(home), connected(home) as client:
        assert await client.call("x")


async def test_a_long_path_is_reached_by_a_short_one(tmp_path, monkeypatch):
    runtime = tmp_path / "rt"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setattr("player.engine.home.ADDRESS_LIMIT", len(str(runtime)) + 45)
    home = Home(tmp_path / ("long" * 20))
    async with serving(home), connected(home) as client:
        assert await client.call("x")
        assert home.address_file.exists()
        assert home.socket_for_client().parent == runtime / "segue"
    assert not home.address_file.exists()


async def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    home = Home(tmp_path)
    monkeypatch.setattr("os.getuid", lambda: 1)
    with pytest.raises(EngineStartError):
        await EngineServer(home, Echo(), version="9").start()


async def test_an_absent_engine_is_said(home):
    with pytest.raises(EngineAbsentError):
        await EngineClient(home).connect()
    with pytest.raises(EngineAbsentError):
        await EngineClient(home).call("x")


async def test_a_client_comes_back_with_the_engine(home):
    async with connected_later(home) as (client, news):
        async with serving(home):
            await client.connect()
            assert await client.call("x")
        downs = [event async for event in _first(news, lambda e: e.data.get("up") is False)]
        assert downs
        with pytest.raises(EngineAbsentError):
            await client.call("x")
        async with serving(home) as (server, _):
            ups = [event async for event in _first(news, lambda e: e.data == {"now": "state"})]
            assert ups
            assert server.audience("state") == 1


@asynccontextmanager
async def connected_later(home):
    client = EngineClient(home)
    news = client.subscribe("state")
    try:
        yield client, news
    finally:
        await client.close()
        with contextlib.suppress(StopAsyncIteration):
            while True:
                await anext(news)


async def _first(news, wanted):
    async for event in news:
        if wanted(event):
            yield event
            return


async def test_start_is_called_when_nobody_answers(home):
    started = []
    loop = asyncio.get_running_loop()
    server = EngineServer(home, Echo(), version="9")

    def start():
        started.append(True)
        asyncio.run_coroutine_threadsafe(server.start(), loop).result()

    client = EngineClient(home, start=start)
    await client.connect()
    assert (started, client.engine_version) == ([True], "9")
    await client.close()
    await server.close()


def test_one_engine_a_profile(home):
    with ProfileLock(home) as one, ProfileLock(home) as two:
        assert one.acquire()
        assert not two.acquire()
        one.release()
        assert two.acquire()
