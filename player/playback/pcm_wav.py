"""32-bit float WAV files (the `wave` module writes integers only)."""

import struct
from pathlib import Path
from typing import Self

from player.playback.decode import CHANNELS, Pcm
from player.playback.errors import RecordingTooLongError

_IEEE_FLOAT = 3
_FRAME_BYTES = 4 * CHANNELS
_HEAD = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
MAX_FRAMES = (2**32 - 1 - _HEAD.size) // _FRAME_BYTES


class WavWriter:
    """Streams interleaved stereo into a file whose header is true after `close`."""

    def __init__(self, path: Path, rate: int) -> None:
        self._rate = rate
        self._frames = 0
        self._file = path.open("wb")
        self._file.write(self._head())

    def write(self, pcm: Pcm) -> None:
        """Append frames. Raises RecordingTooLongError before the file would pass 4 GiB."""
        if self._frames + len(pcm) > MAX_FRAMES:
            raise RecordingTooLongError("a WAV file cannot be longer than 4 GiB")
        self._file.write(pcm.astype("<f4", copy=False).tobytes())
        self._frames += len(pcm)

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self._rate

    @property
    def frames(self) -> int:
        """Frames written so far."""
        return self._frames

    def close(self) -> None:
        """Complete the header."""
        if not self._file.closed:
            self._file.seek(0)
            self._file.write(self._head())
            self._file.close()

    def _head(self) -> bytes:
        size = self._frames * _FRAME_BYTES
        riff = (b"RIFF", _HEAD.size - 8 + size, b"WAVE")
        sample_format = (_IEEE_FLOAT, CHANNELS, self._rate, self._rate * _FRAME_BYTES)
        fmt = (b"fmt ", 18, *sample_format, _FRAME_BYTES, 32, 0)
        return _HEAD.pack(*riff, *fmt, b"fact", 4, self._frames, b"data", size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()
