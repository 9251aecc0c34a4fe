"""The shortest way from one playlist to another, for restoring a version and after a gap."""

from bisect import bisect_left

from sync.ot.model import REGISTERS, Component, Insert, Move, Operation, Playlist, Remove


def difference(before: Playlist, after: Playlist) -> Operation:
    """An operation that makes the second playlist of the first.

    Entries are told by their ids. As few as possible are moved: those outside a longest increasing
    subsequence (Fredman 1975). Takes time n log n.
    """
    registers = tuple(
        register(getattr(after, field))
        for register, field in REGISTERS.items()
        if getattr(before, field) != getattr(after, field)
    )
    wanted = {entry.id: entry for entry in after.items}
    kept = {e.id: at for at, e in enumerate(before.items) if wanted.get(e.id) == e}
    removals = [Remove(at) for at, e in enumerate(before.items) if e.id not in kept]
    return (*registers, *reversed(removals), *_arrange(list(kept), after))


def _arrange(order: list[str], after: Playlist) -> list[Component]:
    """Inserts and moves from front to back; `order` are the entries that are already there.

    The list always is: settled entries and those to be moved that were passed (`place` of them in
    all), then the rest as it was from `front` on.
    """
    index_of = {entry: at for at, entry in enumerate(order)}
    resting = _resting([index_of[e.id] for e in after.items if e.id in index_of])
    waiting = _Flags(len(order))
    settled_before: dict[int, int] = {}  # of those that were passed
    components: list[Component] = []
    place = front = 0
    for settled, entry in enumerate(after.items):
        at = index_of.get(entry.id)
        if at is None:
            components.append(Insert(place, entry.id, entry.track))
            place += 1
        elif at in resting:
            for passed in range(front, at):
                settled_before[passed] = settled
            place += waiting.below(at) - waiting.below(front) + 1
            front = at + 1
        elif at < front:
            components.append(Move(settled_before[at] + waiting.below(at), place))
        else:
            components.append(Move(place + waiting.below(at) - waiting.below(front), place))
            place += 1
        if at is not None:
            waiting.clear(at)
    return components


class _Flags:
    """Flags in a row, all set at first, counted and cleared in time log n (Fenwick 1994)."""

    def __init__(self, count: int) -> None:
        self._sums = [at & -at for at in range(count + 1)]

    def clear(self, index: int) -> None:
        index += 1
        while index < len(self._sums):
            self._sums[index] -= 1
            index += index & -index

    def below(self, index: int) -> int:
        """How many before this one are still set."""
        count = 0
        while index:
            count += self._sums[index]
            index &= index - 1
        return count


def _resting(sequence: list[int]) -> set[int]:
    """The members of a longest increasing subsequence."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for value in sequence:
        at = bisect_left(tails, value)
        tails[at : at + 1] = [value]
        before[value] = tails[at - 1] if at else None
    members: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        members.add(last)
        last = before[last]
    return members
