"""Work beside drawing: named groups, no coroutine made before it is run, errors never hidden."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast

from textual.dom import DOMNode

if TYPE_CHECKING:
    from textual.worker import Worker, WorkType

Work = Callable[[], Coroutine[Any, Any, None]]


def start(node: DOMNode, work: Work, group: str, *, exclusive: bool = False) -> None:
    """Run work that ends with the node; an exclusive one replaces the others of its group."""
    _worker: Worker[None] = node.run_worker(
        cast("WorkType[None]", work), group=group, exclusive=exclusive
    )
