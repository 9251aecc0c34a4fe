"""Errors of the sync package."""


class SyncError(Exception):
    """Base of all."""


class MirrorDamagedError(SyncError):
    """The local copy of the catalog cannot be used; it is made again from the server."""


class MirrorUnwritableError(SyncError):
    """The disk does not take what changed in the catalog: it is asked for again later."""


class OutboxFullError(SyncError):
    """There is no room on the disk for what was just done: it was not done. Free some space."""


class CarrierAwayError(SyncError):
    """The server cannot be asked now; `retry_after_s` (0: unknown) is when it wants to be."""

    def __init__(self, reason: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class CarrierRefusedError(SyncError):
    """The server will not take a batch as it is."""
