"""The server as the signed-in player uses it: grants and media, the catalog, the account."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import httpx
import msgspec

from player.adapters.http_line import HttpLine, decoded, translated
from player.errors import (
    BadAnswerError,
    ConflictError,
    GoneError,
    NotAllowedError,
    OfflineError,
    ServerFailedError,
    SignedOutError,
)
from sync.wire.catalog import ChangePage, Lyrics, SearchHits
from sync.wire.collection import MarkPage
from sync.wire.intents import Intent, IntentBatch, Verdicts
from sync.wire.playback import Codec, Grant, GrantRequest
from sync.wire.problems import Problem
from sync.wire.sessions import Device, DeviceRegistration, Me

_CHANGES_AT_ONCE = 500
_CONFLICT = frozenset({409})


class TokenSource(Protocol):
    """Where bearer tokens come from."""

    async def access(self) -> str:
        """A token to send. Raises SignedOutError, OfflineError."""
        ...

    async def renew(self, refused: str) -> str:
        """Another token, after the server refused one. Raises SignedOutError, OfflineError."""
        ...

    def end(self) -> None:
        """The server refuses every token: the session is over."""
        ...


class HttpServer:
    """One server, one account, one device (`device_id`, set once it is registered)."""

    def __init__(self, line: HttpLine, tokens: TokenSource, device_id: str = "") -> None:
        self._line = line
        self._tokens = tokens
        self.device_id = device_id

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    def hang_up(self) -> None:
        """Connections of before are not to be trusted."""
        self._line.hang_up()

    async def grant(self, track_ids: Sequence[str], codec: Codec) -> Grant:
        """The right to stream tracks on this device."""
        request = GrantRequest(device_id=self.device_id, track_ids=tuple(track_ids), codec=codec)
        response = await self.ask("POST", "/v1/grants", content=msgspec.json.encode(request))
        return decoded(response.content, Grant)

    async def read(self, path: str, start: int, end: int | None) -> AsyncGenerator[bytes, None]:
        """Bytes [start, end) of a signed address as they arrive."""
        wanted = f"bytes={start}-{'' if end is None else end - 1}"
        headers = {"Range": wanted, "Accept-Encoding": "identity"}
        async with _signed(), self._line.stream("GET", path, headers=headers) as response:
            expected = _range_length(response, start, end)
            got = 0
            with translated(self._line.base_url):
                async for data in response.aiter_raw():
                    got += len(data)
                    yield data
            if got != expected:
                raise OfflineError(f"the connection ended after {got} of {expected} bytes")
        if end is not None and got < end - start:
            raise OfflineError(f"the server has only {got} of {end - start} bytes")

    async def changes(self, after: int) -> ChangePage:
        """What changed in the catalog after a cursor."""
        query = {"after": after, "limit": _CHANGES_AT_ONCE}
        response = await self.ask("GET", "/v1/changes", params=query)
        return decoded(response.content, ChangePage)

    async def lyrics(self, track_id: str) -> bytes | None:
        """Lyrics of a track as JSON, None if it has none."""
        try:
            response = await self.ask("GET", f"/v1/tracks/{track_id}/lyrics")
        except GoneError:
            return None
        decoded(response.content, Lyrics)
        return response.content

    async def picture(self, cover_id: str, size: str) -> bytes | None:
        """A cover in one of the server's sizes, None if there is none."""
        try:
            response = await self.ask("GET", f"/v1/art/{cover_id}", params={"size": size})
        except GoneError:
            return None
        return response.content

    async def search(self, text: str, limit: int) -> SearchHits:
        """What the server's own search finds."""
        response = await self.ask("GET", "/v1/search", params={"q": text, "limit": limit})
        return decoded(response.content, SearchHits)

    async def deliver(self, intents: Sequence[Intent]) -> Verdicts:
        """Tell the server what the listener did; what it has done of it, and what it will not."""
        body = msgspec.json.encode(IntentBatch(tuple(intents)))
        response = await self.ask("POST", "/v1/intents", content=body)
        try:
            return decoded(response.content, Verdicts)
        except BadAnswerError as error:
            raise ServerFailedError(error.message) from error

    async def mark_changes(self, after: int) -> MarkPage:
        """What changed among the account's marks after a cursor."""
        query = {"after": after, "limit": _CHANGES_AT_ONCE}
        response = await self.ask("GET", "/v1/marks/changes", params=query)
        return decoded(response.content, MarkPage)

    async def me(self) -> Me:
        """Who is signed in."""
        return decoded((await self.ask("GET", "/v1/me")).content, Me)

    async def register_device(self, registration: DeviceRegistration) -> Device:
        """Make this device known and use it from now on."""
        body = msgspec.json.encode(registration)
        response = await self.ask("POST", "/v1/devices", content=body)
        device = decoded(response.content, Device)
        self.device_id = device.id
        return device

    async def devices(self) -> tuple[Device, ...]:
        """Every device of the account."""
        response = await self.ask("GET", "/v1/devices")
        return decoded(response.content, tuple[Device, ...])

    async def ask(self, method: str, path: str, **body: Any) -> httpx.Response:
        """A request with the bearer token: refused once, it is renewed and tried again.

        Raises ConflictError for 409, and what `HttpLine.request` raises.
        """
        response = await self._asked(method, path, answers=_CONFLICT, **body)
        if response.status_code in _CONFLICT:
            problem = decoded(response.content, Problem)
            message = problem.detail or problem.title
            raise ConflictError(message, code=problem.code, remedy=problem.remedy)
        return response

    async def _asked(self, method: str, path: str, **body: Any) -> httpx.Response:
        token = await self._tokens.access()
        try:
            return await self._send(method, path, token, **body)
        except SignedOutError:
            token = await self._tokens.renew(token)
        try:
            return await self._send(method, path, token, **body)
        except SignedOutError:
            self._tokens.end()
            raise

    async def _send(self, method: str, path: str, token: str, **body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        if "content" in body:
            headers["Content-Type"] = "application/json"
        return await self._line.request(method, path, headers=headers, **body)


@asynccontextmanager
async def _signed() -> AsyncGenerator[None, None]:
    """A signed address carries no token: that it is refused says nothing about the session."""
    try:
        yield
    except SignedOutError as error:
        raise NotAllowedError(error.message) from error


def _range_length(response: httpx.Response, start: int, end: int | None) -> int:
    """How many bytes the answer to a Range request promises. Raises BadAnswerError."""
    if response.status_code != 206:
        raise BadAnswerError(f"a Range was asked for and {response.status_code} came")
    try:
        unit, _, rest = response.headers["Content-Range"].partition(" ")
        first, _, last = rest.partition("/")[0].partition("-")
        length = int(last) + 1 - int(first)
        fits = unit == "bytes" and int(first) == start and (end is None or int(last) < end)
    except (KeyError, ValueError) as error:
        raise BadAnswerError("the answer to a Range request does not say its place") from error
    if not fits:
        raise BadAnswerError("another Range came than was asked for")
    return length
