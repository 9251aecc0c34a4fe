"""Playlists and operations as plain JSON values: all of a size, or random ones."""

import random
from collections.abc import Iterator
from typing import Any

State = dict[str, Any]
Component = dict[str, Any]
Operation = list[Component]


def state_of(count: int) -> State:
    """Entries e0, e1 ... of which every third one holds the same track."""
    return {"name": "list", "items": [[f"e{i}", f"t{i % 3}"] for i in range(count)]}


def every_component(count: int, tag: str) -> Iterator[Component]:
    """Everything one component can do to a list of this length."""
    for gap in range(count + 1):
        yield {"t": "ins", "p": gap, "e": f"{tag}{gap}", "v": "new"}
    for index in range(count):
        yield {"t": "del", "p": index}
        for gap in range(count + 1):
            yield {"t": "mov", "p": index, "to": gap}
    yield {"t": "name", "v": f"by {tag}"}


class Author:
    """Makes operations of several components that fit a state; its entries' ids are its own."""

    def __init__(self, rng: random.Random, tag: str) -> None:
        self.rng = rng
        self.tag = tag
        self._made = 0
        self.habit = rng.choice(("mixed", "mixed", "adding", "moving", "clearing", "one place"))

    def operation(self, state: State, most: int = 6) -> Operation:
        """Up to `most` components, one after the other; seldom none."""
        count = len(state["items"])
        operation = []
        for _ in range(self.rng.randint(0 if self.rng.random() < 0.1 else 1, most)):
            component = self.component(count)
            count += {"ins": 1, "del": -1}.get(component["t"], 0)
            operation.append(component)
        return operation

    def component(self, count: int) -> Component:
        """One that fits a list of this length."""
        weights = {
            "mixed": (4, 3, 4, 1),
            "adding": (8, 1, 1, 0),
            "moving": (1, 1, 8, 0),
            "clearing": (1, 6, 2, 0),
            "one place": (4, 3, 4, 0),
        }[self.habit]
        kind = self.rng.choices(("ins", "del", "mov", "name"), weights)[0]
        if kind == "name":
            return {"t": "name", "v": f"{self.tag} {self._fresh()}"}
        if kind == "ins" or count == 0:
            entry = f"{self.tag}{self._fresh()}"
            return {"t": "ins", "p": self._place(count), "e": entry, "v": self.rng.choice("xyz")}
        index = min(self._place(count), count - 1)
        if kind == "del":
            return {"t": "del", "p": index}
        return {"t": "mov", "p": index, "to": self._place(count)}

    def _place(self, count: int) -> int:
        if self.habit == "one place":
            middle = count // 2
            return min(count, max(0, middle + self.rng.randint(-1, 1)))
        if self.rng.random() < 0.2:
            return self.rng.choice((0, count))
        return self.rng.randint(0, count)

    def _fresh(self) -> int:
        self._made += 1
        return self._made


def bringing_back(rng: random.Random, state: State, most: int = 4) -> Operation:
    """An operation whose inserts are of the same three entries, whoever makes it (as undo does)."""
    ids = [entry for entry, _ in state["items"]]
    operation: Operation = []
    for _ in range(rng.randint(1, most)):
        away = [entry for entry in ("x", "y", "z") if entry not in ids]
        kind = rng.choice(("ins", "ins", "del", "mov"))
        if kind == "ins" and away:
            entry, gap = rng.choice(away), rng.randint(0, len(ids))
            operation.append({"t": "ins", "p": gap, "e": entry, "v": f"t{entry}"})
            ids.insert(gap, entry)
        elif kind == "del" and ids:
            index = rng.randrange(len(ids))
            operation.append({"t": "del", "p": index})
            del ids[index]
        elif kind == "mov" and ids:
            index, gap = rng.randrange(len(ids)), rng.randint(0, len(ids))
            operation.append({"t": "mov", "p": index, "to": gap})
            ids.insert(gap - (index < gap), ids.pop(index))
    return operation
