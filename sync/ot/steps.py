"""The inner loops of the transformation: one step carried through all steps of the other side.

A step is a list component whose positions change in place. Everything here is about two steps on
the same list, `mine` and an `other`: each is changed to what it is after the other one. The loops
run for every pair, so they call nothing but for two steps on the same entry.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from sync.ot.model import Insert, ListComponent, Move, Operation, Remove

GONE: Final = 0
INSERT: Final = 1
REMOVE: Final = 2
MOVE: Final = 3
STAY: Final = 4
"""A move of an entry to the gap before it or after it."""


class Step:
    """One component, or a run of inserts that adjoin; `at` is a gap for these, else an index."""

    __slots__ = ("at", "inserts", "kind", "shared", "size", "to")

    def __init__(self, kind: int, at: int, to: int = 0) -> None:
        self.kind = kind
        self.at = at
        self.to = to
        self.size = 1
        """How many entries an insert puts in."""
        self.inserts: list[Insert] | None = None
        self.shared: str | None = None
        """The entry, if the other side inserts it too."""

    def vanish(self) -> None:
        """Nothing is left to do; -1 is the place of no entry."""
        self.kind = GONE
        self.at = -1

    def move(self, index: int, to: int) -> None:
        """Become the move of an entry."""
        self.at = index
        self.to = to
        self.kind = STAY if 0 <= to - index <= 1 else MOVE


def steps_of(operation: Operation, shared: Collection[str]) -> list[Step]:
    """The list's part of an operation; `shared` names the entries that both sides insert."""
    steps: list[Step] = []
    run: list[Insert] = []
    end = -1  # the gap after the last run of inserts, if nothing has followed it
    for component in operation:
        if type(component) is Insert:  # isinstance is slow on structs of another kind
            gap = component.gap
            apart = component.entry in shared
            if gap == end and not apart:
                run.append(component)
                steps[-1].size += 1
            else:
                run = [component]
                step = Step(INSERT, gap)
                step.inserts = run
                step.shared = component.entry if apart else None
                steps.append(step)
            end = -1 if apart else gap + 1
        elif type(component) is Remove:
            steps.append(Step(REMOVE, component.index))
            end = -1
        elif type(component) is Move:
            index, to = component.index, component.to
            steps.append(Step(STAY if 0 <= to - index <= 1 else MOVE, index, to))
            end = -1
    return steps


def components_of(steps: Iterable[Step]) -> tuple[ListComponent, ...]:
    """The components that the steps have become."""
    components: list[ListComponent] = []
    for step in steps:
        kind = step.kind
        if kind == REMOVE:
            components.append(Remove(step.at))
        elif kind == INSERT and step.inserts:
            for gap, insert in enumerate(step.inserts, step.at):
                components.append(Insert(gap, insert.entry, insert.track))
        elif kind != GONE and step.inserts:  # the same entry with another track replaces it
            landing = step.to - (step.at < step.to)
            insert = step.inserts[0]
            components += [Remove(step.at), Insert(landing, insert.entry, insert.track)]
        elif kind != GONE:
            components.append(Move(step.at, step.to))
    return tuple(components)


def carry(mine: Step, others: Iterable[Step], *, left: bool) -> None:
    """Carry one step through all of the other side, which follow each other."""
    rest = iter(others)
    kind = GONE
    while mine.kind != kind:  # what remains is for the loop of what it has become
        kind = mine.kind
        if kind == INSERT and mine.shared is not None:
            _carry_shared_insert(mine, rest, left)
        elif kind == INSERT:
            _carry_insert(mine, rest, left)
        elif kind == REMOVE:
            _carry_remove(mine, rest)
        elif kind == MOVE:
            _carry_move(mine, rest, left)
        elif kind == STAY:
            _carry_stay(mine, rest, left)


def _carry_insert(mine: Step, rest: Iterator[Step], left: bool) -> None:
    gap, size, right = mine.at, mine.size, not left
    for other in rest:
        kind, at = other.kind, other.at
        if kind == INSERT:
            if at < gap + right:
                gap += other.size
            else:
                other.at = at + size
        elif kind == MOVE:
            to = other.to
            if gap <= at:
                other.at = at + size
            if gap < to + left:
                other.to = to + size
            gap += (to < gap + right) - (at < gap)
        elif gap <= at:  # a removal or a stay behind it
            other.at = at + size
            other.to += size
        elif kind == REMOVE:
            gap -= 1
    mine.at = gap


