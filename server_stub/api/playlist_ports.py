"""What the edge asks of playlists, in its own words. `who` is the user who asks."""

from collections.abc import Sequence
from typing import Protocol

from sync.ot.history import Submission
from sync.wire.playlists import (
    Collaborator,
    HistoryEntry,
    NewPlaylist,
    Person,
    PlaylistAt,
    PlaylistSummary,
    RevisionPage,
    Role,
)


class Playlists(Protocol):
    """Playlists that people edit together."""

    async def mine(self, who: Person) -> Sequence[PlaylistSummary]: ...

    async def public_of(self, who: Person, name: str) -> Sequence[PlaylistSummary]: ...

    async def create(self, who: Person, new: NewPlaylist) -> PlaylistSummary: ...

    async def copy(
        self, who: Person, playlist_id: str, copy_id: str, name: str
    ) -> PlaylistSummary: ...

    async def summary(self, who: Person, playlist_id: str) -> PlaylistSummary: ...

    async def whole(self, who: Person, playlist_id: str, client: str = "") -> PlaylistAt: ...

    async def delete(self, who: Person, playlist_id: str) -> None: ...

    async def submit(
        self, who: Person, playlist_id: str, submission: Submission
    ) -> RevisionPage: ...

    async def since(self, who: Person, playlist_id: str, revision: int) -> RevisionPage: ...

    async def history(
        self, who: Person, playlist_id: str, *, before: int = 0, limit: int = 50
    ) -> Sequence[HistoryEntry]: ...

    async def restore(self, who: Person, playlist_id: str, revision: int) -> RevisionPage: ...

    async def members(self, who: Person, playlist_id: str) -> Sequence[Collaborator]: ...

    async def share(self, who: Person, playlist_id: str, name: str, role: Role) -> None: ...

    async def unshare(self, who: Person, playlist_id: str, name: str) -> None: ...

    async def follow(self, who: Person, playlist_id: str, on: bool) -> None: ...
