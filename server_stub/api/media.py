"""`/media`: renditions and their indexes by signed address, with complete Range semantics.

A small responder of its own beside the framework: routing, signature, conditions, one read, one
body message. Larger answers leave in blocks, so that memory stays bounded.
"""

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from server_stub.api import problems
from server_stub.api.conditions import Validators, Verdict, evaluate, quoted, range_applies
from server_stub.api.errors import TruncatedError
from server_stub.api.metrics import Metrics
from server_stub.api.policy import Policy
from server_stub.api.ranges import Selection, Span, select
from server_stub.api.reply import HeaderList, Receive, Reply, Scope, Send, header_fields
from server_stub.api.services import Media
from server_stub.api.signing import INDEX_EXTENSION, AddressSigner, SignedAddress
from server_stub.kernel.errors import NotFoundError, SegueError
from sync.wire.ids import is_id

PREFIX = "/media/"
POLICY = Policy.SIGNED_ADDRESS
ROUTE = "/media/{rendition}"
BLOCK_BYTES = 1 << 20
IMMUTABLE = b"private, max-age=31536000, immutable"
NO_STORE = b"no-store"
_INDEX_TYPE = "application/vnd.segue.index"
_METHODS = ("GET", "HEAD")


class Source(Protocol):
    """Where the bytes of one answer come from."""

    async def read(self, start: int, end: int) -> bytes:
        """Bytes `start` up to, but without, `end`."""
        ...


@dataclass(frozen=True, slots=True)
class _Rendition:
    """Bytes of a stored rendition."""

    media: Media
    rendition_id: str

    async def read(self, start: int, end: int) -> bytes:
        return await self.media.read(self.rendition_id, start, end)


@dataclass(frozen=True, slots=True)
class _InMemory:
    """Bytes that are here already."""

    data: bytes

    async def read(self, start: int, end: int) -> bytes:
        return self.data[start:end]


@dataclass(frozen=True, slots=True)
class Representation:
    """What an address stands for right now."""

    source: Source
    size: int
    validators: Validators
    media_type: str
    complete: bool
    """Whether the bytes are final; a growing file is not to be stored by caches."""

    def headers(self) -> HeaderList:
        """The fields every answer about it carries."""
        fields = [
            (b"etag", self.validators.etag.encode("latin-1")),
            (b"accept-ranges", b"bytes"),
            (b"cache-control", IMMUTABLE if self.complete else NO_STORE),
        ]
        if (date := self.validators.last_modified_field) is not None:
            fields.append((b"last-modified", date.encode()))
        return fields


