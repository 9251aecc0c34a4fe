"""The engine's ear: a unix socket, many clients, answers and pushed events."""

import asyncio
import contextlib
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import structlog

from player.engine import protocol
from player.engine.home import Home
from player.engine.protocol import TOPICS, Topic
from player.errors import EngineStartError, PlayerError, UsageError

_HELLO_WITHIN_S = 10.0
_AT_ONCE = 64
"""Requests of one client under way; more wait in its socket."""
_BACKLOG_BYTES = 4 << 20
"""Unread bytes after which a client counts as stuck and is dropped."""

log = structlog.get_logger(__name__)


class Commands(Protocol):
    """What the engine can do, as the socket sees it."""

    async def run(self, command: str, args: dict[str, Any]) -> Any:
        """Run one command. Raises PlayerError."""
        ...

    def snapshot(self, topic: Topic) -> Any | None:
        """The present state of a topic, None if it has none."""
        ...

    def ends_with_client(self, command: str) -> bool:
        """Whether a command is given up when the client that asked for it hangs up."""
        ...


class _Client:
    """One connection: its subscriptions and what it waits for."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.name = "?"
        self.topics: set[Topic] = set()
        self.slots = asyncio.Semaphore(_AT_ONCE)

    def send(self, line: bytes) -> None:
        """Queue a line; a client that does not read is cut off."""
        transport = self.writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > _BACKLOG_BYTES:
            log.warning("client dropped", client=self.name, reason="it does not read")
            transport.abort()
            return
        self.writer.write(line)


class EngineServer:
    """Listens for one profile. `publish` pushes an event to everyone who subscribed to it."""

    def __init__(self, home: Home, commands: Commands, *, version: str) -> None:
        self._home = home
        self._commands = commands
        self._version = version
        self._clients: set[_Client] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._path = home.socket_for_server()
        self.on_audience: Callable[[], None] = lambda: None
        """Called when the number of subscribers changed."""

    async def start(self) -> None:
        """Listen. The caller holds the profile's lock, so a socket that is there is a dead one."""
        _private_folder(self._home.run)
        _private_folder(self._path.parent)
        self._path.unlink(missing_ok=True)
        self._home.address_file.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(
                self._serve, path=self._path, limit=protocol.MAX_LINE
            )
        except OSError as error:
            raise EngineStartError(f"cannot listen on {self._path}: {error}") from error
        finally:
            os.umask(before)
        if self._path.parent != self._home.run:
            self._home.address_file.write_text(f"{self._path}\n", "utf-8")

    async def close(self) -> None:
        """Stop listening, hang up on everyone and remove the socket."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        for client in tuple(self._clients):
            client.writer.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._path.unlink(missing_ok=True)
        self._home.address_file.unlink(missing_ok=True)

    def publish(self, topic: Topic, data: Any) -> None:
        """Push an event."""
        listeners = [client for client in self._clients if topic in client.topics]
        if not listeners:
            return
        line = protocol.encode(protocol.event(topic, data))
        for client in listeners:
            client.send(line)

    def present(self, topic: Topic) -> None:
        """Push the present state of a topic, if anybody follows it."""
        if self.audience(topic):
            self.publish(topic, self._commands.snapshot(topic))

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    def audience(self, topic: Topic) -> int:
        """How many clients follow a topic."""
        return sum(topic in client.topics for client in self._clients)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(writer)
        self._clients.add(client)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._greet(client, reader)
            async with _Crew() as crew:
                await self._read(client, reader, crew)
        except PlayerError as error:
            client.send(protocol.encode(protocol.refusal(None, error)))
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self._clients.discard(client)
            self._tasks.discard(task)
            writer.close()
            self.on_audience()

    async def _greet(self, client: _Client, reader: asyncio.StreamReader) -> None:
        async with asyncio.timeout(_HELLO_WITHIN_S):
            line = await _line(reader)
        if line is None:
            raise ConnectionError("hung up before the hello")
        message = protocol.decode(line)
        protocol.check_hello(message)
        client.name = str(message.get("client", "?"))
        client.send(protocol.encode(protocol.welcome(self._version, os.getpid())))

    async def _read(self, client: _Client, reader: asyncio.StreamReader, crew: "_Crew") -> None:
        while (line := await _line(reader)) is not None:
            number, command, args = protocol.read_request(protocol.decode(line))
            await client.slots.acquire()
            work = self._answer(client, number, command, args)
            crew.start(work, needed=not self._commands.ends_with_client(command))

    async def _answer(
        self, client: _Client, number: int, command: str, args: dict[str, Any]
    ) -> None:
        try:
            if command == "subscribe":
                result: Any = self._subscribe(client, args)
            elif command == "unsubscribe":
                result = self._unsubscribe(client, args)
            else:
                result = await self._commands.run(command, args)
            client.send(protocol.encode(protocol.answer(number, result)))
        except PlayerError as error:
            client.send(protocol.encode(protocol.refusal(number, error)))
        except Exception as error:  # the boundary: a bug must not end the engine
            log.exception("command failed", command=command)
            failure = PlayerError(f"{type(error).__name__}: {error}", remedy="segue doctor")
            client.send(protocol.encode(protocol.refusal(number, failure)))
        finally:
            client.slots.release()

    def _subscribe(self, client: _Client, args: dict[str, Any]) -> dict[str, Any]:
        topics = _topics(args)
        client.topics |= set(topics)
        for topic in topics:
            present = self._commands.snapshot(topic)
            if present is not None:
                client.send(protocol.encode(protocol.event(topic, present)))
        self.on_audience()
        return {"topics": sorted(client.topics)}

    def _unsubscribe(self, client: _Client, args: dict[str, Any]) -> dict[str, Any]:
        client.topics -= set(_topics(args))
        self.on_audience()
        return {"topics": sorted(client.topics)}


def _topics(args: dict[str, Any]) -> list[Topic]:
    """The topics that are named. Raises UsageError."""
    topics = args.get("topics")
    if not isinstance(topics, list) or not set(topics) <= set(TOPICS):
        raise UsageError(f"topics are a list of {', '.join(TOPICS)}")
    return topics


class _Crew:
    """Tasks of one connection: those a client waits for end with it, the others are finished."""

    def __init__(self) -> None:
        self._needed: set[asyncio.Task[None]] = set()
        self._waited_for: set[asyncio.Task[None]] = set()

    def start(self, work: Awaitable[None], *, needed: bool) -> None:
        """Begin one."""
        group = self._needed if needed else self._waited_for
        task = asyncio.ensure_future(work)
        group.add(task)
        task.add_done_callback(group.discard)

    async def __aenter__(self) -> "_Crew":
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in tuple(self._waited_for):
            task.cancel()
        everyone = (*self._needed, *self._waited_for)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*everyone, return_exceptions=True)


async def _line(reader: asyncio.StreamReader) -> bytes | None:
    """The next whole line, None at the end. Raises ProtocolError when it is too long."""
    try:
        line = await reader.readline()
    except ValueError as error:
        raise protocol.ProtocolError("a line is too long") from error
    return line if line.endswith(b"\n") else None


def _private_folder(path: Path) -> None:
    """Make a folder that only this user can enter. Raises EngineStartError if it is another's."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise EngineStartError(
            f"{path} belongs to somebody else", remedy="set SEGUE_HOME to a folder of your own"
        )
    path.chmod(0o700)
