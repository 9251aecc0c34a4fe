"""What people can do with playlists. Edits get their one order here."""

from server_stub.kernel.clock import Clock
from server_stub.kernel.events.types import Occasion
from server_stub.playlists.errors import (
    NotYoursError,
    PersonNotFoundError,
    PlaylistExistsError,
    PlaylistInvalidError,
    RevisionsMissingError,
)
from server_stub.playlists.events import (
    PLAYLIST_CREATED,
    PLAYLIST_DELETED,
    PLAYLIST_SHARED,
    PlaylistCreated,
    PlaylistDeleted,
    PlaylistShared,
)
from server_stub.playlists.model import (
    Kept,
    Part,
    check_whole,
    checked_id,
    may_edit,
    may_read,
    told,
)
from server_stub.playlists.ports import People, Playlists
from server_stub.playlists.service.ordering import EditOrder, kept_as, not_found
from sync.ot.applying import apply
from sync.ot.difference import difference
from sync.ot.history import History, Submission
from sync.ot.model import Insert, Playlist, SetVisibility
from sync.wire.ids import new_id
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

SERVER_CLIENT = "server"
"""Who restores: submissions of this client are made here."""
PAGE_MAX = 200


class PlaylistsService:
    """Playlists, their members and their history. `who` is always the user who asks."""

    def __init__(self, playlists: Playlists, people: People, clock: Clock) -> None:
        self._playlists = playlists
        self._people = people
        self._clock = clock
        self._order = EditOrder(playlists, clock)

    # ------------------------------------------------------------------ making and finding

    async def create(self, who: Person, new: NewPlaylist) -> PlaylistSummary:
        """Make a playlist; the same again by the same user gives the one there is.

        Raises PlaylistInvalidError, PlaylistFullError, PlaylistExistsError.
        """
        return await self._create(who, new.id, new.playlist)

    async def copy(self, who: Person, playlist_id: str, copy_id: str, name: str) -> PlaylistSummary:
        """Make a private playlist of one's own out of what another one holds now."""
        await self._readable(who, playlist_id)
        source = (await self._order.history(playlist_id)).playlist
        items = tuple(Insert(at, new_id(), e.track) for at, e in enumerate(source.items))
        blank = Playlist(name=name or source.name, description=source.description)
        return await self._create(who, copy_id, apply(blank, items))

    async def mine(self, who: Person) -> list[PlaylistSummary]:
        """Own, shared and followed playlists, the last changed first."""
        found = await self._playlists.of_user(who.id)
        return [_summary(kept, part) for kept, part in found if may_read(kept, part)]

    async def public_of(self, who: Person, name: str) -> list[PlaylistSummary]:
        """Public playlists of a user. Raises PersonNotFoundError."""
        person = await self._person(name)
        return [
            _summary(kept, await self._playlists.part(kept.id, who.id))
            for kept in await self._playlists.public_of(person.id)
        ]

    async def summary(self, who: Person, playlist_id: str) -> PlaylistSummary:
        """What lists show of one. Raises PlaylistNotFoundError."""
        return _summary(*await self._readable(who, playlist_id))

    async def whole(self, who: Person, playlist_id: str, client: str = "") -> PlaylistAt:
        """All of a playlist, for an editing `client`. Raises PlaylistNotFoundError."""
        await self._readable(who, playlist_id)
        snapshot = (await self._order.history(playlist_id)).snapshot()
        return PlaylistAt(
            id=playlist_id,
            revision=snapshot.revision,
            playlist=snapshot.playlist,
            sequence=snapshot.seen.get(client, 0),
        )

    async def members(self, who: Person, playlist_id: str) -> list[Collaborator]:
        """Everybody who edits or was invited to see it, the owner first."""
        await self._readable(who, playlist_id)
        return await self._playlists.members(playlist_id)

    async def delete(self, who: Person, playlist_id: str) -> None:
        """Delete one's own. Raises PlaylistNotFoundError, NotYoursError."""
        await self._owned(who, playlist_id)
        gone = PLAYLIST_DELETED.event(self._now(who), PlaylistDeleted(playlist_id=playlist_id))
        await self._playlists.delete(playlist_id, self._now_ms(), [gone])
        self._order.forget(playlist_id)

    async def forget(self, user_id: str) -> None:
        """Erase a user's playlists, and every part in others'."""
        for playlist_id in await self._playlists.forget(user_id):
            self._order.forget(playlist_id)

    # ------------------------------------------------------------------ editing

    async def submit(self, who: Person, playlist_id: str, submission: Submission) -> RevisionPage:
        """Give an edit its place; one that has one already is only answered.

        Raises PlaylistNotFoundError, NotYoursError, PlaylistInvalidError, PlaylistFullError,
        RevisionsMissingError, BusyError.
        """
        part = (await self._readable(who, playlist_id))[1]
        if not may_edit(part):
            raise NotYoursError(
                "you may see this playlist and not change it",
                remedy="Ask its owner to let you edit, or copy it.",
            )
        if part != "owner" and any(isinstance(c, SetVisibility) for c in submission.operation):
            raise NotYoursError("only the owner chooses who may see it", remedy="Ask the owner.")
        if submission.client == SERVER_CLIENT or not 0 < len(submission.client) <= 64:
            raise PlaylistInvalidError("this client id cannot be used")
        await self._order.place(who, playlist_id, lambda _history: submission)
        return await self.since(who, playlist_id, submission.base)

    async def since(self, who: Person, playlist_id: str, revision: int) -> RevisionPage:
        """What followed a revision. Raises PlaylistNotFoundError, RevisionsMissingError."""
        await self._readable(who, playlist_id)
        newest = (await self._order.history(playlist_id)).revision
        if not 0 <= revision <= newest:
            raise RevisionsMissingError(
                f"there is no revision {revision} of this playlist", remedy="Load it anew."
            )
        found = await self._playlists.revisions(playlist_id, revision, newest - revision)
        return RevisionPage(id=playlist_id, newest=newest, revisions=tuple(found))

    async def history(
        self, who: Person, playlist_id: str, *, before: int = 0, limit: int = 50
    ) -> list[HistoryEntry]:
        """Revisions for people, newest first, those before a number (0: all)."""
        await self._readable(who, playlist_id)
        first = before or (await self._order.history(playlist_id)).revision + 1
        found = await self._playlists.latest(playlist_id, first, max(1, min(limit, PAGE_MAX)))
        names = await self._people.names(sorted({revision.author for revision in found}))
        return [told(revision, names) for revision in found]

    async def at(self, who: Person, playlist_id: str, revision: int) -> Playlist:
        """The playlist as it was. Raises PlaylistNotFoundError, RevisionsMissingError."""
        await self._readable(who, playlist_id)
        loaded = await self._playlists.load(playlist_id, whole=True)
        if loaded is None or not 0 <= revision <= loaded.snapshot.revision + len(loaded.revisions):
            raise RevisionsMissingError(
                f"there is no revision {revision} of this playlist", remedy="See its history."
            )
        playlist = loaded.snapshot.playlist
        for one in loaded.revisions[:revision]:
            playlist = apply(playlist, one.operation)
        return playlist

    async def restore(self, who: Person, playlist_id: str, revision: int) -> RevisionPage:
        """Make it again as it was: an edit like any other, so it can be taken back too."""
        part = (await self._readable(who, playlist_id))[1]
        if not may_edit(part):
            raise NotYoursError("you may see this playlist and not change it", remedy="Copy it.")
        old = await self.at(who, playlist_id, revision)
        before = (await self._order.history(playlist_id)).revision

        def back(history: History) -> Submission | None:
            operation = difference(history.playlist, old)
            seen = history.snapshot().seen.get(SERVER_CLIENT, 0)
            if not operation:
                return None
            return Submission(SERVER_CLIENT, seen + 1, history.revision, operation)

        await self._order.place(who, playlist_id, back)
        return await self.since(who, playlist_id, before)

    # ------------------------------------------------------------------ people

    async def share(self, who: Person, playlist_id: str, name: str, role: Role) -> None:
        """Let somebody edit or see it. Raises PersonNotFoundError and as `delete`."""
        kept = await self._owned(who, playlist_id)
        person = await self._person(name)
        if person.id == kept.owner.id:
            raise PlaylistInvalidError("the owner has every right already")
        await self._set_part(who, playlist_id, person.id, role)

    async def unshare(self, who: Person, playlist_id: str, name: str) -> None:
        """Take that back; members may also leave by themselves."""
        kept, _ = await self._readable(who, playlist_id)
        person = await self._person(name)
        if who.id != person.id:
            await self._owned(who, playlist_id)
        if person.id == kept.owner.id:
            raise PlaylistInvalidError("the owner cannot leave", remedy="Delete the playlist.")
        await self._set_part(who, playlist_id, person.id, None)

    async def follow(self, who: Person, playlist_id: str, on: bool) -> None:
        """Have it among one's own, or not any more; members stay what they are."""
        _, part = await self._readable(who, playlist_id)
        if part in (None, "follower"):
            await self._set_part(who, playlist_id, who.id, "follower" if on else None)

    # ------------------------------------------------------------------ inside

    async def _create(self, who: Person, playlist_id: str, playlist: Playlist) -> PlaylistSummary:
        checked_id(playlist_id)
        check_whole(playlist)
        kept = kept_as(playlist_id, who, playlist, 0, self._now_ms())
        made = PlaylistCreated(
            playlist_id=playlist_id, name=playlist.name, visibility=playlist.visibility
        )
        event = PLAYLIST_CREATED.event(self._now(who), made)
        if await self._playlists.create(kept, playlist, [event]):
            return _summary(kept, "owner")
        there = await self._playlists.find(playlist_id)
        if there is None or there.owner.id != who.id:
            raise PlaylistExistsError("this id is taken", remedy="Make another id.")
        return _summary(there, "owner")

    async def _readable(self, who: Person, playlist_id: str) -> tuple[Kept, Part | None]:
        kept = await self._playlists.find(playlist_id)
        if kept is not None:
            part = await self._playlists.part(playlist_id, who.id)
            if may_read(kept, part):
                return kept, part
        raise not_found()

    async def _owned(self, who: Person, playlist_id: str) -> Kept:
        kept, _ = await self._readable(who, playlist_id)
        if kept.owner.id != who.id:
            raise NotYoursError("only the owner may do this", remedy="Ask the owner, or copy it.")
        return kept

    async def _person(self, name: str) -> Person:
        person = await self._people.named(name)
        if person is None:
            raise PersonNotFoundError(f"there is no user {name[:40]}", remedy="Check the name.")
        return person

    async def _set_part(
        self, who: Person, playlist_id: str, user_id: str, part: Part | None
    ) -> None:
        shared = PlaylistShared(playlist_id=playlist_id, user_id=user_id, role=part or "")
        event = PLAYLIST_SHARED.event(self._now(who), shared)
        await self._playlists.set_part(playlist_id, user_id, part, self._now_ms(), [event])

    def _now_ms(self) -> int:
        return round(self._clock.now() * 1000)

    def _now(self, who: Person) -> Occasion:
        return Occasion(who.id, self._now_ms())


def _summary(kept: Kept, part: Part | None) -> PlaylistSummary:
    return PlaylistSummary(
        id=kept.id,
        owner=kept.owner,
        name=kept.name,
        role="viewer" if part is None or part == "follower" else part,
        entry_count=kept.entry_count,
        revision=kept.revision,
        updated_at=kept.updated_at,
        description=kept.description,
        cover=kept.cover,
        visibility=kept.visibility,
        followed=part == "follower",
        collaborative=kept.collaborative,
    )
