"""Playlists as they travel: what one is, who may do what, and the answers to edits.

The edits themselves are `sync.ot`'s own structs: a client sends a `Submission`, everybody gets
`Revision`s. Times are Unix milliseconds.
"""

from typing import Literal

import msgspec

from sync.ot.history import Revision
from sync.ot.model import Playlist, Visibility

Role = Literal["owner", "editor", "viewer"]
MOST_ENTRIES = 10_000
"""Entries of one playlist."""
NAME_MAX = 200
DESCRIPTION_MAX = 2_000


class Person(msgspec.Struct, frozen=True):
    """Somebody named by something else."""

    id: str
    name: str


class Collaborator(msgspec.Struct, frozen=True, kw_only=True):
    """Who may see or edit a playlist besides its owner."""

    person: Person
    role: Role
    added_at: int


class PlaylistSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A playlist in a list of many."""

    id: str
    owner: Person
    name: str
    role: Role
    """What the asking user may do."""
    entry_count: int
    revision: int
    updated_at: int
    description: str = ""
    cover: str | None = None
    visibility: Visibility = "private"
    followed: bool = False
    collaborative: bool = False


class PlaylistAt(msgspec.Struct, frozen=True, kw_only=True):
    """A whole playlist at a revision: where a session starts, or goes on after a gap."""

    id: str
    revision: int
    playlist: Playlist
    sequence: int
    """The last operation of the asking client that is in it; 0 if none."""


class RevisionPage(msgspec.Struct, frozen=True, kw_only=True):
    """What followed a revision, in order; the answer to an edit ends with the edit itself."""

    id: str
    revisions: tuple[Revision, ...]
    newest: int
    """Number of the newest revision there is; ask again while it is further on."""


class NewPlaylist(msgspec.Struct, frozen=True, kw_only=True):
    """Body that creates a playlist; its id is made by the client, so that it can be resent."""

    id: str
    playlist: Playlist


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One revision for people: who did how much, when."""

    revision: int
    author: Person
    at: int
    added: int = 0
    removed: int = 0
    moved: int = 0
    renamed: bool = False
    described: bool = False


class RestoreRequest(msgspec.Struct, frozen=True):
    """Body of `POST /v1/playlists/{id}/restore`: the revision to make it like again."""

    revision: int


class CopyRequest(msgspec.Struct, frozen=True):
    """Body of `POST /v1/playlists/{id}/copy`: the id of the copy, and its name if another."""

    id: str
    name: str = ""


class RoleRequest(msgspec.Struct, frozen=True):
    """Body of `PUT /v1/playlists/{id}/members/{name}`."""

    role: Literal["editor", "viewer"]
