"""What a mark may be."""

from server_stub.collection.errors import MarkInvalidError
from sync.wire.collection import BEST_RATING, Mark, MarkWish
from sync.wire.ids import is_id


def mark_of(wish: MarkWish, at_ms: int) -> Mark:
    """The mark that is wished for. Raises MarkInvalidError."""
    best = BEST_RATING if wish.kind == "rated" else 1
    if not 0 <= wish.value <= best:
        raise MarkInvalidError(f"a value of 0 to {best} was expected, not {wish.value}")
    if not is_id(wish.target):
        raise MarkInvalidError("what to mark is named by its id")
    return Mark(kind=wish.kind, target=wish.target, value=wish.value, at_ms=at_ms)
