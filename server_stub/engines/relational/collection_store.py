"""The stores of the collection, in the relational database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from server_stub.engines.relational import catalog_tables
from server_stub.engines.relational.collection_tables import marks
from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_append import append
from server_stub.kernel.events.envelope import Event
from sync.wire.catalog import EntityKind
from sync.wire.collection import Mark, MarkKind, MarkPage

_MARK: Select[Any] = select(marks.c.kind, marks.c.target, marks.c.value, marks.c.at_ms)
_TABLES = {
    "track": catalog_tables.tracks,
    "album": catalog_tables.albums,
    "artist": catalog_tables.artists,
}


class RelationalMarks:
    """The marks of all users. Writes come one after another, so revisions grow in their order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self, user_id: str, wanted: Sequence[Mark], events: Mapping[Mark, Event] | None = None
    ) -> None:
        """Take marks on, each unless a later one for the same thing is here."""

        def write(connection: Connection) -> None:
            newest = select(func.coalesce(func.max(marks.c.revision), 0)).where(
                marks.c.user_id == user_id
            )
            revision = int(connection.execute(newest).scalar_one())
            taken = []
            for mark in wanted:
                if _put(connection, user_id, mark, revision + 1):
                    revision += 1
                    taken.append(mark)
            append(connection, [events[mark] for mark in taken] if events else [])

        await self._database.write(write)

    async def changes(self, user_id: str, after: int, limit: int) -> MarkPage:
        """Marks changed after a cursor."""
        query = (
            _MARK.add_columns(marks.c.revision)
            .where(marks.c.user_id == user_id, marks.c.revision > after)
            .order_by(marks.c.revision)
            .limit(limit + 1)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        part = rows[:limit]
        return MarkPage(
            tuple(map(_mark, part)), part[-1].revision if part else after, len(rows) > limit
        )

    async def newest(self, user_id: str, kind: MarkKind, limit: int, after: int) -> list[Mark]:
        """Standing marks of a kind, latest first."""
        query = (
            _MARK.where(marks.c.user_id == user_id, marks.c.kind == kind, marks.c.value > 0)
            .order_by(marks.c.at_ms.desc(), marks.c.target)
            .limit(limit)
            .offset(after)
        )
        return await self._database.read(
            lambda connection: [_mark(row) for row in connection.execute(query)]
        )

    async def forget(self, user_id: str) -> None:
        """Erase a user's marks."""
        gone = delete(marks).where(marks.c.user_id == user_id)
        await self._database.write(lambda connection: connection.execute(gone).rowcount)


class RelationalTargets:
    """What there is to mark: a read model over the tables of the catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def existing(self, kind: EntityKind, ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that exist."""
        table = _TABLES[kind]
        query = select(table.c.id).where(table.c.id.in_(ids))
        return await self._database.read(
            lambda connection: frozenset(connection.execute(query).scalars())
        )


def _put(connection: Connection, user_id: str, mark: Mark, revision: int) -> bool:
    """Store one mark under a revision, unless a later one is here."""
    place = (
        marks.c.user_id == user_id,
        marks.c.kind == mark.kind,
        marks.c.target == mark.target,
    )
    kept = connection.execute(_MARK.where(*place)).first()
    new = {"value": mark.value, "at_ms": mark.at_ms, "revision": revision}
    if kept is None:
        key = {"user_id": user_id, "kind": mark.kind, "target": mark.target}
        connection.execute(insert(marks).values(**key, **new))
        return True
    if (kept.at_ms, kept.value) >= (mark.at_ms, mark.value):
        return False
    connection.execute(update(marks).where(*place).values(new))
    return True


def _mark(row: Row[Any]) -> Mark:
    return Mark(kind=row.kind, target=row.target, value=row.value, at_ms=row.at_ms)
