"""Arguments of the commands about playlists."""

from typing import Literal

import msgspec

from sync.ot.model import Visibility


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A playlist by its id, link or name."""

    playlist: str


class CreateArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.create"""

    name: str
    description: str = ""
    visibility: Visibility = "private"


class ShowArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.show"""

    playlist: str
    offset: int = 0
    limit: int = 500


class AddArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.add: links, or the best match of words; at the end, or before a row."""

    playlist: str
    uris: tuple[str, ...] = ()
    query: str = ""
    at: int | None = None


class RowsArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.remove, playlist.move: rows by number, from 1."""

    playlist: str
    rows: tuple[int, ...]
    to: int = 0


class ChangeArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.change: what is given changes."""

    playlist: str
    name: str | None = None
    description: str | None = None
    visibility: Visibility | None = None


class ShareArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.share, playlist.unshare"""

    playlist: str
    user: str
    role: Literal["editor", "viewer"] = "editor"


class FollowArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.follow"""

    playlist: str
    on: bool = True


class CopyArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.copy"""

    playlist: str
    name: str = ""


class HistoryArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.history"""

    playlist: str
    limit: int = 50


class RestoreArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """playlist.restore"""

    playlist: str
    revision: int
