"""What happens to playlists, as events. Their subject is the user who did it."""

from typing import Any

import msgspec

from server_stub.kernel.events.types import EventType


class PlaylistCreated(msgspec.Struct, frozen=True, kw_only=True):
    """A playlist was made."""

    playlist_id: str
    name: str
    visibility: str


class PlaylistEdited(msgspec.Struct, frozen=True, kw_only=True):
    """A revision was added."""

    playlist_id: str
    revision: int
    added: tuple[str, ...] = ()
    """Track ids."""
    removed: int = 0
    moved: int = 0


class PlaylistDeleted(msgspec.Struct, frozen=True, kw_only=True):
    """A playlist was deleted."""

    playlist_id: str


class PlaylistShared(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody got another role in a playlist."""

    playlist_id: str
    user_id: str
    role: str
    """Empty: none any more."""


PLAYLIST_CREATED = EventType("playlists.playlist-created", PlaylistCreated)
PLAYLIST_EDITED = EventType("playlists.playlist-edited", PlaylistEdited)
PLAYLIST_DELETED = EventType("playlists.playlist-deleted", PlaylistDeleted)
PLAYLIST_SHARED = EventType("playlists.playlist-shared", PlaylistShared)

TYPES: tuple[EventType[Any], ...] = (
    PLAYLIST_CREATED,
    PLAYLIST_EDITED,
    PLAYLIST_DELETED,
    PLAYLIST_SHARED,
)
