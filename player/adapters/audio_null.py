"""Sinks without hardware: a clock says how much would have been played by now."""

import threading
import time
from collections.abc import Callable

from player.playback.ring import FRAME_BYTES
from player.playback.sink import PcmSource

_TICK_S = 0.1
"""Positions are exact between ticks; each costs as much as decoding a tenth of a second."""
_LONGEST_TAKE_S = 0.5


class ClockedSink:
    """Takes frames at the pace of a clock and hands them to `consume`.

    With `threaded=False` nothing happens by itself: whoever owns the clock calls `tick`.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        threaded: bool = True,
        consume: Callable[[memoryview, int], None] | None = None,
    ) -> None:
        """`consume(data, rate)` gets every frame that is played."""
        self._clock = clock
        self._consume = consume
        self._turn = threading.Lock()
        self._source: PcmSource | None = None
        self._rate = 0
        self._taken = 0
        self._at_s = 0.0
        self._owed = 0.0
        self._paused = False
        self._volume = 100.0
        self._on_lost: Callable[[str], None] | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="segue-sink", daemon=True)
        self._threaded = threaded

    @property
    def latency_s(self) -> float:
        """None to speak of."""
        return _TICK_S if self._threaded else 0.0

    @property
    def volume(self) -> float:
        """What was set last; without hardware nobody hears it."""
        return self._volume

    def open(self, on_lost: Callable[[str], None]) -> None:
        """Begin to take."""
        self._on_lost = on_lost
        if self._threaded:
            self._thread.start()

    def rate_for(self, rate: int) -> int:
        """Any rate will do."""
        return rate

    def play(self, source: PcmSource, rate: int) -> None:
        """Play this source from now on."""
        with self._turn:
            self._source, self._rate = source, rate
            self._taken, self._owed = 0, 0.0
            self._at_s = self._clock()

    def silence(self) -> None:
        """Stop at once."""
        with self._turn:
            self._source, self._taken = None, 0

    def pause(self) -> None:
        """Hold."""
        self.tick()
        with self._turn:
            self._paused = True

    def resume(self) -> None:
        """Go on."""
        with self._turn:
            self._paused = False
            self._at_s = self._clock()

    def position_frames(self) -> int:
        """Frames taken so far; the thread's own steps would be too coarse for lyrics."""
        if self._threaded:
            self.tick()
        with self._turn:
            return self._taken

    def set_volume(self, percent: float) -> None:
        """Remembered, not applied."""
        self._volume = percent

    def close(self) -> None:
        """Stop taking."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        self.silence()

    def tick(self) -> None:
        """Take what the clock says was played since the last tick."""
        try:
            self._take()
        except OSError as error:
            self.lose(str(error))

    def _take(self) -> None:
        with self._turn:
            if self._source is None or self._paused:
                return
            now_s = self._clock()
            self._owed += min(now_s - self._at_s, _LONGEST_TAKE_S) * self._rate
            self._at_s = now_s
            wanted = int(self._owed)
            if wanted <= 0:
                return
            self._owed -= wanted
            buffer = bytearray(wanted * FRAME_BYTES)
            count = self._source.read_into(buffer)
            self._taken += count
            if count and self._consume is not None:
                self._consume(memoryview(buffer)[: count * FRAME_BYTES], self._rate)

    def _loop(self) -> None:
        while not self._closing.wait(_TICK_S):
            self.tick()

    def lose(self, reason: str) -> None:
        """The device goes away (what is consumed cannot be written; tests play it too)."""
        self.silence()
        if self._on_lost is not None:
            self._on_lost(reason)


class NullSink(ClockedSink):
    """Plays to nobody, in real time."""

    name = "null"
