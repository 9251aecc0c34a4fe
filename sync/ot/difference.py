"""The shortest way from one playlist to another, for restoring a version and after a gap."""

from bisect import bisect_left

from sync.ot.model import REGISTERS, Component, Insert, Move, Operation, Playlist, Remove


def difference(before: Playlist, after: Playlist) -> Operation:
    """An operation that makes the second playlist of the first.

    Entries are told by their ids. As few as possible are moved: those outside a longest increasing
    subsequence (Fredman 1975). Takes time n log n, and n for each entry moved.
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
    """Inserts and moves from front to back; `order` are the entries that are already there."""
    index_of = {entry: at for at, entry in enumerate(order)}
    resting = _resting([index_of[e.id] for e in after.items if e.id in index_of])
    waiting = {entry for entry, at in index_of.items() if at not in resting}
    components: list[Component] = []
    place = 0  # the gap after what is in order
    for entry in after.items:
        if entry.id in waiting:
            index = order.index(entry.id)
            components.append(Move(index, place))
            order.insert(place - (index < place), order.pop(index))
            waiting.discard(entry.id)
            place += index >= place
        elif entry.id in index_of:
            while order[place] != entry.id:  # entries that will be moved on
                place += 1
            place += 1
        else:
            components.append(Insert(place, entry.id, entry.track))
            order.insert(place, entry.id)
            place += 1
    return components


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
