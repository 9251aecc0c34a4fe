"""A proxy that knows HTTP and goes wrong on demand, in front of any server on this machine."""

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

BLOCK = 16 << 10


@dataclass
class Request:
    """As it came in: `at` on the loop's clock."""

    at: float
    method: str
    path: str
    head: bytes
    body: bytes


@dataclass
class Fault:
    """What happens to requests that match, for a number of times or (None) until it is healed."""

    where: Callable[[Request], bool] = lambda request: True
    times: int | None = None
    status: int | None = None
    """Answered here, with `headers` and `body`, instead of by the server."""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    after: int | None = None
    """So many bytes of the body go through, then comes `ending`."""
    ending: str = "cut"
    """cut (the connection is closed), reset, or stall (nothing more comes)."""
    mangle: Callable[[bytes], bytes] = lambda data: data
    rewrite: Callable[[bytes], bytes] = lambda head: head
    """Changes the answer's head."""
    rate: float | None = None
    """Bytes a second."""
    met: int = 0


def media(request):
    return request.path.startswith("/media/") and ".idx" not in request.path


def grants(request):
    return request.path == "/v1/grants"


class FaultProxy:
    """Listens at one port, forwards to another; `faults` are looked through in order."""

    def __init__(self, upstream, *, tls=None, upstream_tls=None):
        self._upstream = upstream
        self._tls = tls
        self._upstream_tls = upstream_tls
        self._server = None
        self._writers = set()
        self._tasks = set()
        self._frozen = set()
        self.port = 0
        self.faults = []
        self.requests = []
        self.connections = 0

    async def start(self):
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self._tls, limit=1 << 20
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self):
        """Nobody listens any more, and nobody is listened to."""
        self._server.close()
        for writer in (*self._writers, *self._frozen):
            writer.transport.abort()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def freeze(self):
        """Connections of before take what they are given and never answer again."""
        for task in self._tasks:
            task.cancel()
        self._frozen |= self._writers

    async def present(self, tls):
        """Show another certificate from now on."""
        await self.refuse()
        self._tls = tls
        await self.start()

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            if writer not in self._frozen:
                writer.close()

    async def _answer(self, reader, writer):
        """One request; whether the connection can take another one."""
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(_header(head, "content-length") or 0))
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        now = asyncio.get_running_loop().time()
        request = Request(now, method, path, head, body)
        self.requests.append(request)
        fault = next((f for f in self.faults if f.times != 0 and f.where(request)), None)
        if fault is not None:
            fault.met += 1
            fault.times = None if fault.times is None else fault.times - 1
        fault = fault or Fault()
        if fault.status is not None:
            writer.write(_answer(fault))
            await writer.drain()
            return True
        return await self._forward(request, fault, writer)

    async def _forward(self, request, fault, writer):
        upstream, sending = await asyncio.open_connection(
            "127.0.0.1", self._upstream, ssl=self._upstream_tls, limit=1 << 20
        )
        try:
            sending.write(request.head + request.body)
            head = await upstream.readuntil(b"\r\n\r\n")
            left = int(_header(head, "content-length") or 0)
            writer.write(fault.rewrite(head))
            passed = 0
            while left:
                if fault.after is not None and passed >= fault.after:
                    return await _end(fault, writer)
                size = BLOCK if fault.after is None else min(BLOCK, fault.after - passed)
                data = await upstream.read(min(size, left))
                if not data:
                    return False
                if fault.rate is not None:
                    await asyncio.sleep(len(data) / fault.rate)
                writer.write(fault.mangle(data))
                await writer.drain()
                passed += len(data)
                left -= len(data)
            return True
        finally:
            sending.close()


async def _end(fault, writer):
    if fault.ending == "stall":
        await asyncio.Event().wait()
    if fault.ending == "reset":
        linger = struct.pack("ii", 1, 0)
        raw = writer.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
    return False


def _answer(fault):
    lines = [f"HTTP/1.1 {fault.status} Fault", f"Content-Length: {len(fault.body)}"]
    lines += [f"{name}: {value}" for name, value in fault.headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + fault.body


def _header(head, name):
    for line in head.decode("latin-1").split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.strip().lower() == name:
            return value.strip()
    return None
