"""The laws bite: each of the mistakes that merges are known for is found by them."""

import random
from itertools import product

import pytest

from sync.ot.errors import InvalidOperationError
from tests.benchmarks.ot_plugin import PLAYLIST, PlaylistType
from tests.sync.ot import laws
from tests.sync.ot.generating import Author, every_component, state_of


class NoSides(PlaylistType):
    """A tie is decided by who is asked."""

    def transform(self, a, b, side):
        return super().transform(a, b, "left")


class MoveAsTwo(PlaylistType):
    """A move is a removal and an insert."""

    def transform(self, a, b, side):
        split = []
        for c in a:
            if c["t"] == "mov":
                landing = c["to"] - (c["p"] < c["to"])
                again = {"t": "ins", "p": landing, "e": f"again {c['p']}", "v": "t"}
                split += [{"t": "del", "p": c["p"]}, again]
            else:
                split.append(c)
        return super().transform(split, b, side)


class RemovalLost(PlaylistType):
    """A removal gives way to a move."""

    def transform(self, a, b, side):
        moved = {c["p"] for c in b if c["t"] == "mov"}
        rest = [c for c in a if c["t"] != "del" or c["p"] not in moved]
        return super().transform(rest, b, side)


class OffByOne(PlaylistType):
    """A move forward counts its own entry."""

    def transform(self, a, b, side):
        return [
            {**c, "to": c["to"] - 1} if c["t"] == "mov" and c["to"] > c["p"] + 1 else c
            for c in super().transform(a, b, side)
        ]


class RenameByArrival(PlaylistType):
    """The name that comes last stays."""

    def transform(self, a, b, side):
        names = [c for c in a if c["t"] == "name"]
        rest = [c for c in super().transform(a, b, side) if c["t"] != "name"]
        return [*names, *rest]


class LoserDiscarded(PlaylistType):
    """It converges, as the right side's changes are dropped and undone."""

    def transform(self, a, b, side):
        if side == "right":
            return []
        entries = [c for c in b if c["t"] == "ins"]
        return a if not entries else super().transform(a, b, side)


class MovedToTheEnd(PlaylistType):
    """Where a moved entry was to go is forgotten."""

    def transform(self, a, b, side):
        return [
            {**c, "to": 0} if c["t"] == "mov" and b else c for c in super().transform(a, b, side)
        ]


class OlderName(PlaylistType):
    """Composing keeps the first name."""

    def compose(self, a, b):
        if any(c["t"] == "name" for c in a):
            b = [c for c in b if c["t"] != "name"]
        return super().compose(a, b)


class LastComponentOnly(PlaylistType):
    """Of a composed operation only the last part is looked at."""

    def transform(self, a, b, side):
        return super().transform(a, b[-1:], side)


class ChangesItsArgument(PlaylistType):
    """Applying writes into the state it was given."""

    def apply(self, state, op):
        after = super().apply(state, op)
        state["items"] = after["items"]
        return after


class UndoInOrder(PlaylistType):
    """What was done first is undone first."""

    def invert(self, op, state):
        return super().invert(op, state)[::-1]


class UndoForgetsTheEntry(PlaylistType):
    """What was removed comes back under another id."""

    def invert(self, op, state):
        return [{**c, "e": "new"} if c["t"] == "ins" else c for c in super().invert(op, state)]


MISTAKES = [
    NoSides,
    MoveAsTwo,
    RemovalLost,
    OffByOne,
    RenameByArrival,
    LoserDiscarded,
    MovedToTheEnd,
    OlderName,
    LastComponentOnly,
    ChangesItsArgument,
    UndoInOrder,
    UndoForgetsTheEntry,
]


def judge(playlist):
    checked = laws.Untouching(playlist)
    for a, b in product(every_component(3, "a"), every_component(3, "b")):
        laws.check_pair(checked, state_of(3), [a], [b])
    rng = random.Random(1)
    for _ in range(60):
        state = state_of(rng.choice((1, 3, 6)))
        left, right = Author(rng, "a"), Author(rng, "b")
        a, b = left.operation(state), right.operation(state)
        laws.check_pair(checked, state, a, b)
        laws.check_undo(checked, state, a, b)
        laws.check_composition(checked, state, a, left.operation(PLAYLIST.apply(state, a)), b)


@pytest.mark.parametrize("mistaken", MISTAKES)
def test_a_known_mistake_is_found(mistaken):
    with pytest.raises((AssertionError, InvalidOperationError)):
        judge(mistaken())


def test_without_a_mistake_nothing_is_found():
    judge(PLAYLIST)
