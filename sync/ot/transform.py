"""Carrying operations over concurrent ones, such that both orders end in the same playlist.

Rules, for components made on the same list:

- A gap is a place between entries, and stays where it is when entries beside it leave.
- Into the same gap the left side's entry goes first.
- Of two moves of one entry the left one counts; so of two inserts of one entry (both sides undo
  the same removal); so of two values of a register.
- A removal wins over a move, and two removals of an entry are one.
- A move of an entry to where it is moves nothing else, but counts as a move of that entry.

Operations are carried component by component through all components of the other (m times n steps
of about 0.2 µs), a run of adjoining inserts being one step. Source of the scheme: Ellis and Gibbs
1989; Ressel et al. 1996 (the two-dimensional grid); property 1 only, as in Jupiter (Nichols 1995).
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Literal

from sync.ot.model import REGISTERS, Component, Insert, Operation
from sync.ot.steps import Step, carry, components_of, steps_of

Side = Literal["left", "right"]


def transform(operation: Operation, over: Operation, side: Side) -> Operation:
    """The operation as it is to be applied after `over`, both made on the same playlist.

    `side` is the operation's own; `over` has the other one.
    """
    if not operation or not over:
        return operation
    shared = _shared(operation, over)
    mine = steps_of(operation, shared)
    _carry_all(mine, steps_of(over, shared), left=side == "left")
    return _joined(operation, mine, _registers(over) if side == "right" else frozenset())


def transform_all(
    chain: Sequence[Operation], over: Operation, side: Side
) -> tuple[tuple[Operation, ...], Operation]:
    """Carry operations that follow each other over one, and that one over all of them.

    `side` is that of the chain. Applying `over` and then the carried chain ends where applying the
    chain and then the carried `over` ends.
    """
    whole = tuple(component for operation in chain for component in operation)
    if not whole or not over:
        return tuple(chain), over
    shared = _shared(whole, over)
    others = steps_of(over, shared)
    mine = [steps_of(operation, shared) for operation in chain]
    _carry_all(list(itertools.chain(*mine)), others, left=side == "left")
    lost_here, lost_there = frozenset[type[Component]](), _registers(whole)
    if side == "right":
        lost_here, lost_there = _registers(over), lost_here
    carried = [_joined(o, steps, lost_here) for o, steps in zip(chain, mine, strict=True)]
    return tuple(carried), _joined(over, others, lost_there)


def _carry_all(mine: list[Step], others: list[Step], *, left: bool) -> None:
    """Change the steps of both sides into what they are after the other side."""
    if len(mine) > len(others):  # the same, with the longer loop inside
        mine, others, left = others, mine, not left
    for step in mine:
        carry(step, others, left=left)


def _shared(one: Operation, other: Operation) -> frozenset[str]:
    """The entries that both sides insert: both bring back what was removed before."""
    short, long = sorted((one, other), key=len)
    inserted = frozenset(c.entry for c in short if type(c) is Insert)
    if not inserted:
        return inserted
    return inserted.intersection([c.entry for c in long if type(c) is Insert])


def _registers(operation: Operation) -> frozenset[type[Component]]:
    return frozenset(map(type, operation)) & REGISTERS.keys()


def _joined(
    operation: Operation, steps: Iterable[Step], lost: frozenset[type[Component]]
) -> Operation:
    """The registers that count, then the list's components: neither sees the other."""
    kept = _registers(operation) - lost
    if not kept:
        return components_of(steps)
    return (*[c for c in operation if type(c) in kept], *components_of(steps))
