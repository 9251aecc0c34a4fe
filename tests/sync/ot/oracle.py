"""What must come out, worked out without any transformation: from the rules, on plain values."""

from dataclasses import dataclass, field

from tests.sync.ot.generating import Component, Operation, State


def applied(state: State, operation: Operation) -> State:
    """Do the operation the slow and obvious way."""
    return traced(state, operation).state


@dataclass
class Trace:
    """A state after an operation, and what the operation has touched on its way."""

    state: State
    removed: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    inserted: set[str] = field(default_factory=set)

    @property
    def touched(self) -> set[str]:
        return self.removed | self.moved | self.inserted


def traced(state: State, operation: Operation) -> Trace:
    """Do the operation and note every entry it names."""
    items = [list(item) for item in state["items"]]
    trace = Trace({"name": state["name"], "items": items})
    for component in operation:
        _do(trace, items, component)
    return trace


def _do(trace: Trace, items: list[list[str]], component: Component) -> None:
    kind = component["t"]
    if kind == "name":
        trace.state["name"] = component["v"]
        return
    place = component["p"]
    if kind == "ins":
        assert 0 <= place <= len(items), component
        items.insert(place, [component["e"], component["v"]])
        trace.inserted.add(component["e"])
        return
    assert 0 <= place < len(items), component
    if kind == "del":
        trace.removed.add(items.pop(place)[0])
        return
    assert 0 <= component["to"] <= len(items), component
    before, after = items[: component["to"]], items[component["to"] :]
    entry = items[place]
    trace.moved.add(entry[0])
    items[:] = [
        *(i for i in before if i is not entry), entry, *(i for i in after if i is not entry)
    ]  # fmt: skip


def merged(state: State, left: Component, right: Component) -> State:
    """Both of two concurrent components, by the rules alone.

    Every entry that stays has the key of its index, every one that is put somewhere the key of
    its gap and then of its side; sorted, they are the result.
    """
    sides = ((0, left), (1, right))
    removed = {c["p"] for _, c in sides if c["t"] == "del"}
    places: dict[int, tuple[float, int]] = {}
    for side, component in reversed(sides):  # the left one last: it wins
        if component["t"] == "mov" and component["p"] not in removed:
            index, gap = component["p"], component["to"]
            places[index] = (index, 0) if gap in (index, index + 1) else (gap - 0.5, side)
    keyed = [
        (*places.get(index, (index, 0)), item)
        for index, item in enumerate(state["items"])
        if index not in removed
    ]
    keyed += [(c["p"] - 0.5, side, [c["e"], c["v"]]) for side, c in sides if c["t"] == "ins"]
    names = [c["v"] for _, c in sides if c["t"] == "name"]
    return {"name": (names or [state["name"]])[0], "items": [item for *_, item in sorted(keyed)]}
