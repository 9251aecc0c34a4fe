"""The client's half: edits show at once, go out one at a time, and follow what others do."""

from collections.abc import Iterable

import msgspec

from sync.ot.applying import apply, check_entries, compose, invert
from sync.ot.difference import difference
from sync.ot.errors import MissingRevisionsError
from sync.ot.history import Revision, Snapshot, Submission
from sync.ot.model import Component, Operation, Playlist
from sync.ot.transform import transform, transform_all

UNDO_DEPTH = 100
"""Edits that can be taken back."""
LONG = 1_000
"""Components of unsent edits beyond which they are replaced by their effect."""


class Sent(msgspec.Struct, frozen=True):
    """The operation in flight, carried to the newest revision known."""

    sequence: int
    operation: Operation


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """All of a session, to be stored before anything is shown as done or is sent."""

    client: str
    sequence: int
    revision: int
    confirmed: Playlist
    sent: Sent | None = None
    waiting: Operation = ()
    undo: tuple[Operation, ...] = ()
    redo: tuple[Operation, ...] = ()


class Session:
    """One client's copy of a playlist.

    At most one operation is in flight; what the user does meanwhile waits, composed into one. Both
    are on the left of what comes from the server, as they will follow it there. An operation that
    would be undone is on the right of it: undo takes back only what nobody has changed since.
    """

    def __init__(self, kept: Kept) -> None:
        self._client = kept.client
        self._sequence = kept.sequence
        self._revision = kept.revision
        self._confirmed = kept.confirmed
        self._sent = kept.sent
        self._waiting = kept.waiting
        self._undo = list(kept.undo)
        self._redo = list(kept.redo)
        self._compact_at = LONG
        self._playlist = apply(self._base(), kept.waiting)

    @classmethod
    def start(cls, client: str, snapshot: Snapshot) -> "Session":
        """A copy without edits. No other session may use the same client id on this playlist."""
        return cls(
            Kept(
                client=client,
                sequence=snapshot.seen.get(client, 0),
                revision=snapshot.revision,
                confirmed=snapshot.playlist,
            )
        )

    def keep(self) -> Kept:
        """All there is to store. Store it after `outgoing` and before sending what that gave."""
        return Kept(
            client=self._client,
            sequence=self._sequence,
            revision=self._revision,
            confirmed=self._confirmed,
            sent=self._sent,
            waiting=self._waiting,
            undo=tuple(self._undo),
            redo=tuple(self._redo),
        )

    @property
    def playlist(self) -> Playlist:
        """What the user sees: all that is known of others, and all edits of the user."""
        return self._playlist

    @property
    def revision(self) -> int:
        """The newest revision of the server that is part of it; ask for what follows."""
        return self._revision

    @property
    def settled(self) -> bool:
        """Whether the server has everything."""
        return self._sent is None and not self._waiting

    def edit(self, operation: Operation) -> None:
        """Do what the user has done. Raises InvalidOperationError, with nothing changed."""
        check_entries(self._playlist, operation)
        inverse = invert(operation, self._playlist)
        self._do(operation)
        self._undo = [*self._undo, inverse][-UNDO_DEPTH:]
        self._redo.clear()

    def undo(self) -> Operation:
        """Take back the last edit that still has an effect; what was done, nothing if nothing."""
        return self._take_back(self._undo, self._redo)

    def redo(self) -> Operation:
        """Take back the last undo, if the user has not done anything else since."""
        return self._take_back(self._redo, self._undo)

    def outgoing(self) -> Submission | None:
        """What is to be sent now, or again; it keeps its id until it is acknowledged."""
        if self._sent is None and self._waiting:
            self._sequence += 1
            self._sent = Sent(self._sequence, self._waiting)
            self._waiting = ()
            self._compact_at = LONG
        if self._sent is None:
            return None
        return Submission(self._client, self._sent.sequence, self._revision, self._sent.operation)

    def receive(self, revisions: Iterable[Revision]) -> Operation:
        """Take in what the server has; what that changes in the playlist the user sees.

        Revisions that are known are passed over. Raises MissingRevisionsError, with nothing
        changed, if there is a hole. The session's own operation in there is its acknowledgement.
        """
        fresh = [revision for revision in revisions if revision.number > self._revision]
        for number, revision in enumerate(fresh, self._revision + 1):
            if revision.number != number:
                raise MissingRevisionsError(self._revision)
        seen: list[Component] = []
        remote: list[Component] = []
        for revision in fresh:
            if revision.client == self._client:
                seen += self._follow(tuple(remote))
                remote = [*self._acknowledge(revision)]
            else:
                remote += revision.operation
        seen += self._follow(tuple(remote))
        self._revision += len(fresh)
        return tuple(seen)

    def refused(self) -> Operation:
        """The server will not have the operation in flight: take it back, keep later edits.

        What that changes in the playlist the user sees.
        """
        if self._sent is None:
            return ()
        back = invert(self._sent.operation, self._confirmed)
        change = transform(back, self._waiting, "right")
        self._waiting = transform(self._waiting, back, "left")
        self._sent = None
        self._show(change)
        return change

    def resume(self, snapshot: Snapshot) -> Operation:
        """Go on from a snapshot when the revisions in between are lost; edits stay.

        What that changes in the playlist the user sees.
        """
        applied = snapshot.seen.get(self._client, 0)
        self._sequence = max(self._sequence, applied)
        if self._sent and applied >= self._sent.sequence:
            self._confirmed = self._base()
            self._sent = None
        change = self._follow(difference(self._confirmed, snapshot.playlist))
        self._revision = snapshot.revision
        return change

    def _base(self) -> Playlist:
        """What the waiting edits were made on."""
        return apply(self._confirmed, self._sent.operation) if self._sent else self._confirmed

    def _do(self, operation: Operation) -> None:
        self._playlist = apply(self._playlist, operation)
        self._waiting = compose(self._waiting, operation)
        if len(self._waiting) > self._compact_at:
            effect = difference(self._base(), self._playlist)
            self._waiting = min(effect, self._waiting, key=len)
            self._compact_at = max(LONG, 2 * len(self._waiting))

    def _take_back(self, source: list[Operation], target: list[Operation]) -> Operation:
        while source:
            operation = source.pop()
            if operation:
                target.append(invert(operation, self._playlist))
                self._do(operation)
                return operation
        return ()

    def _acknowledge(self, revision: Revision) -> Operation:
        """Its operation, if it is not the one in flight but of a session that was lost."""
        self._sequence = max(self._sequence, revision.sequence)
        if self._sent is None or self._sent.sequence != revision.sequence:
            return revision.operation
        self._confirmed = apply(self._confirmed, revision.operation)
        self._sent = None
        return ()

    def _follow(self, remote: Operation) -> Operation:
        """Put what others have done before what waits here; what it is to the user's eyes."""
        if not remote:
            return ()
        chain = (self._sent.operation if self._sent else (), self._waiting)
        (sent, self._waiting), change = transform_all(chain, remote, "left")
        if self._sent:
            self._sent = Sent(self._sent.sequence, sent)
        self._confirmed = apply(self._confirmed, remote)
        self._show(change)
        return change

    def _show(self, change: Operation) -> None:
        self._playlist = apply(self._playlist, change)
        for stack in (self._undo, self._redo):
            stack[::-1] = transform_all(stack[::-1], change, "right")[0]
