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

from collections.abc import Iterable, Sequence
from typing import Literal

from sync.ot.model import REGISTERS, Component, Insert, Operation
from sync.ot.steps import Step, carry, components_of, steps_of

Side = Literal["left", "right"]


def transform(operation: Operation, over: Operation, side: Side) -> Operation:
    """The operation as it is to be applied after `over`, both made on the same playlist.

    `side` is the operation's own; `over` has the other one.
    """
    carried, _ = transform_all((operation,), over, side)
    return carried[0]


def transform_all(
    chain: Sequence[Operation], over: Operation, side: Side
) -> tuple[tuple[Operation, ...], Operation]:
    """Carry operations that follow each other over one, and that one over all of them.

    `side` is that of the chain. Applying `over` and then the carried chain ends where applying the
    chain and then the carried `over` ends.
    """
    left = side == "left"
    shared = _inserted(over) & _inserted(c for operation in chain for c in operation)
    others = steps_of(over, shared)
    set_over, set_by_chain = _registers(over), _registers(c for o in chain for c in o)
    carried: list[Operation] = []
    for operation in chain:
        mine = steps_of(operation, shared)
        for step in mine:
            carry(step, others, left=left)
        carried.append(_joined(operation, mine, lost=set() if left else set_over))
    return tuple(carried), _joined(over, others, lost=set_by_chain if left else set())


def _inserted(components: Iterable[Component]) -> set[str]:
    return {c.entry for c in components if isinstance(c, Insert)}


def _registers(components: Iterable[Component]) -> set[type[Component]]:
    return {type(c) for c in components if type(c) in REGISTERS}


def _joined(
    operation: Operation, steps: Iterable[Step], *, lost: set[type[Component]]
) -> Operation:
    """The registers that count, then the list's components: neither sees the other."""
    registers = tuple(c for c in operation if type(c) in REGISTERS and type(c) not in lost)
    return registers + components_of(steps)
