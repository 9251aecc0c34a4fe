"""Doing an operation, undoing it, and making one of two that follow each other."""

from typing import Any

import msgspec

from sync.ot.errors import InvalidOperationError
from sync.ot.model import REGISTERS, Component, Entry, Insert, Move, Operation, Playlist, Remove


def apply(playlist: Playlist, operation: Operation) -> Playlist:
    """The playlist after the operation. Raises InvalidOperationError at a position outside it."""
    return _run(playlist, operation)[0]


def invert(operation: Operation, playlist: Playlist) -> Operation:
    """The operation that takes back one about to be applied to this playlist.

    A removed entry comes back with its own id. Carried over what others did in the meantime
    (`transform`), it brings back or takes out each entry at most once.
    """
    return tuple(reversed(_run(playlist, operation)[1]))


def compose(first: Operation, second: Operation) -> Operation:
    """One operation that does what two do one after the other.

    Only values that are overwritten at once are left out: each further saving would lose what a
    concurrent operation in the same place has to be compared with.
    """
    overwritten = {type(c) for c in second if type(c) in REGISTERS}
    if overwritten:
        first = tuple(c for c in first if type(c) not in overwritten)
    return first + second


def check_entries(playlist: Playlist, operation: Operation) -> None:
    """Raise InvalidOperationError if applying the operation would give two entries one id.

    For operations from outside: those that were transformed keep entries apart by themselves.
    """
    inserted = [c.entry for c in operation if isinstance(c, Insert)]
    if not inserted:
        return
    after = apply(playlist, operation).items
    if len({entry.id for entry in after}) != len(after):
        raise InvalidOperationError("an entry of that id is already in the playlist")


def _run(playlist: Playlist, operation: Operation) -> tuple[Playlist, list[Component]]:
    """The playlist after the operation, and what undoes each component, in the order done."""
    items = list(playlist.items)
    fields: dict[str, Any] = {}
    undo: list[Component] = []
    for component in operation:
        if isinstance(component, Insert | Remove | Move):
            inverse = _edit(items, component)
            if inverse is not None:
                undo.append(inverse)
        else:
            field = REGISTERS[type(component)]
            undo.append(type(component)(fields.get(field, getattr(playlist, field))))
            fields[field] = component.value
    return msgspec.structs.replace(playlist, items=tuple(items), **fields), undo


def _edit(items: list[Entry], component: Insert | Remove | Move) -> Component | None:
    """Change the list in place; what undoes it, None if nothing has changed."""
    if isinstance(component, Insert):
        _require(0 <= component.gap <= len(items), component)
        items.insert(component.gap, Entry(component.entry, component.track))
        return Remove(component.gap)
    index = component.index
    _require(0 <= index < len(items), component)
    if isinstance(component, Remove):
        entry = items.pop(index)
        return Insert(index, entry.id, entry.track)
    _require(0 <= component.to <= len(items), component)
    if component.stays:
        return None
    landing = component.landing
    items.insert(landing, items.pop(index))
    return Move(landing, index + (landing < index))


def _require(fits: bool, component: Component) -> None:
    if not fits:
        raise InvalidOperationError(f"{component} does not fit the playlist")
