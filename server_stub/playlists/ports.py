"""What playlists need kept and known. Every method is one transaction; times are Unix ms."""

from collections.abc import Sequence
from typing import Protocol

from server_stub.kernel.events.envelope import Event
from server_stub.playlists.model import Kept, Loaded, Part
from sync.ot.history import Revision, Snapshot
from sync.ot.model import Playlist
from sync.wire.playlists import Collaborator, Person


class Playlists(Protocol):
    """All playlists of all users."""

    async def create(self, kept: Kept, playlist: Playlist, events: Sequence[Event]) -> bool:
        """Keep a new playlist at revision 0; False, and nothing has changed, if the id is taken."""
        ...

    async def find(self, playlist_id: str) -> Kept | None:
        """The playlist, unless it was deleted."""
        ...

    async def part(self, playlist_id: str, user_id: str) -> Part | None:
        """What a user is to it."""
        ...

    async def load(self, playlist_id: str, *, whole: bool = False) -> Loaded | None:
        """A snapshot and what followed it; `whole`: the first snapshot and everything."""
        ...

    async def revisions(self, playlist_id: str, after: int, limit: int) -> list[Revision]:
        """Revisions after a number, in order."""
        ...

    async def latest(self, playlist_id: str, before: int, limit: int) -> list[Revision]:
        """Revisions before a number, newest first."""
        ...

    async def append(
        self, kept: Kept, revision: Revision, snapshot: Snapshot | None, events: Sequence[Event]
    ) -> bool:
        """Add the revision that follows the newest; False if another one was faster.

        `kept` is the playlist afterwards; `snapshot`, if one is given, replaces the last one.
        """
        ...

    async def of_user(self, user_id: str) -> list[tuple[Kept, Part]]:
        """Playlists in which a user has a part, the last changed first."""
        ...

    async def public_of(self, user_id: str) -> list[Kept]:
        """A user's own public playlists, the last changed first."""
        ...

    async def members(self, playlist_id: str) -> list[Collaborator]:
        """Everybody with a part but followers, the owner first, then as they came."""
        ...

    async def set_part(
        self,
        playlist_id: str,
        user_id: str,
        part: Part | None,
        at_ms: int,
        events: Sequence[Event],
    ) -> None:
        """Give somebody a part, or take it away."""
        ...

    async def delete(self, playlist_id: str, at_ms: int, events: Sequence[Event]) -> None:
        """Delete it: it is not found any more."""
        ...

    async def forget(self, user_id: str) -> list[str]:
        """Erase a user's own playlists with their history, and every part in others'; ids of the
        erased. What the user did in others' playlists stays, under an id that names nobody."""
        ...


class People(Protocol):
    """Users, as far as playlists know them."""

    async def named(self, name: str) -> Person | None:
        """The user of a name."""
        ...

    async def names(self, user_ids: Sequence[str]) -> dict[str, str]:
        """Names by id."""
        ...
