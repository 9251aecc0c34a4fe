"""An event loop on virtual time with real sockets and threads: minutes of faults in a moment.

Time jumps to the next timer only when no socket has anything to say and no thread works. All ends
of every connection live in one process, so what was written is there to be read.
"""

import asyncio
import selectors
import socket

LONG_S = 0.6
GRACE_S = 0.001
"""Real time that the kernel gets, before a long jump, to carry bytes over the loopback."""
THREAD_LOOK_S = 0.05
PATIENCE_S = 10.0


def _nothing():
    raise RuntimeError("nothing will ever happen: the test waits for nothing")


class _PatientSelector(selectors.DefaultSelector):
    def __init__(self):
        super().__init__()
        self.now = 1000.0
        self.threads = 0

    def select(self, timeout=None):
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if self.threads:
            return super().select(THREAD_LOOK_S)
        events = super().select(0 if timeout is not None and timeout < LONG_S else GRACE_S)
        if events or self.threads:
            return events
        if timeout is None:  # the loop closes: it waits for its threads
            return super().select(PATIENCE_S) or _nothing()
        self.now += timeout
        return events


class FaultLoop(asyncio.SelectorEventLoop):
    """`names` are the hosts that DNS knows."""

    def __init__(self):
        self._patient = _PatientSelector()
        super().__init__(self._patient)
        self.names = {}

    def time(self):
        return self._patient.now

    def run_in_executor(self, executor, function, *args):
        self._patient.threads += 1
        future = super().run_in_executor(executor, function, *args)
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _future):
        self._patient.threads -= 1

    async def getaddrinfo(self, host, port, **_how):
        host = host.decode() if isinstance(host, bytes) else host
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.names[host], port))]


def run_faulty(coroutine):
    with asyncio.Runner(loop_factory=FaultLoop) as runner:
        return runner.run(coroutine)
