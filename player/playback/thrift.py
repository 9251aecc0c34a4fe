"""Load control for a connection that is paid by volume: little ahead, nothing of the next track.

What is loaded and never heard costs money there. A wrapper, so that it can be switched at any
moment over whatever load control is in use. Pure.
"""

from player.playback.load_control import Load, LoadControl

AHEAD_S = 30.0
"""Enough for a tunnel or a change of cell, and at 160 kbps no more than 600 KB at stake."""


class Thrift:
    """Implements `LoadControl` over another one; `on` limits it."""

    def __init__(self, inner: LoadControl) -> None:
        self._inner = inner
        self.on = False

    @property
    def target_s(self) -> float:
        """How much buffer is aimed at."""
        return min(AHEAD_S, self._inner.target_s) if self.on else self._inner.target_s

    @property
    def budget_bytes(self) -> int:
        """Memory for encoded audio, behind and ahead."""
        return self._inner.budget_bytes

    def may_fetch(self, load: Load) -> bool:
        """Whether another piece in playing order should be asked for now."""
        return self._inner.may_fetch(load) and (not self.on or load.buffer_s < self.target_s)

    def fetch_early(self, load: Load) -> bool:
        """Whether the next track's beginning goes before the rest of this track."""
        return not self.on and self._inner.fetch_early(load)

    def may_play(self, load: Load) -> bool:
        """Whether playback may begin, or begin again after it ran dry."""
        return self._inner.may_play(load)

    def jumped(self) -> None:
        """The listener skipped a track or jumped within one."""
        self._inner.jumped()

    def heard_out(self) -> None:
        """A track was heard to its end."""
        self._inner.heard_out()
