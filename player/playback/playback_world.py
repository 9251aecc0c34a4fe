"""What the controller is made of: one typed bundle, filled by the composition root."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from player.playback.bandwidth import LinkEstimator
from player.playback.ear import Play
from player.playback.hearing import SoundStock
from player.playback.lane_setup import Policies
from player.playback.load_control import BufferControl
from player.playback.ports import (
    Catalogue,
    Clock,
    MediaServer,
    Papers,
    PieceStore,
    Rights,
    Sound,
)
from player.playback.quality import BufferMap
from player.playback.trace import Tracer, no_trace
from sync.wire.playback import Codec

WRONG_S = 300.0
"""A machine whose clock differs by so much from the server's has the wrong time."""


class SystemClock:
    """The machine's time. Wall time is taken once and counted on from there, so that a clock that
    is set while we run ends no licence and lengthens none; a server corrects it.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        elapsed: Callable[[], float] | None = None,
        on_wrong: Callable[[float], None] = lambda _ahead_s: None,
    ) -> None:
        """`on_wrong` hears by how many seconds the machine's clock is ahead, once for each."""
        self._wall = wall
        self._monotonic = monotonic
        self._elapsed = elapsed or _elapsed
        self._on_wrong = on_wrong
        self._unix_at_zero = wall() - self._elapsed()
        self._wrong = False

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self._monotonic()

    def elapsed(self) -> float:
        """Like `monotonic`, but it goes on while the machine sleeps."""
        return self._elapsed()

    def unix(self) -> float:
        """Wall time in seconds."""
        return self._unix_at_zero + self._elapsed()

    def told(self, unix: float) -> None:
        """A server that is trusted says what time it is."""
        self._unix_at_zero = unix - self._elapsed()
        ahead_s = self._wall() - unix
        before, self._wrong = self._wrong, abs(ahead_s) >= WRONG_S
        if self._wrong and not before:
            self._on_wrong(ahead_s)


def _elapsed() -> float:
    """Seconds since the machine was started, asleep or not."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


def standard_policies() -> Policies:
    """The parts that decide, as they are tuned for a 120 s buffer."""
    return Policies(LinkEstimator(), BufferControl(), BufferMap())


@dataclass(frozen=True, slots=True)
class Listeners:
    """Whom the controller tells. Called in the event loop; must not block."""

    state: Callable[[], None] = lambda: None
    """The state is different: ask for it."""
    queue: Callable[[], None] = lambda: None
    """The queue is different."""
    notice: Callable[[str, str, str], None] = lambda _level, _text, _detail: None
    """Something a person should read, in one line."""
    played: Callable[[Play], None] = lambda _play: None
    """A play is over."""


@dataclass(frozen=True, slots=True)
class PlaybackWorld:
    """Ports, policies and listeners."""

    server: MediaServer
    rights: Rights
    store: PieceStore
    papers: Papers
    sound: Sound
    catalogue: Catalogue
    listeners: Listeners = field(default_factory=Listeners)
    policies: Policies = field(default_factory=standard_policies)
    clock: Clock = field(default_factory=SystemClock)
    random: Random = field(default_factory=Random)
    trace: Tracer = no_trace
    codec: Codec = "aac"
    stock: SoundStock = field(default_factory=SoundStock)
