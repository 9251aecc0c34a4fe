"""The port of audio outputs. Adapters: mpv, miniaudio, null (clocked) and wav.

A sink plays one source at a time and takes from it what it needs. Every seek or skip is a new
source. A source that has nothing at the moment is not at its end: the sink is silent until there
is something, and that silence does not count as position.
"""

from collections.abc import Callable
from typing import Protocol

MAX_VOLUME = 100


class PcmSource(Protocol):
    """Interleaved stereo float32, native byte order."""

    def read_into(self, buffer: memoryview | bytearray) -> int:
        """Fill a buffer of whole frames with what is there, at once; answers how many frames."""
        ...

    def wait(self, timeout_s: float) -> bool:
        """Wait until there is something to read; False if not."""
        ...

    @property
    def ended(self) -> bool:
        """Everything was read and, as far as is known, nothing follows."""
        ...

    @property
    def closed(self) -> bool:
        """This source gives nothing any more."""
        ...


class AudioSink(Protocol):
    """A way to the ear. Methods may be called from any thread, though not from the sink's own."""

    @property
    def name(self) -> str:
        """Short name as given to --sink."""
        ...

    @property
    def latency_s(self) -> float:
        """How long a change in the source takes to be heard."""
        ...

    def open(self, on_lost: Callable[[str], None]) -> None:
        """Make ready. Raises SinkUnavailableError.

        `on_lost(reason)` is called, from any thread, if the device goes away later.
        """
        ...

    def rate_for(self, rate: int) -> int:
        """The rate at which a source of this native rate must be delivered."""
        ...

    def play(self, source: PcmSource, rate: int) -> None:
        """Play this source from now on; the one before is forgotten. Raises SinkLostError."""
        ...

    def silence(self) -> None:
        """Stop what sounds, at once, and wait for the next `play`."""
        ...

    def pause(self) -> None:
        """Hold; the position stands still."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def position_frames(self) -> int:
        """Frames of the current source heard so far, by the sink's own clock."""
        ...

    def set_volume(self, percent: float) -> None:
        """0 (silent) to 100 (untouched), on the loudness curve of `gain`."""
        ...

    def close(self) -> None:
        """Give the device back. May be called twice."""
        ...


def gain(percent: float) -> float:
    """Amplitude for a volume: the cube, which is close to how loudness is heard (mpv's curve)."""
    return (max(0, min(percent, MAX_VOLUME)) / MAX_VOLUME) ** 3
