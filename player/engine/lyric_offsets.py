"""By how much the lyrics of a track are shown earlier (+) or later (-) than they are timed."""

import contextlib
from pathlib import Path

import msgspec

from player.engine.profiles import write_atomically

MOST_MS = 60_000


class LyricOffsets:
    """In milliseconds by track id; only tracks that have one are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._by_track: dict[str, int] = {}
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._by_track = msgspec.json.decode(path.read_bytes(), type=dict[str, int])

    def of(self, track_id: str) -> int:
        """0 if none was set."""
        return self._by_track.get(track_id, 0)

    def set(self, track_id: str, ms: int) -> None:
        """From now on."""
        ms = max(-MOST_MS, min(ms, MOST_MS))
        if ms:
            self._by_track[track_id] = ms
        else:
            self._by_track.pop(track_id, None)

    def save(self) -> None:
        """For the next start. Blocks; raises OSError."""
        write_atomically(self._path, msgspec.json.encode(self._by_track))
