"""The server's half: one order for the operations of all, each of them applied once."""

from collections.abc import Iterable

import msgspec

from sync.ot.applying import apply, check_entries
from sync.ot.errors import HistoryTrimmedError, MissingRevisionsError
from sync.ot.model import Operation, Playlist
from sync.ot.transform import transform


class Submission(msgspec.Struct, frozen=True):
    """An operation on its way to the server. Client and sequence are its id: resent, they stay."""

    client: str
    sequence: int
    """Grows with each new operation of a client."""
    base: int
    """The revision the operation was made on, or has been carried to."""
    operation: Operation


class Revision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An operation in the order of the server, as it applies to the revision before it."""

    number: int
    client: str
    sequence: int
    operation: Operation
    author: str = ""
    """Id of the user."""
    at: int = 0
    """Unix time in milliseconds."""


class Snapshot(msgspec.Struct, frozen=True):
    """A playlist at a revision, and the last sequence number seen of each client."""

    revision: int
    playlist: Playlist
    seen: dict[str, int]


class History:
    """The revisions of one playlist, from a snapshot on.

    What comes later in this order is the left side: the last value, the last move wins, and of
    entries added to one gap the later ones come first, so that what two people add at the same
    time, entry by entry, stands in two runs.
    """

    def __init__(self, snapshot: Snapshot, revisions: Iterable[Revision] = ()) -> None:
        """Go on where an earlier one ended: its snapshot and the revisions after that."""
        self._playlist = snapshot.playlist
        self._first = snapshot.revision
        self._seen = dict(snapshot.seen)
        self._revisions: list[Revision] = []
        for revision in revisions:
            if revision.number != self.revision + 1:
                raise MissingRevisionsError(self.revision)
            self._add(revision, apply(self._playlist, revision.operation))

    @property
    def revision(self) -> int:
        """Number of the newest revision."""
        return self._first + len(self._revisions)

    @property
    def playlist(self) -> Playlist:
        """The playlist after the newest revision."""
        return self._playlist

    def submit(self, submission: Submission, *, author: str = "", at: int = 0) -> Revision | None:
        """Give an operation its place in the order; None if it has one already.

        Store the new revision before anybody hears of it; if that fails, make the history again.
        Raises InvalidOperationError if the operation cannot be applied, and what `since` raises for
        its base; nothing changes then.
        """
        if submission.sequence <= self._seen.get(submission.client, -1):
            return None
        missed = tuple(c for other in self.since(submission.base) for c in other.operation)
        operation = transform(submission.operation, missed, "left")
        check_entries(self._playlist, operation)
        playlist = apply(self._playlist, operation)
        revision = Revision(
            number=self.revision + 1,
            client=submission.client,
            sequence=submission.sequence,
            operation=operation,
            author=author,
            at=at,
        )
        self._add(revision, playlist)
        return revision

    def since(self, revision: int) -> tuple[Revision, ...]:
        """What followed a revision.

        Raises HistoryTrimmedError if not all of that is kept, MissingRevisionsError if the
        revision is one of the future (the server has lost what it once had).
        """
        if revision < self._first:
            raise HistoryTrimmedError(f"revisions up to {self._first} are in the snapshot only")
        if revision > self.revision:
            raise MissingRevisionsError(self.revision)
        return tuple(self._revisions[revision - self._first :])

    def snapshot(self) -> Snapshot:
        """Everything up to now, in one."""
        return Snapshot(self.revision, self._playlist, dict(self._seen))

    def trim(self, keep: int) -> None:
        """Forget all revisions but the newest; whoever is further behind starts from a snapshot."""
        dropped = max(0, len(self._revisions) - keep)
        del self._revisions[:dropped]
        self._first += dropped

    def _add(self, revision: Revision, playlist: Playlist) -> None:
        self._playlist = playlist
        self._revisions.append(revision)
        self._seen[revision.client] = revision.sequence
