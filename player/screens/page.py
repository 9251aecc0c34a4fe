"""A page in the frame: its name, its keys, and what it does with commands."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.containers import Vertical
from textual.widget import Widget

from player.screens.stage import Stage
from player.widgets.frame_parts import Hint
from player.widgets.model import PlayerState
from player.widgets.paged_view import PagedView

_MOVES = {"down": 1, "up": -1}
_PAGES = {"half_down": 0.5, "half_up": -0.5, "page_down": 1.0, "page_up": -1.0}


class Page(Vertical):
    """One page. Pages stay mounted while they are in the history."""

    PLACE: ClassVar[str] = ""
    """Command of the rail's entry that this page belongs to."""
    WANTS_RAIL: ClassVar[bool] = True

    def __init__(self, stage: Stage, *, id: str | None = None) -> None:  # noqa: A002 -- the name it has there
        super().__init__(id=id)
        self.stage = stage

    @property
    def crumbs(self) -> Sequence[str]:
        """Where this is, for the top bar."""
        return ("",)

    @property
    def hints(self) -> Sequence[Hint]:
        """The keys that matter here, at most eight."""
        return ()

    def main_view(self) -> Widget | None:
        """What has the focus on this page."""
        return None

    def state_changed(self, state: PlayerState, before: PlayerState) -> None:
        """The engine told a new state."""

    def library_changed(self) -> None:
        """The library holds something else."""

    def queue_changed(self) -> None:
        """The queue holds something else."""

    def restyled(self) -> None:
        """The stage has another palette, and all that is drawn uses it already."""

    def selected_uris(self) -> list[str]:
        """Links of the selected row."""
        return []

    def narrow_to(self, text: str) -> bool:
        """Filter the list of this page. Whether it can be filtered."""
        return False

    def act(self, name: str, count: int | None = None) -> bool:
        """Do a command that this page gives a meaning. Whether it was one."""
        view = self.main_view()
        if isinstance(view, PagedView) and move(view, name, count):
            return True
        handler = getattr(self, f"do_{name}", None)
        if handler is None:
            return False
        handler()
        return True

    def call(self, command: str, **args: Any) -> None:
        """Call the engine; what goes wrong is shown."""
        self.stage.shell.call(command, **args)


def move(view: PagedView[Any], name: str, count: int | None) -> bool:
    """Move in a list. Whether the command was a movement."""
    if name in _MOVES:
        view.move(_MOVES[name] * (count or 1))
    elif name in _PAGES:
        for _ in range(min(count or 1, 1000)):
            view.page(_PAGES[name])
    elif name in ("top", "bottom"):
        last = 0 if name == "top" else view.total - 1
        view.go_to(last if count is None else count - 1)
    elif name == "open":
        enter(view)
    else:
        return False
    return True


def enter(view: PagedView[Any]) -> None:
    """Open the row under the cursor, or ask again for a list that has not come."""
    if view.phase in ("error", "loading"):
        view.retry()
    elif view.total:
        view.post_message(view.Opened(view, view.cursor))
