"""What the controller is made of: one typed bundle, filled by the composition root."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from player.playback.bandwidth import LinkEstimator
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


class SystemClock:
    """The machine's time."""

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def unix(self) -> float:
        """Wall time in seconds."""
        return time.time()


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
