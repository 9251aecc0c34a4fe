"""Playlists in memory, on both ends: a store, and a server with moods. For tests and guests."""

from collections.abc import Sequence

from sync.ot.errors import InvalidOperationError, MissingRevisionsError
from sync.ot.history import History, Snapshot, Submission
from sync.playlists.errors import (
    PlaylistAwayError,
    PlaylistRefusedError,
    PlaylistRevisionsError,
)
from sync.playlists.ports import Local
from sync.wire.playlists import (
    NewPlaylist,
    Person,
    PlaylistAt,
    PlaylistSummary,
    RevisionPage,
)

_OWNER = Person("owner", "ada")


class MemoryPlaylistStore:
    """A dictionary."""

    def __init__(self) -> None:
        self._locals: dict[str, Local] = {}

    def all(self) -> list[Local]:
        """Every playlist there is."""
        return list(self._locals.values())

    def put(self, *playlists: Local) -> None:
        """Keep playlists."""
        self._locals.update((one.id, one) for one in playlists)

    def remove(self, playlist_ids: Sequence[str]) -> None:
        """Forget playlists."""
        for playlist_id in playlist_ids:
            self._locals.pop(playlist_id, None)

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryPlaylistServer:
    """One order for the edits of all who use it."""

    def __init__(self) -> None:
        self.histories: dict[str, History] = {}
        self.away = False
        self.loses_answers = False
        """The next edit is applied and its answer is lost on the way."""
        self.refuses = ""
        """Why the next edit is refused, if it is."""

    async def playlists(self) -> Sequence[PlaylistSummary]:
        """Every playlist there is."""
        self._reach()
        return [self._summary(playlist_id) for playlist_id in self.histories]

    async def create(self, new: NewPlaylist) -> PlaylistSummary:
        """Make one; the same again changes nothing."""
        self._reach()
        if self.refuses:
            raise PlaylistRefusedError(self.refuses)
        fresh = History(Snapshot(0, new.playlist, {}))
        self.histories.setdefault(new.id, fresh)
        return self._summary(new.id)

    async def whole(self, playlist_id: str, client: str) -> PlaylistAt:
        """One as it is now."""
        snapshot = self._history(playlist_id).snapshot()
        return PlaylistAt(
            id=playlist_id,
            revision=snapshot.revision,
            playlist=snapshot.playlist,
            sequence=snapshot.seen.get(client, 0),
        )

    async def submit(self, playlist_id: str, submission: Submission) -> RevisionPage:
        """Edit."""
        history = self._history(playlist_id)
        if self.refuses:
            raise PlaylistRefusedError(self.refuses)
        try:
            history.submit(submission)
        except MissingRevisionsError as error:
            raise PlaylistRevisionsError(str(error)) from error
        except InvalidOperationError as error:
            raise PlaylistRefusedError(str(error)) from error
        if self.loses_answers:
            self.loses_answers = False
            raise PlaylistAwayError("the connection broke")
        return await self.since(playlist_id, submission.base)

    async def since(self, playlist_id: str, revision: int) -> RevisionPage:
        """What followed a revision."""
        history = self._history(playlist_id)
        try:
            revisions = history.since(revision)
        except MissingRevisionsError as error:
            raise PlaylistRevisionsError(str(error)) from error
        return RevisionPage(id=playlist_id, revisions=revisions, newest=history.revision)

    def _reach(self) -> None:
        if self.away:
            raise PlaylistAwayError("the server is away")

    def _history(self, playlist_id: str) -> History:
        self._reach()
        history = self.histories.get(playlist_id)
        if history is None:
            raise PlaylistRefusedError("there is no such playlist")
        return history

    def _summary(self, playlist_id: str) -> PlaylistSummary:
        history = self.histories[playlist_id]
        playlist = history.playlist
        return PlaylistSummary(
            id=playlist_id,
            owner=_OWNER,
            name=playlist.name,
            role="owner",
            entry_count=len(playlist.items),
            revision=history.revision,
            updated_at=history.revision,
        )
