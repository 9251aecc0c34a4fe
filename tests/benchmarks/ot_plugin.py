"""The merging of playlists as plain JSON values, for judging it from outside: `PLAYLIST`.

A state is `{"name": str, "items": [[entry, track], ...]}`; an operation is a list of
`{"t": "ins", "p": gap, "e": entry, "v": track}`, `{"t": "del", "p": index}`,
`{"t": "mov", "p": index, "to": gap}` (the gap in the list before the move) and
`{"t": "name", "v": str}`, applied one after the other. Only `sync.ot` does the work.
"""

import itertools
from typing import Any

import msgspec

from sync.ot import applying, model
from sync.ot import transform as transforming

State = dict[str, Any]
Operation = list[dict[str, Any]]


class PlaylistType:
    """Pure functions over plain values."""

    def apply(self, state: State, op: Operation) -> State:
        """The state after the operation."""
        playlist = applying.apply(_playlist(state), _operation(op))
        return {
            "name": playlist.name,
            "items": [[entry.id, entry.track] for entry in playlist.items],
        }

    def transform(self, a: Operation, b: Operation, side: transforming.Side) -> Operation:
        """The operation `a`, of this side, as it is after the concurrent `b`."""
        return _plain(transforming.transform(_operation(a), _operation(b), side))

    def compose(self, a: Operation, b: Operation) -> Operation:
        """One operation that does `a` and then `b`."""
        return _plain(applying.compose(_operation(a), _operation(b)))

    def invert(self, op: Operation, state: State) -> Operation:
        """What undoes the operation; `state` is the one before it."""
        return _plain(applying.invert(_operation(op), _playlist(state)))


PLAYLIST = PlaylistType()


def _playlist(state: State) -> model.Playlist:
    return model.Playlist(state["name"], tuple(itertools.starmap(model.Entry, state["items"])))


def _component(plain: dict[str, Any]) -> model.Component:
    match plain["t"]:
        case "ins":
            return model.Insert(plain["p"], plain["e"], plain["v"])
        case "del":
            return model.Remove(plain["p"])
        case "mov":
            return model.Move(plain["p"], plain["to"])
        case "name":
            return model.Rename(plain["v"])
    raise ValueError(f"no component {plain['t']!r}")


def _operation(plain: Operation) -> model.Operation:
    return tuple([_component(component) for component in plain])


def _plain(operation: model.Operation) -> Operation:
    return list(msgspec.to_builtins(operation))
