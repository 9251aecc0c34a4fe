"""Shuffling an order of entries and bringing the first order back. Pure."""

from collections.abc import Container
from random import Random


def shuffled(
    order: list[int],
    current: int | None,
    yours: Container[int],
    heard: Container[int],
    random: Random,
) -> list[int]:
    """What was heard, the current entry, yours in their order, and the rest in random order."""
    past: list[int] = []
    if current is not None:
        past = [number for number in order[: order.index(current)] if number in heard]
        past.append(current)
    kept = set(past)
    ahead = [number for number in order if number not in kept]
    own = [number for number in ahead if number in yours]
    rest = [number for number in ahead if number not in yours]
    random.shuffle(rest)
    return [*past, *own, *rest]


def unshuffled(order: list[int], natural: list[int], current: int | None) -> list[int]:
    """The natural order again; entries it does not know stay behind the one they follow now.

    What is still to come of those follows the current entry.
    """
    known = set(natural)
    behind: dict[int | None, list[int]] = {}
    anchor: int | None = None
    passed = current is None
    for number in order:
        if number in known:
            anchor = anchor if passed else number
        else:
            behind.setdefault(anchor, []).append(number)
        passed = passed or number == current
    result = behind.get(None, [])
    for number in natural:
        result.append(number)
        result.extend(behind.get(number, ()))
    return result