def _carry_shared_insert(mine: Step, rest: Iterator[Step], left: bool) -> None:
    for other in rest:
        if other.kind == INSERT and other.shared == mine.shared:
            winner, loser = (mine, other) if left else (other, mine)
            if _track(winner) == _track(loser):
                winner.inserts = None
            winner.move(loser.at, winner.at + (loser.at < winner.at))
            loser.vanish()
            return
        _carry_insert(mine, iter((other,)), left)


def _track(step: Step) -> str:
    return step.inserts[0].track if step.inserts else ""


def _carry_remove(mine: Step, rest: Iterator[Step]) -> None:
    index = mine.at
    for other in rest:
        kind, at = other.kind, other.at
        if kind == INSERT:
            if at <= index:
                index += other.size
            else:
                other.at = at - 1
        elif at == index:
            mine.at = index
            _meet(mine, other, left=True)
            if mine.kind == GONE:
                return
            index = mine.at
        elif kind == MOVE:
            to = other.to
            landing = to - (at < to)
            other.move(at - (index < at), to - (index < to))
            index -= at < index
            index += landing <= index
        elif at < index:
            index -= kind == REMOVE
        else:  # a removal or a stay behind it
            other.at = at - 1
            other.to -= 1
    mine.at = index


def _carry_move(mine: Step, rest: Iterator[Step], left: bool) -> None:
    index, gap, right = mine.at, mine.to, not left
    for other in rest:
        kind, at = other.kind, other.at
        if kind == INSERT:
            size = other.size
            other.at = at - (index < at) + (gap < at + left)
            index += size * (at <= index)
            gap += size * (at < gap + right)
            continue
        if at == index:
            mine.at, mine.to = index, gap
            _meet(mine, other, left=left)
            if mine.kind != MOVE:
                return
            index, gap = mine.at, mine.to
            continue
        landing = gap - (index < gap)
        after = at - (index < at)
        after += landing <= after
        if kind == REMOVE:
            other.at = after
            index -= at < index
            gap -= at < gap
        elif kind == MOVE:
            to = other.to
            other.at = after
            other.to = to - (index < to) + (gap < to + left)
            if 0 <= other.to - after <= 1:
                other.kind = STAY
            landing = to - (at < to)
            index -= at < index
            index += landing <= index
            gap += (to < gap + right) - (at < gap)
        elif kind == STAY:
            other.at = after
            other.to += after - at
        if 0 <= gap - index <= 1:
            break
    mine.move(index, gap)


def _carry_stay(mine: Step, rest: Iterator[Step], left: bool) -> None:
    index, beyond = mine.at, mine.to - mine.at
    for other in rest:
        kind, at = other.kind, other.at
        if kind == INSERT:
            if at <= index:
                index += other.size
        elif at == index:
            mine.move(index, index + beyond)
            _meet(mine, other, left=left)
            if mine.kind != STAY:
                return
        elif kind == REMOVE:
            index -= at < index
        elif kind == MOVE:
            landing = other.to - (at < other.to)
            index -= at < index
            index += landing <= index
    mine.move(index, index + beyond)


def _meet(mine: Step, other: Step, *, left: bool) -> None:
    """Two steps on the same entry, neither of which inserts it."""
    if mine.kind == REMOVE or other.kind == REMOVE:
        remove, loser = (mine, other) if mine.kind == REMOVE else (other, mine)
        if loser.kind == REMOVE:
            remove.vanish()
        else:
            remove.at = loser.to - (loser.at < loser.to)
        loser.vanish()
        return
    winner, loser = (mine, other) if left else (other, mine)
    index, to = winner.at, winner.to
    if loser.kind == MOVE:
        landing = loser.to - (index < loser.to)
        winner.move(landing, to - (index < to) + (loser.to < to))
    loser.vanish()
