"""The one order of edits: histories in memory, and storing what is added to them."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

from server_stub.kernel.clock import Clock
from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.types import Occasion
from server_stub.playlists.errors import (
    BusyError,
    PlaylistInvalidError,
    PlaylistNotFoundError,
    RevisionsMissingError,
)
from server_stub.playlists.events import PLAYLIST_EDITED, PlaylistEdited
from server_stub.playlists.model import Kept, added_tracks, check, moved, removed
from server_stub.playlists.ports import Playlists
from sync.ot.errors import HistoryTrimmedError, InvalidOperationError, MissingRevisionsError
from sync.ot.history import History, Revision, Submission
from sync.ot.model import Playlist
from sync.wire.playlists import Person

SNAPSHOT_EVERY = 64
"""Revisions between two snapshots: what a load has to apply at most."""
HISTORIES_IN_MEMORY = 128
ATTEMPTS = 5
FRESH_MOST = 200


class EditOrder:
    """Gives edits their places, one at a time for each playlist."""

    def __init__(self, playlists: Playlists, clock: Clock) -> None:
        self._playlists = playlists
        self._clock = clock
        self._histories: OrderedDict[str, History] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def forget(self, playlist_id: str) -> None:
        """It was deleted."""
        self._histories.pop(playlist_id, None)

    async def place(
        self, who: Person, playlist_id: str, wish: Callable[[History], Submission | None]
    ) -> None:
        """Submit and store. Another process may have been faster: then again on what it did."""
        async with self._lock(playlist_id):
            for _ in range(ATTEMPTS):
                history = await self.history(playlist_id)
                submission = wish(history)
                if submission is None or await self._stored(who, playlist_id, history, submission):
                    return
                self._histories.pop(playlist_id, None)
        raise BusyError(
            "too many edit this playlist just now", remedy="Try again.", retry_after_s=1.0
        )

    async def _stored(
        self, who: Person, playlist_id: str, history: History, submission: Submission
    ) -> bool:
        try:
            revision = self._submitted(history, submission, who)
        except HistoryTrimmedError:  # an edit of long ago: from the beginning, then
            loaded = await self._playlists.load(playlist_id, whole=True)
            if loaded is None:
                raise not_found() from None
            history = History(loaded.snapshot, loaded.revisions)
            revision = self._submitted(history, submission, who)
        if revision is None:
            return True
        kept = kept_as(
            playlist_id, await self._owner(playlist_id), history.playlist, revision.number,
            revision.at,
        )  # fmt: skip
        due = revision.number % SNAPSHOT_EVERY == 0
        snapshot = history.snapshot() if due else None
        try:
            stored = await self._playlists.append(
                kept, revision, snapshot, [_edited(who, playlist_id, revision)]
            )
        except BaseException:
            self._histories.pop(playlist_id, None)
            raise
        if stored:
            self._remember(playlist_id, history)
        return stored

    def _submitted(self, history: History, submission: Submission, who: Person) -> Revision | None:
        if submission.sequence > history.snapshot().seen.get(submission.client, 0):
            left = len(history.playlist.items) - removed(submission.operation)
            check(submission.operation, left)
        try:
            return history.submit(submission, author=who.id, at=round(self._clock.now() * 1000))
        except InvalidOperationError as error:
            raise PlaylistInvalidError(str(error), remedy="Load the playlist anew.") from error
        except MissingRevisionsError as error:
            raise RevisionsMissingError(str(error), remedy="Load the playlist anew.") from error

    async def history(self, playlist_id: str) -> History:
        """The history up to now. Another process may have added to what is in memory."""
        history = self._histories.get(playlist_id)
        if history is not None:
            fresh = await self._playlists.revisions(playlist_id, history.revision, FRESH_MOST)
            if not fresh:
                self._histories.move_to_end(playlist_id)
                return history
        loaded = await self._playlists.load(playlist_id)
        if loaded is None:
            raise not_found()
        history = History(loaded.snapshot, loaded.revisions)
        self._remember(playlist_id, history)
        return history

    def _remember(self, playlist_id: str, history: History) -> None:
        history.trim(SNAPSHOT_EVERY)
        self._histories[playlist_id] = history
        self._histories.move_to_end(playlist_id)
        while len(self._histories) > HISTORIES_IN_MEMORY:
            self._histories.popitem(last=False)

    def _lock(self, playlist_id: str) -> asyncio.Lock:
        lock = self._locks.get(playlist_id)
        if lock is None:
            lock = self._locks[playlist_id] = asyncio.Lock()
        return lock

    async def _owner(self, playlist_id: str) -> Person:
        kept = await self._playlists.find(playlist_id)
        if kept is None:
            raise not_found()
        return kept.owner


def kept_as(playlist_id: str, owner: Person, playlist: Playlist, revision: int, at: int) -> Kept:
    """A playlist at a revision, as lists show it."""
    return Kept(
        id=playlist_id,
        owner=owner,
        name=playlist.name,
        description=playlist.description,
        cover=playlist.cover,
        visibility=playlist.visibility,
        revision=revision,
        entry_count=len(playlist.items),
        updated_at=at,
        collaborative=False,
    )


def not_found() -> PlaylistNotFoundError:
    """The same for one that is not there and one that must not be known."""
    return PlaylistNotFoundError(
        "there is no such playlist", remedy="It may be private: ask whoever gave you the link."
    )


def _edited(who: Person, playlist_id: str, revision: Revision) -> Event:
    operation = revision.operation
    return PLAYLIST_EDITED.event(
        Occasion(who.id, revision.at),
        PlaylistEdited(
            playlist_id=playlist_id,
            revision=revision.number,
            added=added_tracks(operation),
            removed=removed(operation),
            moved=moved(operation),
        ),
    )
