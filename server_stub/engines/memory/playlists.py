"""The stores of playlists, in memory: for tests and throw-away servers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from server_stub.kernel.events.envelope import Event
from server_stub.playlists.model import Kept, Loaded, Part
from sync.ot.history import Revision, Snapshot
from sync.ot.model import Playlist
from sync.wire.playlists import Collaborator, Person


class MemoryPlaylists:
    """All playlists of all users; `events` holds what was appended with them."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """`names` are those of users, by id."""
        self._names = names
        self._kept: dict[str, Kept] = {}
        self._first: dict[str, Snapshot] = {}
        self._last: dict[str, Snapshot] = {}
        self._revisions: dict[str, list[Revision]] = {}
        self._parts: dict[str, dict[str, tuple[Part, int]]] = {}
        self._deleted: set[str] = set()
        self.events: list[Event] = []

    async def create(self, kept: Kept, playlist: Playlist, events: Sequence[Event]) -> bool:
        """Keep a new playlist at revision 0."""
        if kept.id in self._kept:
            return False
        self._kept[kept.id] = kept
        self._first[kept.id] = self._last[kept.id] = Snapshot(0, playlist, {})
        self._revisions[kept.id] = []
        self._parts[kept.id] = {kept.owner.id: ("owner", kept.updated_at)}
        self.events += events
        return True

    async def find(self, playlist_id: str) -> Kept | None:
        """The playlist, unless it was deleted."""
        kept = self._kept.get(playlist_id)
        if kept is None or playlist_id in self._deleted:
            return None
        parts = self._parts[playlist_id].values()
        return replace(kept, collaborative=any(part == "editor" for part, _ in parts))

    async def part(self, playlist_id: str, user_id: str) -> Part | None:
        """What a user is to it."""
        return self._parts.get(playlist_id, {}).get(user_id, (None, 0))[0]

    async def load(self, playlist_id: str, *, whole: bool = False) -> Loaded | None:
        """A snapshot and what followed it."""
        if await self.find(playlist_id) is None:
            return None
        snapshot = (self._first if whole else self._last)[playlist_id]
        return Loaded(snapshot, tuple(self._revisions[playlist_id][snapshot.revision :]))

    async def revisions(self, playlist_id: str, after: int, limit: int) -> list[Revision]:
        """Revisions after a number, in order."""
        return self._revisions.get(playlist_id, [])[after : after + limit]

    async def latest(self, playlist_id: str, before: int, limit: int) -> list[Revision]:
        """Revisions before a number, newest first."""
        return self._revisions.get(playlist_id, [])[: max(0, before - 1)][::-1][:limit]

    async def append(
        self, kept: Kept, revision: Revision, snapshot: Snapshot | None, events: Sequence[Event]
    ) -> bool:
        """Add the revision that follows the newest; False if another one was faster."""
        revisions = self._revisions[kept.id]
        if revision.number != len(revisions) + 1:
            return False
        revisions.append(revision)
        self._kept[kept.id] = kept
        if snapshot is not None:
            self._last[kept.id] = snapshot
        self.events += events
        return True

    async def of_user(self, user_id: str) -> list[tuple[Kept, Part]]:
        """Playlists in which a user has a part."""
        found = []
        for playlist_id, parts in self._parts.items():
            kept = await self.find(playlist_id)
            if user_id in parts and kept is not None:
                found.append((kept, parts[user_id][0]))
        return sorted(found, key=lambda pair: (-pair[0].updated_at, pair[0].id))

    async def public_of(self, user_id: str) -> list[Kept]:
        """A user's own public playlists."""
        found = await self.of_user(user_id)
        return [kept for kept, part in found if part == "owner" and kept.visibility == "public"]

    async def members(self, playlist_id: str) -> list[Collaborator]:
        """Everybody with a part but followers, the owner first, then as they came."""
        members = [
            Collaborator(
                person=Person(user_id, self._names.get(user_id, "")), role=part, added_at=at
            )
            for user_id, (part, at) in self._parts.get(playlist_id, {}).items()
            if part != "follower"
        ]
        return sorted(members, key=lambda m: (m.role != "owner", m.added_at, m.person.id))

    async def set_part(
        self,
        playlist_id: str,
        user_id: str,
        part: Part | None,
        at_ms: int,
        events: Sequence[Event],
    ) -> None:
        """Give somebody a part, or take it away."""
        parts = self._parts[playlist_id]
        if part is None:
            parts.pop(user_id, None)
        else:
            parts[user_id] = (part, parts.get(user_id, (part, at_ms))[1])
        self.events += events

    async def delete(self, playlist_id: str, at_ms: int, events: Sequence[Event]) -> None:
        """Delete it."""
        self._deleted.add(playlist_id)
        self._kept[playlist_id] = replace(self._kept[playlist_id], updated_at=at_ms)
        self.events += events

    async def forget(self, user_id: str) -> list[str]:
        """Erase a user's own playlists, and every part in others'."""
        own = [i for i, kept in self._kept.items() if kept.owner.id == user_id]
        for playlist_id in own:
            for kept in (self._kept, self._first, self._last, self._revisions, self._parts):
                kept.pop(playlist_id)
        for parts in self._parts.values():
            parts.pop(user_id, None)
        return own


class MemoryPeople:
    """Users by id."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    async def named(self, name: str) -> Person | None:
        """The user of a name."""
        found = [i for i, known in self._names.items() if known.casefold() == name.casefold()]
        return Person(found[0], self._names[found[0]]) if found else None

    async def names(self, user_ids: Sequence[str]) -> dict[str, str]:
        """Names by id."""
        return {i: self._names[i] for i in user_ids if i in self._names}
