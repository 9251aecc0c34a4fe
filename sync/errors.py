"""Errors of the sync package."""


class SyncError(Exception):
    """Base of all."""


class MirrorDamagedError(SyncError):
    """The local copy of the catalog cannot be used; it is made again from the server."""
