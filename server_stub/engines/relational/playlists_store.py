"""The stores of playlists, in the relational database."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, delete, exists, insert, select, update

from server_stub.accounts.model import name_key
from server_stub.engines.relational.accounts_tables import users
from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_append import append
from server_stub.engines.relational.playlists_tables import (
    playlist_members,
    playlist_revisions,
    playlists,
)
from server_stub.engines.relational.upsert import upsert
from server_stub.kernel.events.envelope import Event
from server_stub.playlists.model import Kept, Loaded, Part
from sync.ot.history import Revision, Snapshot
from sync.ot.model import Playlist
from sync.wire.playlists import Collaborator, Person

_EDITORS = playlist_members.alias("editors")
_EDITED = exists().where(_EDITORS.c.playlist_id == playlists.c.id, _EDITORS.c.part == "editor")
_KEPT: Select[Any] = (
    select(
        playlists.c.id,
        playlists.c.owner_id,
        users.c.name.label("owner_name"),
        playlists.c.name,
        playlists.c.description,
        playlists.c.cover,
        playlists.c.visibility,
        playlists.c.revision,
        playlists.c.entry_count,
        playlists.c.updated_at,
        _EDITED.label("collaborative"),
    )
    .outerjoin(users, users.c.id == playlists.c.owner_id)
    .where(playlists.c.deleted_at.is_(None))
)
_NEWEST_FIRST = (playlists.c.updated_at.desc(), playlists.c.id)
_LOAD = {
    True: select(playlists.c.first.label("snapshot")),
    False: select(playlists.c.snapshot),
}


class RelationalPlaylists:
    """All playlists of all users. Writes come one after another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, kept: Kept, playlist: Playlist, events: Sequence[Event]) -> bool:
        """Keep a new playlist at revision 0."""
        snapshot = msgspec.json.encode(Snapshot(0, playlist, {}))
        taken = select(playlists.c.id).where(playlists.c.id == kept.id)

        def write(connection: Connection) -> bool:
            if connection.execute(taken).first() is not None:
                return False
            row = {**_row(kept), "id": kept.id, "owner_id": kept.owner.id}
            connection.execute(insert(playlists).values(**row, first=snapshot, snapshot=snapshot))
            _put_part(connection, kept.id, kept.owner.id, "owner", kept.updated_at)
            append(connection, events)
            return True

        return await self._database.write(write)

    async def find(self, playlist_id: str) -> Kept | None:
        """The playlist, unless it was deleted."""
        query = _KEPT.where(playlists.c.id == playlist_id)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return _kept(row) if row else None

    async def part(self, playlist_id: str, user_id: str) -> Part | None:
        """What a user is to it."""
        query = select(playlist_members.c.part).where(
            playlist_members.c.playlist_id == playlist_id, playlist_members.c.user_id == user_id
        )
        return await self._database.read(lambda connection: connection.execute(query).scalar())

    async def load(self, playlist_id: str, *, whole: bool = False) -> Loaded | None:
        """A snapshot and what followed it."""
        query = _LOAD[whole].where(playlists.c.id == playlist_id, playlists.c.deleted_at.is_(None))

        def read(connection: Connection) -> Loaded | None:
            kept = connection.execute(query).scalar()
            if kept is None:
                return None
            snapshot = msgspec.json.decode(kept, type=Snapshot)
            after = _revisions(playlist_id).where(playlist_revisions.c.number > snapshot.revision)
            return Loaded(snapshot, tuple(_told(connection, after)))

        return await self._database.read(read)

    async def revisions(self, playlist_id: str, after: int, limit: int) -> list[Revision]:
        """Revisions after a number, in order."""
        query = _revisions(playlist_id).where(playlist_revisions.c.number > after).limit(limit)
        return await self._database.read(lambda connection: _told(connection, query))

    async def latest(self, playlist_id: str, before: int, limit: int) -> list[Revision]:
        """Revisions before a number, newest first."""
        query = (
            _revisions(playlist_id)
            .where(playlist_revisions.c.number < before)
            .order_by(None)
            .order_by(playlist_revisions.c.number.desc())
            .limit(limit)
        )
        return await self._database.read(lambda connection: _told(connection, query))

    async def append(
        self, kept: Kept, revision: Revision, snapshot: Snapshot | None, events: Sequence[Event]
    ) -> bool:
        """Add the revision that follows the newest; False if another one was faster."""
        before = revision.number - 1
        due = update(playlists).where(playlists.c.id == kept.id, playlists.c.revision == before)
        row = _row(kept)
        if snapshot is not None:
            row["snapshot"] = msgspec.json.encode(snapshot)

        def write(connection: Connection) -> bool:
            if not connection.execute(due.values(row)).rowcount:
                return False
            connection.execute(
                insert(playlist_revisions).values(
                    playlist_id=kept.id,
                    number=revision.number,
                    author=revision.author,
                    at=revision.at,
                    body=msgspec.json.encode(revision),
                )
            )
            append(connection, events)
            return True

        return await self._database.write(write)

    async def of_user(self, user_id: str) -> list[tuple[Kept, Part]]:
        """Playlists in which a user has a part, the last changed first."""
        query = (
            _KEPT.add_columns(playlist_members.c.part)
            .join(playlist_members, playlist_members.c.playlist_id == playlists.c.id)
            .where(playlist_members.c.user_id == user_id)
            .order_by(*_NEWEST_FIRST)
        )
        return await self._database.read(
            lambda connection: [(_kept(row), row.part) for row in connection.execute(query)]
        )

    async def public_of(self, user_id: str) -> list[Kept]:
        """A user's own public playlists, the last changed first."""
        own = (playlists.c.owner_id == user_id, playlists.c.visibility == "public")
        query = _KEPT.where(*own).order_by(*_NEWEST_FIRST)
        return await self._database.read(
            lambda connection: [_kept(row) for row in connection.execute(query)]
        )

    async def members(self, playlist_id: str) -> list[Collaborator]:
        """Everybody with a part but followers, the owner first, then as they came."""
        members = playlist_members.c
        query = (
            select(members.user_id, users.c.name, members.part, members.added_at)
            .outerjoin(users, users.c.id == members.user_id)
            .where(members.playlist_id == playlist_id, members.part != "follower")
            .order_by(members.part != "owner", members.added_at, members.user_id)
        )
        return await self._database.read(
            lambda connection: [
                Collaborator(
                    person=Person(row.user_id, row.name or ""), role=row.part, added_at=row.added_at
                )
                for row in connection.execute(query)
            ]
        )

    async def set_part(
        self,
        playlist_id: str,
        user_id: str,
        part: Part | None,
        at_ms: int,
        events: Sequence[Event],
    ) -> None:
        """Give somebody a part, or take it away."""
        gone = playlist_members.delete().where(
            playlist_members.c.playlist_id == playlist_id, playlist_members.c.user_id == user_id
        )

        def write(connection: Connection) -> None:
            if part is None:
                connection.execute(gone)
            else:
                _put_part(connection, playlist_id, user_id, part, at_ms)
            append(connection, events)

        await self._database.write(write)

    async def delete(self, playlist_id: str, at_ms: int, events: Sequence[Event]) -> None:
        """Delete it: it is not found any more."""
        gone = update(playlists).where(playlists.c.id == playlist_id).values(deleted_at=at_ms)

        def write(connection: Connection) -> None:
            connection.execute(gone)
            append(connection, events)

        await self._database.write(write)

    async def forget(self, user_id: str) -> list[str]:
        """Erase a user's own playlists with their history, and every part in others'."""
        own = select(playlists.c.id).where(playlists.c.owner_id == user_id)
        gone = (
            delete(playlist_revisions).where(playlist_revisions.c.playlist_id.in_(own)),
            delete(playlist_members).where(
                playlist_members.c.playlist_id.in_(own) | (playlist_members.c.user_id == user_id)
            ),
            delete(playlists).where(playlists.c.owner_id == user_id),
        )

        def write(connection: Connection) -> list[str]:
            ids = list(connection.execute(own).scalars())
            for statement in gone:
                connection.execute(statement)
            return ids

        return await self._database.write(write)


