"""What playlists ask of the world: the server, and a place on this machine."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from sync.ot.history import Submission
from sync.ot.model import Playlist
from sync.ot.session import Kept
from sync.wire.playlists import NewPlaylist, PlaylistAt, PlaylistSummary, RevisionPage


class PlaylistServer(Protocol):
    """The server's playlists of this account.

    Raises PlaylistAwayError, PlaylistRefusedError, PlaylistRevisionsError.
    """

    async def playlists(self) -> Sequence[PlaylistSummary]:
        """Own, shared and followed ones."""
        ...

    async def create(self, new: NewPlaylist) -> PlaylistSummary:
        """Make one; the same again changes nothing."""
        ...

    async def whole(self, playlist_id: str, client: str) -> PlaylistAt:
        """One as it is now."""
        ...

    async def submit(self, playlist_id: str, submission: Submission) -> RevisionPage:
        """Edit; what followed the submission's base, the edit included."""
        ...

    async def since(self, playlist_id: str, revision: int) -> RevisionPage:
        """What followed a revision."""
        ...


class Local(msgspec.Struct, frozen=True, kw_only=True):
    """A playlist as this machine keeps it."""

    id: str
    summary: PlaylistSummary | None = None
    """As the server said last; None if it has not heard of it yet."""
    draft: Playlist | None = None
    """What it was made as here, until the server has it."""
    kept: Kept | None = None
    """The editing session, if it was ever opened."""
    refused: str = ""
    """Why the server will not have the edit in flight; the listener decides."""

    @property
    def unsettled(self) -> bool:
        """Whether the server has not everything."""
        return self.draft is not None or (
            self.kept is not None and bool(self.kept.sent or self.kept.waiting)
        )


class PlaylistStore(Protocol):
    """A durable place. Calls block; they may come from any thread, one at a time."""

    def all(self) -> list[Local]:
        """Every playlist there is."""
        ...

    def put(self, *playlists: Local) -> None:
        """Keep playlists; they are on disk when this returns. Raises OutboxFullError."""
        ...

    def remove(self, playlist_ids: Sequence[str]) -> None:
        """Forget playlists."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
