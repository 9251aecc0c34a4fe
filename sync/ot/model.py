"""A playlist and the components of the operations that change it, as they are stored and sent.

Positions count from 0: an `index` names an entry, a `gap` the place before the entry of that index
(the gap after the last entry is the length). In JSON a component is an object such as
`{"t": "ins", "p": 3, "e": "entry", "v": "track"}`, and an entry is `["entry", "track"]`.
"""

from typing import Literal

import msgspec

Visibility = Literal["private", "link", "public"]


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of a playlist. The same track may stand twice; an entry's id is its own."""

    id: str
    track: str


class Playlist(msgspec.Struct, frozen=True, omit_defaults=True):
    """What collaborators edit together."""

    name: str
    items: tuple[Entry, ...] = ()
    description: str = ""
    cover: str | None = None
    """Id of the picture; None for one made of the entries."""
    visibility: Visibility = "private"


class Insert(
    msgspec.Struct,
    frozen=True,
    gc=False,
    tag="ins",
    tag_field="t",
    rename={"gap": "p", "entry": "e", "track": "v"},
):
    """Put a new entry into a gap."""

    gap: int
    entry: str
    track: str


class Remove(
    msgspec.Struct, frozen=True, gc=False, tag="del", tag_field="t", rename={"index": "p"}
):
    """Take an entry out."""

    index: int


class Move(msgspec.Struct, frozen=True, gc=False, tag="mov", tag_field="t", rename={"index": "p"}):
    """Take an entry to a gap of the list as it is before the move."""

    index: int
    to: int

    @property
    def stays(self) -> bool:
        """Whether the entry is where it shall be: the gap before it or the one after it."""
        return 0 <= self.to - self.index <= 1

    @property
    def landing(self) -> int:
        """Index of the entry afterwards."""
        return self.to - (self.index < self.to)


class Rename(msgspec.Struct, frozen=True, tag="name", tag_field="t", rename={"value": "v"}):
    """Give another name."""

    value: str


class Describe(
    msgspec.Struct, frozen=True, tag="description", tag_field="t", rename={"value": "v"}
):
    """Give another description."""

    value: str


class SetCover(msgspec.Struct, frozen=True, tag="cover", tag_field="t", rename={"value": "v"}):
    """Take another picture."""

    value: str | None


class SetVisibility(
    msgspec.Struct, frozen=True, tag="visibility", tag_field="t", rename={"value": "v"}
):
    """Show it to others, or to fewer."""

    value: Visibility


ListComponent = Insert | Remove | Move
Register = Rename | Describe | SetCover | SetVisibility
Component = ListComponent | Register
Operation = tuple[Component, ...]

REGISTERS: dict[type[Register], str] = {
    Rename: "name",
    Describe: "description",
    SetCover: "cover",
    SetVisibility: "visibility",
}
"""The field of the playlist that each of the registers holds; the last writer's value stays."""
