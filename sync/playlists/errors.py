"""What can go wrong with playlists on this machine."""

from sync.errors import SyncError


class PlaylistUnknownError(SyncError):
    """There is no such playlist here; the server was not or could not be asked."""


class PlaylistAwayError(SyncError):
    """The server cannot be asked now; what was done here is kept and sent later."""

    def __init__(self, reason: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class PlaylistRefusedError(SyncError):
    """The server will not do it; one line for the listener."""


class PlaylistRevisionsError(SyncError):
    """The server does not know the revision that this machine has: begin from the snapshot."""
