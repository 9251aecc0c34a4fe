"""Work beside drawing: named groups, no coroutine made before it is run, errors never hidden."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast

from textual.dom import DOMNode

if TYPE_CHECKING:
    from textual.worker import WorkType

Work = Callable[[], Coroutine[Any, Any, None]]


def start(node: DOMNode, work: Work, group: str, *, exclusive: bool = False) -> None:
    """Run work that ends with the node; an exclusive one replaces the others of its group."""
    task: WorkType[None] = cast("Any", work)
    node.run_worker(task, group=group, exclusive=exclusive)
