"""Which line is sung now, which word, and when that changes. Pure."""

from bisect import bisect_right
from dataclasses import dataclass

from sync.wire.catalog import LyricLine, Lyrics


@dataclass(frozen=True)
class Sung:
    """A place in the lyrics: the line (-1 before the first) and how many words have begun."""

    line: int = -1
    words: int = 0


class Score:
    """Lyrics with their moments in order."""

    def __init__(self, lyrics: Lyrics) -> None:
        self.lyrics = lyrics
        self.timed = lyrics.kind in ("line", "word")
        self.lines = lyrics.lines
        self._starts = [line.start_ms or 0 for line in lyrics.lines] if self.timed else []
        self._moments = self._all_moments() if self.timed else []

    def _all_moments(self) -> list[int]:
        moments = set(self._starts)
        for line in self.lines:
            moments.update(word.start_ms for word in line.words)
        return sorted(moments)

    def at(self, position_ms: float) -> Sung:
        """What is sung at a place of the track."""
        if not self.timed:
            return Sung()
        line = bisect_right(self._starts, position_ms) - 1
        if line < 0:
            return Sung()
        words = sum(1 for word in self.lines[line].words if word.start_ms <= position_ms)
        return Sung(line, words)

    def wait_ms(self, position_ms: float) -> float | None:
        """How long until something else is sung; None: nothing more."""
        after = bisect_right(self._moments, position_ms)
        return self._moments[after] - position_ms if after < len(self._moments) else None


def pieces(line: LyricLine, words: int) -> list[tuple[str, str]]:
    """A line as (text, sung | now | next), whole words each."""
    if not line.words:
        return [(line.text, "now")]
    parts = []
    for place, word in enumerate(line.words):
        state = "next" if place >= words else "now" if place == words - 1 else "sung"
        parts.append((word.text, state))
    return parts
