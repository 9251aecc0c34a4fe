"""Answers over plain ASGI, for the few places that the framework does not serve."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from server_stub.api import problems
from sync.wire.problems import Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]


class Reply:
    """One answer being sent; to a HEAD it keeps every header and leaves the body out."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self.head = scope["method"] == "HEAD"
        self.started = False

    async def start(self, status: int, headers: HeaderList) -> None:
        """Promise a status and fields."""
        self.started = True
        await self._send({"type": "http.response.start", "status": int(status), "headers": headers})

    async def body(self, data: bytes = b"", *, more: bool = False) -> None:
        """Send a part of the body, the last one unless `more`."""
        sent = b"" if self.head else data
        await self._send({"type": "http.response.body", "body": sent, "more_body": more})

    async def problem(self, refusal: Problem, headers: HeaderList | None = None) -> None:
        """Send problem details; `headers` come from what the problem is about."""
        body = problems.encode(refusal)
        fields = dict(headers or [])
        for name, value in problems.headers_of(refusal).items():
            fields[name.encode()] = value.encode()
        fields[b"content-type"] = problems.MEDIA_TYPE.encode()
        fields[b"content-length"] = str(len(body)).encode()
        await self.start(refusal.status, list(fields.items()))
        await self.body(body)


def header_fields(scope: Scope) -> dict[str, str]:
    """Header fields by lower-case name; lists that came in several lines are joined."""
    fields: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields
