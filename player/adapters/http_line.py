"""One server over HTTP: trust, timeouts, and every failure turned into the player's own errors."""

import ssl
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from player.errors import (
    BadAnswerError,
    GoneError,
    NotAllowedError,
    OfflineError,
    PlayerError,
    ServerBusyError,
    SignedOutError,
    UntrustedServerError,
    UsageError,
)
from player.settings import NetworkSettings
from sync.wire.problems import Problem

T = TypeVar("T")

_GONE = frozenset({404, 410, 412, 416})
_BUSY = frozenset({429, 503})
_BEHIND_A_PROXY = frozenset({502, 504})
_WAIT_S = 2.0
_CONNECTIONS = 8
_PROBLEM_BYTES = 64 << 10


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


class HttpLine:
    """Keep-alive connections to one server; `on_contact(ok, detail)` hears how requests went."""

    def __init__(
        self,
        base_url: str,
        context: ssl.SSLContext,
        network: NetworkSettings,
        on_contact: Callable[[bool, str], None] = lambda ok, detail: None,
    ) -> None:
        self.base_url = base_url
        self._on_contact = on_contact
        timeout = httpx.Timeout(network.read_timeout_s, connect=network.connect_timeout_s)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            verify=context,
            timeout=timeout,
            limits=httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=60.0),
            headers={"User-Agent": "segue/0.1"},
            trust_env=not is_loopback(urlsplit(base_url).hostname or ""),
        )

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

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
        request = self._client.build_request(method, path, **body)
        try:
            with translated(self.base_url):
                response = await self._client.send(request, stream=True)
        except OfflineError as error:
            self._on_contact(False, error.message)
            raise
        try:
            if response.status_code >= 400 and response.status_code not in answers:
                raise await _problem(response)
            self._on_contact(True, "")
            yield response
        except OfflineError as error:
            self._on_contact(False, error.message)
            raise
        finally:
            await response.aclose()


@contextmanager
def translated(base_url: str) -> Iterator[None]:
    """Turn what the HTTP library raises into the player's errors."""
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, ssl.SSLError) as error:
        text = str(error) or type(error).__name__
        if "CERTIFICATE_VERIFY_FAILED" in text:
            raise UntrustedServerError(f"{base_url} is not the server that was trusted") from error
        if isinstance(error, httpx.TransportError):
            raise OfflineError(f"the server cannot be reached: {text}") from error
        raise BadAnswerError(f"{base_url}: {text}") from error


async def _problem(response: httpx.Response) -> PlayerError:
    """The error for an answer that is one."""
    status = response.status_code
    problem = await _details(response)
    message = problem.detail or problem.title or f"the server answered {status}"
    if status == 401:
        return SignedOutError(message)
    if status == 403:
        return NotAllowedError(message, remedy=problem.remedy)
    if status in _GONE:
        return GoneError(message, remedy=problem.remedy)
    if status in _BUSY:
        return ServerBusyError(message, retry_after_s=_retry_after(response, problem))
    if status in _BEHIND_A_PROXY:
        return OfflineError(message)
    return BadAnswerError(f"{message} ({status})", remedy=problem.remedy)


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
    try:
        return float(response.headers.get("Retry-After", _WAIT_S))
    except ValueError:
        return _WAIT_S


def decoded(body: bytes, kind: type[T]) -> T:
    """A JSON answer as a struct. Raises BadAnswerError."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise BadAnswerError(f"the server's answer is not understood: {error}") from error
