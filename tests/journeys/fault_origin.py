"""A small HTTP stage: the server in memory behind the routes that playing needs."""

import asyncio
import contextlib
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs

import msgspec

from player.adapters.link_memory import MemoryLink
from player.errors import GoneError, NotAllowedError
from sync.wire.playback import GrantRequest
from sync.wire.problems import Problem

BLOCK = 16 << 10


class WideLink(MemoryLink):
    """The memory link in large blocks: fewer turns of the loop."""

    async def deliver(self, data):
        for start in range(0, len(data), BLOCK):
            block = data[start : start + BLOCK]
            await asyncio.sleep(len(block) / self.rate(self._clock.monotonic()))
            self.delivered_bytes += len(block)
            yield block


class FaultOrigin:
    """HTTP/1.1 with keep-alive; bearer tokens as a real server checks them."""

    def __init__(self, server, clock):
        self._server = server
        self._clock = clock
        self._listening = None
        self._tasks = set()
        self.port = 0
        self.access = {"access-1"}
        self.refresh = {"refresh-1"}
        self.refreshes = 0
        self.refused = set()
        """Tracks without a licence for this account."""

    async def start(self):
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def close(self):
        self._listening.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while True:
                    await self._answer(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        parts = [line.partition(":") for line in lines]
        headers = {name.lower(): value.strip() for name, _, value in parts}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        _method, path, _version = first.split(" ")
        if path.startswith("/media/"):
            await self._media(path, headers, writer)
            return
        routes = {"/v1/grants": self._grants, "/v1/oauth/token": self._token}
        status, said = await routes[path](headers, body)
        data = msgspec.json.encode(said)
        writer.write(self._head(status, len(data)) + data)
        await writer.drain()

    async def _grants(self, headers, body):
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.access:
            return 401, _problem(401, "the token has expired")
        request = msgspec.json.decode(body, type=GrantRequest)
        try:
            if self.refused.intersection(request.track_ids):
                raise NotAllowedError("your plan does not include this track")
            return 200, await self._server.grant(request.track_ids, request.codec)
        except GoneError:
            return 404, _problem(404, "this track was withdrawn")
        except NotAllowedError as error:
            return 403, _problem(403, error.message, "segue-server user shows the plan")

    async def _token(self, _headers, body):
        token = parse_qs(body.decode())["refresh_token"][0]
        if token not in self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "signed out elsewhere"}
        self.refreshes += 1
        self.access.add(f"access-{self.refreshes + 1}")
        self.refresh = {f"refresh-{self.refreshes + 1}"}
        return 200, {
            "access_token": f"access-{self.refreshes + 1}",
            "expires_in": 600,
            "refresh_token": f"refresh-{self.refreshes + 1}",
        }

    async def _media(self, path, headers, writer):
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", headers["range"])
        try:
            rendition_id, _, kind = path.removeprefix("/media/").partition("?")[0].partition(".")
            total = len(self._server._content(rendition_id, kind))
        except GoneError:
            writer.write(self._head(404, 0))
            return
        start = int(wanted[1])
        end = min(total, int(wanted[2]) + 1 if wanted[2] else total)
        if start >= end:
            writer.write(self._head(416, 0, [f"Content-Range: bytes */{total}"]))
            return
        span = [f"Content-Range: bytes {start}-{end - 1}/{total}"]
        try:
            begun = False
            async for data in self._server.read(path, start, end):
                if not begun:
                    writer.write(self._head(206, end - start, span))
                    begun = True
                writer.write(data)
                await writer.drain()
        except GoneError:
            writer.write(self._head(410, 0))

    def _head(self, status, size, more=()):
        date = datetime.fromtimestamp(self._clock.unix(), UTC)
        lines = [
            f"HTTP/1.1 {status} Said",
            f"Content-Length: {size}",
            f"Date: {date:%a, %d %b %Y %H:%M:%S} GMT",
            *more,
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"


def _problem(status, detail, remedy=""):
    return Problem(type="", title="", status=status, code="", detail=detail, remedy=remedy)
