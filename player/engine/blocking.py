"""A client of the engine for one-shot programs: blocking, standard library only."""

import socket
from collections.abc import Iterator
from typing import Any, Self

from player.engine import protocol
from player.engine.home import Home
from player.errors import EngineAbsentError, PlayerError


class BlockingClient:
    """One connection. Use as a context manager; `call` waits for its answer."""

    def __init__(self, home: Home, *, timeout_s: float | None = 120.0) -> None:
        self._socket = _dial(home, timeout_s)
        self._file = self._socket.makefile("rb", buffering=1 << 16)
        self._last_id = 0
        self._events: list[tuple[str, Any]] = []
        try:
            self._send(protocol.hello("cli"))
            greeting = self._receive()
            protocol.check_hello(greeting)
        except BaseException:
            self.close()
            raise
        self.engine_version = str(greeting.get("engine", ""))
        self.engine_pid = int(greeting.get("pid", 0))

    def call(self, command: str, **args: Any) -> Any:
        """Run a command and return its result. Raises EngineError, EngineAbsentError."""
        number = self.send(command, **args)
        for message in self._messages():
            if message.get("id") == number and "event" not in message:
                return protocol.result_of(message)
            self._keep(message)
        raise EngineAbsentError("the engine went away before it answered")

    def send(self, command: str, **args: Any) -> int:
        """Send a command without waiting; its answer shows up in `stream`."""
        self._last_id += 1
        self._send(protocol.request(self._last_id, command, args))
        return self._last_id

    def stream(self, number: int) -> Iterator[tuple[str, Any]]:
        """(topic, data) of events until request `number` is answered: then ("result", it), end."""
        for message in self._messages():
            if message.get("id") == number and "event" not in message:
                yield "result", protocol.result_of(message)
                return
            if "event" in message:
                yield message["event"], message.get("data")
        raise EngineAbsentError("the engine went away before it answered")

    def events(self) -> Iterator[tuple[str, Any]]:
        """(topic, data) of every event, until the engine goes away."""
        while self._events:
            yield self._events.pop(0)
        self._socket.settimeout(None)
        for message in self._messages():
            if "event" in message:
                yield message["event"], message.get("data")

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _keep(self, message: protocol.Message) -> None:
        if "event" in message:
            self._events.append((message["event"], message.get("data")))

    def _send(self, message: protocol.Message) -> None:
        try:
            self._socket.sendall(protocol.encode(message))
        except OSError as error:
            raise EngineAbsentError("the engine hung up") from error

    def _receive(self) -> protocol.Message:
        message = next(self._messages(), None)
        if message is None:
            raise EngineAbsentError("the engine hung up")
        return message

    def _messages(self) -> Iterator[protocol.Message]:
        while True:
            try:
                line = self._file.readline(protocol.MAX_LINE + 1)
            except TimeoutError:
                raise PlayerError("the engine does not answer", remedy="segue doctor") from None
            except OSError:
                return
            if not line.endswith(b"\n"):
                return
            yield protocol.decode(line)


def _dial(home: Home, timeout_s: float | None) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(timeout_s)
    try:
        line.connect(str(home.socket_for_client()))
    except OSError as error:
        line.close()
        raise EngineAbsentError("the engine is not running") from error
    return line
