"""Tracks that cannot be loaded: which they are, and when to stop trying others."""

from player.errors import PlayerError
from player.playback.errors import RightsRefusedError
from player.playback.queue import PlayQueue

UNPLAYABLE_IN_A_ROW = 5
"""So many tracks that cannot be played end the attempt."""


class Detours:
    """Entries of the queue that are gone round until the listener chooses again."""

    def __init__(self) -> None:
        self.entries: set[str] = set()
        self.ends = False
        """Nothing else is tried: what is playing is the last."""
        self._failures = 0

    def add(self, entry: str, error: PlayerError) -> None:
        """An entry cannot be played."""
        self.entries.add(entry)
        self._failures += 1
        self.ends = isinstance(error, RightsRefusedError) or self._failures >= UNPLAYABLE_IN_A_ROW

    def passed(self) -> None:
        """A track was reached that plays."""
        if not self.ends:
            self._failures = 0

    def skip(self, queue: PlayQueue) -> bool:
        """Go to the next entry that is not known to fail; False at the end."""
        for _step in range(len(queue)):
            entry = queue.skip()
            if entry is None:
                return False
            if entry not in self.entries:
                return True
        return False

    def go_on(self) -> None:
        """The queue was edited: what follows is worth another attempt."""
        self._failures, self.ends = 0, False

    def try_all(self) -> None:
        """The listener wants to hear something: everything is worth another attempt."""
        self.entries.clear()
        self._failures, self.ends = 0, False
