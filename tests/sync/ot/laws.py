"""What must hold of every merge, checked from outside on plain values (`ot_plugin.PLAYLIST`)."""

import json
from typing import Any, Protocol

from tests.sync.ot import oracle
from tests.sync.ot.generating import Operation, State

OTHER = {"left": "right", "right": "left"}


class PlaylistType(Protocol):
    """The functions under judgement."""

    def apply(self, state: State, op: Operation) -> State: ...

    def transform(self, a: Operation, b: Operation, side: Any) -> Operation: ...

    def compose(self, a: Operation, b: Operation) -> Operation: ...

    def invert(self, op: Operation, state: State) -> Operation: ...


class Untouching:
    """The same functions, each call checked: inputs as before, results plain and repeatable."""

    def __init__(self, inner: PlaylistType) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._inner, name)

        def checked(*arguments: Any) -> Any:
            before = json.dumps(arguments)
            result = function(*arguments)
            assert json.dumps(arguments) == before, f"{name} has changed what it was given"
            assert json.loads(json.dumps(result)) == result, f"{name} gives no plain values"
            assert function(*json.loads(before)) == result, f"{name} gives another result"
            return result

        return checked


def check_pair(p: PlaylistType, state: State, a: Operation, b: Operation) -> State:
    """Convergence and every policy for `a` on the left and `b` on the right; the merged state."""
    after_a, after_b = p.apply(state, a), p.apply(state, b)
    trace_a, trace_b = oracle.traced(state, a), oracle.traced(state, b)
    assert after_a == trace_a.state, "apply does something else"
    assert after_b == trace_b.state, "apply does something else"
    final = p.apply(after_a, p.transform(b, a, "right"))
    assert final == p.apply(after_b, p.transform(a, b, "left")), "the two ways do not converge"
    if len(a) == len(b) == 1:
        assert final == oracle.merged(state, a[0], b[0]), "another result than the rules say"
    _check_entries(state, after_a, after_b, final)
    _check_name(state, a, b, final)
    _check_places(state, trace_a, trace_b, final)
    return final


def _check_entries(state: State, after_a: State, after_b: State, final: State) -> None:
    base, in_a, in_b = ({tuple(i) for i in s["items"]} for s in (state, after_a, after_b))
    expected = (base & in_a & in_b) | (in_a - base) | (in_b - base)
    ids = [entry for entry, _ in final["items"]]
    assert len(ids) == len(set(ids)), "an entry is doubled"
    assert {tuple(i) for i in final["items"]} == expected, "an entry is lost or came back"


def _check_name(state: State, a: Operation, b: Operation, final: State) -> None:
    asked = [c["v"] for c in [*b, *a] if c["t"] == "name"] or [state["name"]]
    assert final["name"] == asked[-1], "not the left side's name"


def _check_places(state: State, a: oracle.Trace, b: oracle.Trace, final: State) -> None:
    touched = a.touched | b.touched
    order = {entry: at for at, (entry, _) in enumerate(final["items"])}
    still = [order[entry] for entry, _ in state["items"] if entry not in touched]
    assert still == sorted(still), "untouched entries have changed their order"
    for one, other, wins in ((a, b, True), (b, a, False)):
        placed = (one.inserted | one.moved) - one.removed - other.removed
        if not wins:
            placed -= other.moved | other.inserted
        _check_neighbours(one.state["items"], placed, touched, order)


def _check_neighbours(
    items: list[list[str]], placed: set[str], touched: set[str], order: dict[str, int]
) -> None:
    """What one side has placed still lies between the untouched entries it was put between."""
    ids = [entry for entry, _ in items]
    last = -1
    for entry in ids:
        if entry not in touched:
            last = order[entry]
        elif entry in placed:
            assert last < order[entry], f"{entry} has left the neighbour before it"
    following = len(order)
    for entry in reversed(ids):
        if entry not in touched:
            following = order[entry]
        elif entry in placed:
            assert order[entry] < following, f"{entry} has left the neighbour after it"


def check_composition(
    p: PlaylistType, state: State, a: Operation, b: Operation, c: Operation
) -> None:
    """`b` follows `a`; `c` is concurrent with both."""
    both = p.compose(a, b)
    after = p.apply(p.apply(state, a), b)
    assert p.apply(state, both) == after, "compose does something else"
    for side in ("left", "right"):
        c_over_a, a_over_c = p.transform(c, a, side), p.transform(a, c, OTHER[side])
        stepwise = p.apply(after, p.transform(c_over_a, b, side))
        assert p.apply(after, p.transform(c, both, side)) == stepwise, "over a composed operation"
        after_c = p.apply(state, c)
        stepwise = p.apply(p.apply(after_c, a_over_c), p.transform(b, c_over_a, OTHER[side]))
        assert p.apply(after_c, p.transform(both, c, OTHER[side])) == stepwise, "of a composed one"


def check_undo(p: PlaylistType, state: State, a: Operation, b: Operation) -> None:
    """Taking `a` back restores the state, also through a concurrent `b`."""
    after = p.apply(state, a)
    undo = p.invert(a, state)
    assert p.apply(after, undo) == state, "undo does not restore"
    assert p.apply(p.apply(state, p.compose(a, undo)), []) == state, "undone in one"
    trace_a, trace_b = oracle.traced(state, a), oracle.traced(state, b)
    base, ids_b = ({tuple(i) for i in s["items"]} for s in (state, trace_b.state))
    lost_by_a = base - {tuple(i) for i in trace_a.state["items"]}
    expected = ids_b | lost_by_a
    for side in ("left", "right"):
        remote = p.transform(b, a, side)
        between = p.apply(after, remote)
        for undo_side in ("left", "right"):
            late = p.transform(undo, remote, undo_side)
            final = p.apply(between, late)
            ids = [tuple(item) for item in final["items"]]
            assert len(ids) == len(set(ids)), "undo doubles an entry"
            assert set(ids) == expected, "undo loses an entry, or leaves one"
            check_pair_converges(p, after, undo, remote, undo_side)
            untouched = [i[0] for i in state["items"]]
            order = {entry: at for at, (entry, _) in enumerate(ids)}
            touched = trace_a.touched | trace_b.touched
            still = [order[entry] for entry in untouched if entry not in touched]
            assert still == sorted(still), "undo changes the order of others"


def check_pair_converges(
    p: PlaylistType, state: State, a: Operation, b: Operation, side: str
) -> State:
    """Property 1 alone, for operations that may insert the same entries; `side` is that of `a`."""
    one = p.apply(p.apply(state, a), p.transform(b, a, OTHER[side]))
    assert one == p.apply(p.apply(state, b), p.transform(a, b, side)), "no convergence"
    ids = [entry for entry, _ in one["items"]]
    assert len(ids) == len(set(ids)), "an entry is doubled"
    return one


def check_both_undo(p: PlaylistType, state: State, a: Operation, b: Operation) -> None:
    """Both sides take back what they did, at the same time: what was there is there once."""
    over_a, over_b = p.transform(b, a, "right"), p.transform(a, b, "left")
    merged = p.apply(p.apply(state, a), over_a)
    undo_a = p.transform(p.invert(a, state), over_a, "right")
    undo_b = p.transform(p.invert(b, state), over_b, "right")
    final = check_pair_converges(p, merged, undo_a, undo_b, "left")
    assert sorted(final["items"]) == sorted(state["items"]), "not what was there before"