class RelationalPeople:
    """Users as playlists know them: a read model over the table of accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def named(self, name: str) -> Person | None:
        """The user of a name."""
        query = select(users.c.id, users.c.name).where(users.c.key == name_key(name))
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return Person(row.id, row.name) if row else None

    async def names(self, user_ids: Sequence[str]) -> dict[str, str]:
        """Names by id."""
        query = select(users.c.id, users.c.name)
        rows = await self._database.read(
            lambda connection: rows_in(connection, query, users.c.id, user_ids)
        )
        return {row.id: row.name for row in rows}


def _row(kept: Kept) -> dict[str, Any]:
    """What changes with every revision."""
    return {
        "name": kept.name,
        "description": kept.description,
        "cover": kept.cover,
        "visibility": kept.visibility,
        "revision": kept.revision,
        "entry_count": kept.entry_count,
        "updated_at": kept.updated_at,
    }


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        id=row.id,
        owner=Person(row.owner_id, row.owner_name or ""),
        name=row.name,
        description=row.description,
        cover=row.cover,
        visibility=row.visibility,
        revision=row.revision,
        entry_count=row.entry_count,
        updated_at=row.updated_at,
        collaborative=bool(row.collaborative),
    )


def _revisions(playlist_id: str) -> Select[Any]:
    return (
        select(playlist_revisions.c.body)
        .where(playlist_revisions.c.playlist_id == playlist_id)
        .order_by(playlist_revisions.c.number)
    )


def _told(connection: Connection, query: Select[Any]) -> list[Revision]:
    return [
        msgspec.json.decode(body, type=Revision) for body in connection.execute(query).scalars()
    ]


def _put_part(
    connection: Connection, playlist_id: str, user_id: str, part: Part, at_ms: int
) -> None:
    row = {"playlist_id": playlist_id, "user_id": user_id, "part": part, "added_at": at_ms}
    keys = ("playlist_id", "user_id")
    upsert(connection, playlist_members, [row], keys, keep=("added_at",))
