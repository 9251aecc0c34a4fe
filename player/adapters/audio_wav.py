"""Records what is played into a 32-bit float WAV file: at the pace of a clock, or at once."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from player.adapters.audio_null import ClockedSink
from player.playback.decode import CHANNELS
from player.playback.errors import RecordingTooLongError, SinkUnavailableError
from player.playback.pcm_wav import WavWriter


class WavSink(ClockedSink):
    """Every generation goes into the same file, one after the other, without the silence.

    The file has the rate of what is played first; later sources are asked for at that rate.
    """

    name = "wav"

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        threaded: bool = True,
    ) -> None:
        super().__init__(clock=clock, threaded=threaded, consume=self._record)
        self._path = path
        self._writer: WavWriter | None = None
        self._writing = threading.Lock()

    def open(self, on_lost: Callable[[str], None]) -> None:
        """Check that the file can be written, then begin. Raises SinkUnavailableError."""
        try:
            self._path.open("wb").close()
        except OSError as error:
            raise SinkUnavailableError(f"cannot write {self._path}: {error.strerror}") from error
        super().open(on_lost)

    def rate_for(self, rate: int) -> int:
        """The file's rate, once it has one."""
        with self._writing:
            if self._writer is None:
                self._writer = WavWriter(self._path, rate)
            return self._writer.rate

    def close(self) -> None:
        """Complete the file."""
        super().close()
        with self._writing:
            if self._writer is not None:
                self._writer.close()

    def _record(self, data: memoryview, _rate: int) -> None:
        with self._writing:
            if self._writer is None:
                return
            try:
                self._writer.write(np.frombuffer(data, np.float32).reshape(-1, CHANNELS))
            except RecordingTooLongError as error:
                raise OSError(error.message) from error
