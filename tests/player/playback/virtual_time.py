"""An event loop whose time passes only when nobody has anything to do: hours in milliseconds."""

import asyncio
import selectors


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self):
        super().__init__()
        self.now = 1000.0

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("nothing will ever happen: the test waits for nothing")
        if timeout > 0:
            self.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer. Threads do not fit in here."""

    def __init__(self):
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self):
        return self._jumping.now


class LoopClock:
    """The clock of the running loop; `unix_offset` moves wall time alone."""

    def __init__(self):
        self.unix_offset = 1_800_000_000.0
        self.slept_s = 0.0

    def monotonic(self):
        return asyncio.get_running_loop().time()

    def elapsed(self):
        return self.monotonic() + self.slept_s

    def unix(self):
        return self.elapsed() + self.unix_offset


def run_virtual(coroutine):
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)
