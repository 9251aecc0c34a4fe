"""Errors of merging."""

from sync.errors import SyncError


class MergeError(SyncError):
    """Base of all that can go wrong in merging."""


class InvalidOperationError(MergeError):
    """An operation names a position that is not there, or an entry that already is."""


class MissingRevisionsError(MergeError):
    """Revisions between what is known and what came are missing; ask again from `after`."""

    def __init__(self, after: int) -> None:
        super().__init__(f"the revisions after {after} are missing")
        self.after = after


class HistoryTrimmedError(MergeError):
    """The revisions asked for are no longer kept: start from the snapshot."""
