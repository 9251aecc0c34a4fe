"""A kept playlist, who may do what with it, and what makes an operation acceptable."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from server_stub.playlists.errors import PlaylistFullError, PlaylistInvalidError
from sync.ot.history import Revision, Snapshot
from sync.ot.model import (
    Describe,
    Insert,
    Move,
    Operation,
    Playlist,
    Remove,
    Rename,
    SetCover,
    Visibility,
)
from sync.wire.ids import is_id
from sync.wire.playlists import DESCRIPTION_MAX, MOST_ENTRIES, NAME_MAX, HistoryEntry, Person

Part = Literal["owner", "editor", "viewer", "follower"]
"""What somebody is to a playlist: a follower came without being invited, and may leave so."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A playlist without its entries: what lists show and rights depend on. Times in ms."""

    id: str
    owner: Person
    name: str
    description: str
    cover: str | None
    visibility: Visibility
    revision: int
    entry_count: int
    updated_at: int
    collaborative: bool
    """Whether somebody else may edit it; the store knows, a new one is not."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A snapshot and what followed it."""

    snapshot: Snapshot
    revisions: tuple[Revision, ...]


def may_read(kept: Kept, part: Part | None) -> bool:
    """Whether a user with this part (None: a stranger) may see it."""
    return part in ("owner", "editor", "viewer") or kept.visibility in ("public", "link")


def may_edit(part: Part | None) -> bool:
    """Whether a user with this part may change it."""
    return part in ("owner", "editor")


def checked_name(name: str) -> str:
    """A name as it may be shown. Raises PlaylistInvalidError."""
    shown = " ".join(name.split())
    if not shown or len(shown) > NAME_MAX or not shown.isprintable():
        raise PlaylistInvalidError(
            "this name cannot be used", remedy=f"Use 1 to {NAME_MAX} printable characters."
        )
    return shown


def checked_id(identifier: str) -> str:
    """An id made by a client. Raises PlaylistInvalidError."""
    if not is_id(identifier):
        raise PlaylistInvalidError("an id has 22 characters of base62")
    return identifier


def check_whole(playlist: Playlist) -> None:
    """Raises PlaylistInvalidError or PlaylistFullError for a playlist that must not be."""
    items = tuple(Insert(at, e.id, e.track) for at, e in enumerate(playlist.items))
    rest = (Rename(playlist.name), Describe(playlist.description), SetCover(playlist.cover))
    if len({entry.id for entry in playlist.items}) != len(playlist.items):
        raise PlaylistInvalidError("an entry stands twice")
    check((*items, *rest), 0)


def check(operation: Operation, size: int) -> None:
    """Raises PlaylistInvalidError or PlaylistFullError for what must not get into a playlist.

    `size` is the number of entries there are.
    """
    if len(operation) > 2 * MOST_ENTRIES:
        raise PlaylistInvalidError("this edit is too long", remedy="Send it in parts.")
    for component in operation:
        if isinstance(component, Insert):
            checked_id(component.entry)
            checked_id(component.track)
            size += 1
        elif isinstance(component, Rename):
            checked_name(component.value)
        elif isinstance(component, Describe) and len(component.value) > DESCRIPTION_MAX:
            raise PlaylistInvalidError(
                f"a description has at most {DESCRIPTION_MAX} characters", remedy="Shorten it."
            )
        elif isinstance(component, SetCover) and component.value is not None:
            _check_cover(component.value)
    if size > MOST_ENTRIES:
        raise PlaylistFullError(
            f"a playlist has at most {MOST_ENTRIES} entries", remedy="Begin another one."
        )


def _check_cover(cover: str) -> None:
    if not cover.isascii() or not cover.isalnum() or len(cover) > 64:
        raise PlaylistInvalidError("a cover is named by its id")


def told(revision: Revision, names: dict[str, str]) -> HistoryEntry:
    """A revision for people. `names` are those of users by id."""
    operation = revision.operation
    return HistoryEntry(
        revision=revision.number,
        author=Person(revision.author, names.get(revision.author, "")),
        at=revision.at,
        added=_count(operation, Insert),
        removed=_count(operation, Remove),
        moved=_count(operation, Move),
        renamed=_count(operation, Rename) > 0,
        described=_count(operation, Describe) > 0,
    )


def added_tracks(operation: Operation) -> tuple[str, ...]:
    """Ids of the tracks an operation puts in."""
    return tuple(c.track for c in operation if isinstance(c, Insert))


def _count(operation: Iterable[object], kind: type) -> int:
    return sum(isinstance(component, kind) for component in operation)


def removed(operation: Operation) -> int:
    """How many entries an operation takes out."""
    return _count(operation, Remove)


def moved(operation: Operation) -> int:
    """How many moves are in an operation."""
    return _count(operation, Move)
