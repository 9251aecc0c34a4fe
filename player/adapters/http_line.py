"""One server over HTTP: trust, timeouts, and every failure turned into the player's own errors."""

import re
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from player.adapters.http_trouble import trouble
from player.errors import (
    BadAnswerError,
    GoneError,
    NotAllowedError,
    OfflineError,
    PlayerError,
    ServerBusyError,
    ServerFailedError,
    SignedOutError,
    UsageError,
)
from player.settings import NetworkSettings
from sync.wire.problems import Problem

T = TypeVar("T")

_GONE = frozenset({404, 410, 412, 416})
_BUSY = frozenset({429, 503})
_BEHIND_A_PROXY = frozenset({502, 504})
_FAILED = 500
_WAIT_S = 2.0
_CONNECTIONS = 8
_PROBLEM_BYTES = 64 << 10
_DATE = re.compile(r"[A-Z][a-z]{2}, [0-3]\d [A-Z][a-z]{2} \d{4} [0-2]\d:[0-5]\d:[0-6]\d GMT")


def server_address(text: str) -> str:
    """The base address as it is stored. Raises UsageError if it cannot be one."""
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{text} is not the address of a server", remedy="https://HOST:PORT")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise UsageError("a connection without TLS is refused", remedy=f"https://{parts.netloc}")
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def trust(authority: bytes | None) -> ssl.SSLContext:
    """Trust one pinned authority and nobody else, or (None) whom the system trusts."""
    if authority is None:
        return ssl.create_default_context()
    context = ssl.create_default_context(cadata=authority.decode("ascii"))
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@dataclass(eq=False, slots=True)
class _Wire:
    """A pool of connections, and how many answers are being read from it."""

    client: httpx.AsyncClient
    streams: int = 0


class HttpLine:
    """Keep-alive connections to one server; `on_contact(ok, detail)` hears how requests went.

    After a failure of the connection the next request goes over a new one: after a suspend or a
    change of network every connection of before may be dead without knowing it.
    """

    def __init__(
        self,
        base_url: str,
        context: ssl.SSLContext,
        network: NetworkSettings,
        on_contact: Callable[[bool, str], None] = lambda ok, detail: None,
        on_date: Callable[[float], None] = lambda unix: None,
    ) -> None:
        """`on_date` hears the server's time (Unix seconds) with every answer that tells it."""
        self.base_url = base_url
        self._context = context
        self._network = network
        self._on_contact = on_contact
        self._on_date = on_date
        self._wire = self._new_wire()
        self._left: list[_Wire] = []

    async def close(self) -> None:
        """Hang up."""
        self.hang_up()
        left, self._left = self._left, []
        for wire in left:
            await wire.client.aclose()
        await self._wire.client.aclose()

    def hang_up(self) -> None:
        """What is asked from now on goes over new connections; answers under way go on."""
        self._left.append(self._wire)
        self._wire = self._new_wire()

    async def request(
        self, method: str, path: str, *, answers: frozenset[int] = frozenset(), **body: Any
    ) -> httpx.Response:
        """One request, whole answer. Raises PlayerError for all but 2xx, 3xx and `answers`."""
        async with self.stream(method, path, answers=answers, **body) as response:
            with translated(self.base_url):
                await response.aread()
        return response

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, *, answers: frozenset[int] = frozenset(), **body: Any
    ) -> AsyncGenerator[httpx.Response, None]:
        """One request whose answer is read as it comes; errors as in `request`."""
        await self._clear_away()
        wire = self._wire
        wire.streams += 1
        try:
            async with self._answer(wire, method, path, body) as response:
                if response.status_code >= 400 and response.status_code not in answers:
                    raise await _problem(response)
                self._on_contact(True, "")
                yield response
        except OfflineError as error:
            if wire is self._wire and not isinstance(error, ServerBusyError | ServerFailedError):
                self.hang_up()
            self._on_contact(False, error.message)
            raise
        finally:
            wire.streams -= 1

    @asynccontextmanager
    async def _answer(
        self, wire: _Wire, method: str, path: str, body: dict[str, Any]
    ) -> AsyncGenerator[httpx.Response, None]:
        request = wire.client.build_request(method, path, **body)
        with translated(self.base_url):
            response = await wire.client.send(request, stream=True)
        date = moment(response.headers.get("Date", ""))
        if date is not None:
            self._on_date(date)
        try:
            yield response
        finally:
            await response.aclose()

    def _new_wire(self) -> _Wire:
        network = self._network
        timeout = httpx.Timeout(network.read_timeout_s, connect=network.connect_timeout_s)
        client = httpx.AsyncClient(
            base_url=self.base_url,
            verify=self._context,
            timeout=timeout,
            limits=httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=60.0),
            headers={"User-Agent": "segue/0.1"},
            trust_env=not is_loopback(urlsplit(self.base_url).hostname or ""),
        )
        return _Wire(client)

    async def _clear_away(self) -> None:
        """Close connections that were left, once nothing is read from them any more."""
        done = [wire for wire in self._left if not wire.streams]
        self._left = [wire for wire in self._left if wire.streams]
        for wire in done:
            await wire.client.aclose()


@contextmanager
def translated(base_url: str) -> Iterator[None]:
    """Turn what the HTTP library raises into the player's errors."""
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, ssl.SSLError) as error:
        raise trouble(base_url, error) from error


async def _problem(response: httpx.Response) -> PlayerError:
    """The error for an answer that is one."""
    status = response.status_code
    problem = await _details(response)
    message = problem.detail or problem.title or f"the server answered {status}"
    if status in _BUSY:
        return ServerBusyError(message, retry_after_s=_retry_after(response, problem))
    kind = _kind(status)
    unnamed = kind in (BadAnswerError, ServerFailedError) and str(status) not in message
    shown = f"{message} ({status})" if unnamed else message
    return kind(shown, remedy=problem.remedy)


def _kind(status: int) -> type[PlayerError]:
    if status in _GONE:
        return GoneError
    if status in _BEHIND_A_PROXY:
        return OfflineError
    if status >= _FAILED:
        return ServerFailedError
    return {401: SignedOutError, 403: NotAllowedError}.get(status, BadAnswerError)


async def _details(response: httpx.Response) -> Problem:
    nothing = Problem(type="", title="", status=response.status_code, code="")
    try:
        body = await response.aread()
        return msgspec.json.decode(body[:_PROBLEM_BYTES], type=Problem)
    except (httpx.HTTPError, msgspec.MsgspecError):
        return nothing


def _retry_after(response: httpx.Response, problem: Problem) -> float:
    if problem.retry_after_s is not None:
        return problem.retry_after_s
    told = response.headers.get("Retry-After", "")
    due = moment(told)
    if due is not None:
        now = moment(response.headers.get("Date", ""))
        return max(0.0, due - (time.time() if now is None else now))
    return float(told) if told.isdecimal() else _WAIT_S


def moment(text: str) -> float | None:
    """Unix time of a date of HTTP (RFC 9110 §5.6.7, its one preferred form), None if it is none."""
    return parsedate_to_datetime(text).timestamp() if _DATE.fullmatch(text) else None


def decoded(body: bytes, kind: type[T]) -> T:
    """A JSON answer as a struct. Raises BadAnswerError."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise BadAnswerError(f"the server's answer is not understood: {error}") from error
