"""Sending only the cells that changed.

The framework repaints a changed region from the left edge of its widget on, once for each region
of a line: a second that passes on the player bar would cost 700 bytes instead of 90. This
compositor cuts at both ends. It stands on inner parts of the framework, whose version is locked; a
test counts the bytes.
"""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor


class PreciseUpdate(ChopsUpdate):
    """A partial update whose pieces begin where the change does."""

    def render_segments(self, console: Console) -> str:
        """Escape sequences and text for every span."""
        sequences: list[str] = []
        for y, first, last in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                start, stop = max(x, first), min(end, last)
                if strip is None or start >= stop:
                    continue
                sequences.append(Control.move_to(start, y).segment.text)
                sequences.append(strip.crop(start - x, stop - x).render(console))
        return "".join(sequences)


class PreciseCompositor(Compositor):
    """Makes precise updates out of the framework's."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What is dirty, and no more."""
        update = super().render_partial_update()
        if update is None:
            return None
        return PreciseUpdate(update.chops, update.spans, update.chop_ends)
