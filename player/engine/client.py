"""The view's connection to the engine: calls, and events that survive an engine's restart."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from player.engine import protocol
from player.engine.home import Home
from player.engine.protocol import Topic
from player.errors import EngineAbsentError, PlayerError

_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 2.0
_LATEST_ONLY = frozenset({"state", "library", "queue", "engine", "diagnostics"})


@dataclass(frozen=True, slots=True)
class Event:
    """News. Topic `engine` is the client's own: whether the engine answers ({"up", "detail"})."""

    topic: str
    data: Any


class Subscription:
    """Events that wait for a reader. Of a state only the latest waits: a slow view skips frames."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics | {"engine"}
        self._waiting: list[Event] = []
        self._news = asyncio.Event()
        self._closed = False

    def put(self, event: Event) -> None:
        """Deliver, if it is of one of the topics."""
        if event.topic not in self.topics:
            return
        if event.topic in _LATEST_ONLY:
            self._waiting = [e for e in self._waiting if e.topic != event.topic]
        self._waiting.append(event)
        self._news.set()

    def close(self) -> None:
        """End the iteration once everything delivered has been read."""
        self._closed = True
        self._news.set()

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Event:
        while not self._waiting:
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._waiting.pop(0)


class EngineClient:
    """Talks to the engine of one profile; connects again by itself until closed.

    `start` is called (in a thread) whenever no engine answers; without it an absent engine is an
    error at `connect` and waited for afterwards.
    """

    def __init__(
        self, home: Home, *, start: Callable[[], None] | None = None, name: str = "tui"
    ) -> None:
        self._home = home
        self._start = start
        self._name = name
        self._topics: set[str] = set()
        self._subscriptions: list[Subscription] = []
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._last_id = 0
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self.engine_version = ""

    async def connect(self) -> None:
        """Connect, starting the engine if need be. Raises EngineAbsentError, EngineStartError."""
        reader = await self._dial()
        self._reading = asyncio.create_task(self._keep_reading(reader))

    async def call(self, command: str, **args: Any) -> Any:
        """Run a command; its result. Raises EngineError, EngineAbsentError."""
        if self._writer is None:
            raise EngineAbsentError("the engine is not connected")
        if command == "stop":
            self._start = None
        return await self._call(self._writer, command, args)

    def subscribe(self, *topics: Topic) -> Subscription:
        """Events of these topics (and of `engine`) from now on; the present state comes first."""
        subscription = Subscription(frozenset(topics))
        self._subscriptions.append(subscription)
        self._topics |= set(topics)
        if self._writer is not None:
            self._request(self._writer, "subscribe", {"topics": sorted(topics)})
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription; what nobody else follows is not sent any more."""
        subscription.close()
        if subscription not in self._subscriptions:
            return
        self._subscriptions.remove(subscription)
        wanted = {topic for other in self._subscriptions for topic in other.topics}
        gone = self._topics - wanted
        self._topics -= gone
        if gone and self._writer is not None:
            self._request(self._writer, "unsubscribe", {"topics": sorted(gone)})

    async def close(self) -> None:
        """Hang up and end all subscriptions."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
        await self._hang_up()
        for subscription in self._subscriptions:
            subscription.close()

    async def _dial(self) -> asyncio.StreamReader:
        try:
            reader, writer = await self._open()
        except OSError as error:
            if self._start is None:
                raise EngineAbsentError("the engine is not running") from error
            await asyncio.to_thread(self._start)
            try:
                reader, writer = await self._open()
            except OSError as again:
                raise EngineAbsentError("the engine started and went away") from again
        try:
            writer.write(protocol.encode(protocol.hello(self._name)))
            greeting = protocol.decode(await reader.readline() or b"{}")
            protocol.check_hello(greeting)
        except BaseException:
            writer.close()
            raise
        self.engine_version = str(greeting.get("engine", ""))
        self._writer = writer
        if self._topics:
            self._request(writer, "subscribe", {"topics": sorted(self._topics)})
        return reader

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        path = str(self._home.socket_for_client())
        return await asyncio.open_unix_connection(path, limit=protocol.MAX_LINE)

    def _request(self, writer: asyncio.StreamWriter, command: str, args: dict[str, Any]) -> int:
        self._last_id += 1
        writer.write(protocol.encode(protocol.request(self._last_id, command, args)))
        return self._last_id

    async def _call(self, writer: asyncio.StreamWriter, command: str, args: dict[str, Any]) -> Any:
        number = self._request(writer, command, args)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        try:
            return await future
        finally:
            self._answers.pop(number, None)

    async def _keep_reading(self, reader: asyncio.StreamReader) -> None:
        while True:
            self._tell({"up": True, "detail": ""})
            detail = "the engine went away"
            try:
                while line := await reader.readline():
                    self._take(protocol.decode(line))
            except (OSError, ValueError, PlayerError) as error:
                detail = str(error) or detail
            await self._hang_up()
            self._tell({"up": False, "detail": detail})
            reader = await self._dial_until_it_answers()

    async def _dial_until_it_answers(self) -> asyncio.StreamReader:
        wait_s = _FIRST_WAIT_S
        while True:
            await asyncio.sleep(wait_s)
            try:
                return await self._dial()
            except (OSError, PlayerError) as error:
                self._tell({"up": False, "detail": str(error)})
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    def _take(self, message: protocol.Message) -> None:
        if "event" in message:
            for subscription in self._subscriptions:
                subscription.put(Event(message["event"], message.get("data")))
            return
        future = self._answers.get(message.get("id") or 0)
        if future is None or future.done():
            return
        try:
            future.set_result(protocol.result_of(message))
        except PlayerError as error:
            future.set_exception(error)

    def _tell(self, data: dict[str, Any]) -> None:
        for subscription in self._subscriptions:
            subscription.put(Event("engine", data))

    async def _hang_up(self) -> None:
        writer, self._writer = self._writer, None
        for future in self._answers.values():
            if not future.done():
                future.set_exception(EngineAbsentError("the engine went away"))
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