class MediaResponder:
    """The ASGI application below `/media/`."""

    def __init__(self, media: Media, signer: AddressSigner, metrics: Metrics) -> None:
        self._media = media
        self._signer = signer
        self._metrics = metrics

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Answer one request."""
        reply = Reply(scope, send)
        if scope["method"] not in _METHODS:
            refusal = problems.problem(405, "method-not-allowed", "media can only be read")
            await reply.problem(refusal, [(b"allow", b"GET, HEAD")])
            return
        try:
            address = self._signer.check(scope["path"], scope["query_string"])
            await self._answer(header_fields(scope), await self._find(address), reply)
        except SegueError as error:
            if reply.started:
                raise
            await reply.problem(problems.of_error(error))

    async def _find(self, address: SignedAddress) -> Representation:
        if not is_id(address.rendition_id):
            raise NotFoundError("there is no such rendition")
        stored = await self._media.media(address.rendition_id)
        if address.extension != INDEX_EXTENSION:
            return Representation(
                _Rendition(self._media, address.rendition_id),
                stored.size,
                Validators(quoted(stored.etag), stored.last_modified),
                stored.media_type,
                stored.complete,
            )
        data = await self._media.index(address.rendition_id, address.pieces)
        tag = f"{stored.etag.strip(chr(34))}-index-{address.pieces or 'all'}"
        final = stored.complete or address.pieces is not None
        return Representation(
            _InMemory(data), len(data), Validators(quoted(tag)), _INDEX_TYPE, final
        )

    async def _answer(self, fields: dict[str, str], found: Representation, reply: Reply) -> None:
        verdict = evaluate(fields, found.validators)
        if verdict is Verdict.FAILED:
            refusal = problems.problem(412, "precondition-failed", "the bytes are other ones")
            await reply.problem(refusal, found.headers())
        elif verdict is Verdict.NOT_MODIFIED:
            await reply.start(HTTPStatus.NOT_MODIFIED, found.headers())
            await reply.body()
        else:
            await self._send(found, _selection(fields, found, reply), reply)

    async def _send(
        self, found: Representation, selection: tuple[Span, ...] | Selection, reply: Reply
    ) -> None:
        if selection is Selection.UNSATISFIABLE:
            refusal = problems.problem(416, "range-not-satisfiable", f"it has {found.size} bytes")
            unsatisfied = (b"content-range", f"bytes */{found.size}".encode())
            await reply.problem(refusal, [*found.headers(), unsatisfied])
        elif selection is Selection.WHOLE:
            await self._send_whole(found, reply)
        elif len(selection) == 1:
            await self._send_part(found, selection[0], reply)
        else:
            await self._send_parts(found, selection, reply)

    async def _send_whole(self, found: Representation, reply: Reply) -> None:
        headers = _described(found, found.media_type, found.size)
        if reply.head:
            await reply.start(HTTPStatus.OK, headers)
            await reply.body()
            return
        first = await self._read(found, 0, min(BLOCK_BYTES, found.size))
        await reply.start(HTTPStatus.OK, headers)
        await self._send_span(found, Span(0, found.size), first, reply)

    async def _send_part(self, found: Representation, span: Span, reply: Reply) -> None:
        first = await self._read(found, span.start, min(span.start + BLOCK_BYTES, span.end))
        headers = _described(found, found.media_type, span.size)
        headers.append((b"content-range", _content_range(found, span)))
        await reply.start(HTTPStatus.PARTIAL_CONTENT, headers)
        await self._send_span(found, span, first, reply)

    async def _send_parts(
        self, found: Representation, spans: tuple[Span, ...], reply: Reply
    ) -> None:
        boundary = secrets.token_hex(16)
        heads = [_part_head(found, span, boundary) for span in spans]
        tail = f"\r\n--{boundary}--\r\n".encode()
        size = sum(map(len, heads)) + sum(span.size for span in spans) + len(tail)
        headers = _described(found, f"multipart/byteranges; boundary={boundary}", size)
        for part_head, span in zip(heads, spans, strict=True):
            first = await self._read(found, span.start, min(span.start + BLOCK_BYTES, span.end))
            if not reply.started:
                await reply.start(HTTPStatus.PARTIAL_CONTENT, headers)
            await reply.body(part_head, more=True)
            await self._send_span(found, span, first, reply, more=True)
        await reply.body(tail)

    async def _send_span(
        self, found: Representation, span: Span, first: bytes, reply: Reply, *, more: bool = False
    ) -> None:
        """Send a span whose first block was read before anything was promised."""
        at = span.start + len(first)
        await reply.body(first, more=more or at < span.end)
        while at < span.end:
            block = await self._read(found, at, min(at + BLOCK_BYTES, span.end))
            at += len(block)
            await reply.body(block, more=more or at < span.end)

    async def _read(self, found: Representation, start: int, end: int) -> bytes:
        data = await found.source.read(start, end)
        if len(data) != end - start:
            raise TruncatedError(
                f"the stored bytes end at {start + len(data)} of {found.size}",
                remedy="Run `segue-server doctor`.",
            )
        self._metrics.sent_media(len(data))
        return data


def _selection(
    fields: dict[str, str], found: Representation, reply: Reply
) -> tuple[Span, ...] | Selection:
    """What to send; ranges mean something in a GET whose `If-Range` holds."""
    if reply.head or not range_applies(fields.get("if-range"), found.validators):
        return Selection.WHOLE
    return select(fields.get("range"), found.size)


def _described(found: Representation, media_type: str, size: int) -> HeaderList:
    return [
        *found.headers(),
        (b"content-type", media_type.encode()),
        (b"content-length", str(size).encode()),
    ]


def _content_range(found: Representation, span: Span) -> bytes:
    """A growing file has no known total."""
    return span.content_range(found.size if found.complete else None).encode()


def _part_head(found: Representation, span: Span, boundary: str) -> bytes:
    return (
        f"\r\n--{boundary}\r\nContent-Type: {found.media_type}\r\n"
        f"Content-Range: {_content_range(found, span).decode()}\r\n\r\n"
    ).encode()
