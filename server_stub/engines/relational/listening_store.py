"""The projection of listens: history and counts, in the relational database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_

from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_projection import RelationalProjection
from server_stub.engines.relational.listening_tables import listens, play_counts
from server_stub.engines.relational.upsert import upsert
from server_stub.kernel.events.consuming import Happened
from server_stub.kernel.events.erasure import SubjectErased
from server_stub.listening.model import Heard, heard
from server_stub.listening.ports import Place
from sync.wire.events import Listen, PlayCount

_LISTEN = tuple(listens.c[name] for name in Listen.__struct_fields__)
_COUNT = tuple(play_counts.c[name] for name in PlayCount.__struct_fields__)


class RelationalListening(RelationalProjection):
    """Reads and fills the tables of listening."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "listening", (listens, play_counts))

    async def history(self, user_id: str, limit: int, before: Place | None) -> Sequence[Listen]:
        """Listens, newest first."""
        mine = (listens.c.build == self.live_build()) & (listens.c.user_id == user_id)
        query = select(*_LISTEN).where(mine)
        if before is not None:
            query = query.where(tuple_(listens.c.at, listens.c.id) < tuple_(*before))
        query = query.order_by(listens.c.at.desc(), listens.c.id.desc()).limit(limit)
        rows = await self._database.read(lambda c: c.execute(query).all())
        return [Listen(**row._asdict()) for row in rows]

    async def plays(self, user_id: str, limit: int) -> Sequence[PlayCount]:
        """Counts, most played first."""
        table = play_counts.c
        query = (
            select(*_COUNT)
            .where(table.build == self.live_build(), table.user_id == user_id)
            .order_by(table.plays.desc(), table.last_at.desc(), table.track_id)
            .limit(limit)
        )
        rows = await self._database.read(lambda c: c.execute(query).all())
        return [PlayCount(**row._asdict()) for row in rows]

    def _take(self, connection: Connection, build: int, happened: Sequence[Happened]) -> None:
        """Insert listens that are not there; what was inserted is counted."""
        fresh: list[Heard] = []
        for one in happened:
            if isinstance(one.payload, SubjectErased):
                self._insert(connection, build, fresh)
                fresh = []
                _erase(connection, build, one.event.subject)
            elif listen := heard(one):
                fresh.append(listen)
        self._insert(connection, build, fresh)

    def _insert(self, connection: Connection, build: int, batch: Sequence[Heard]) -> None:
        known = _known(connection, build, batch)
        fresh = {(one.user_id, one.id): one for one in batch if (one.user_id, one.id) not in known}
        if fresh:
            rows = [{"build": build, **asdict(one)} for one in fresh.values()]
            connection.execute(insert(listens), rows)
            _count(connection, build, list(fresh.values()))


def _known(connection: Connection, build: int, batch: Sequence[Heard]) -> set[tuple[str, str]]:
    query = select(listens.c.user_id, listens.c.id).where(listens.c.build == build)
    query = query.where(listens.c.user_id.in_({one.user_id for one in batch}))
    rows = rows_in(connection, query, listens.c.id, [one.id for one in batch])
    return {(row.user_id, row.id) for row in rows}


def _count(connection: Connection, build: int, fresh: Sequence[Heard]) -> None:
    together: dict[tuple[str, str], list[Heard]] = defaultdict(list)
    for one in fresh:
        together[one.user_id, one.track_id].append(one)
    before = _counts(connection, build, set(together))
    rows = [
        {"build": build, "user_id": user_id, "track_id": track_id, **_sum(before.get(key), added)}
        for key, added in together.items()
        for user_id, track_id in (key,)
    ]
    upsert(connection, play_counts, rows, ("build", "user_id", "track_id"))


def _counts(connection: Connection, build: int, keys: set[tuple[str, str]]) -> dict[Any, Any]:
    query = select(play_counts).where(
        play_counts.c.build == build, play_counts.c.user_id.in_({user for user, _ in keys})
    )
    rows = rows_in(connection, query, play_counts.c.track_id, {track for _, track in keys})
    return {(row.user_id, row.track_id): row for row in rows}


def _sum(before: Any, added: Sequence[Heard]) -> dict[str, int]:
    times = [one.at for one in added]
    if before is not None:
        times += [before.first_at, before.last_at]
    return {
        "plays": sum(one.counted for one in added) + (before.plays if before else 0),
        "skips": sum(one.skipped for one in added) + (before.skips if before else 0),
        "heard_ms": sum(one.heard_ms for one in added) + (before.heard_ms if before else 0),
        "first_at": min(times),
        "last_at": max(times),
    }


def _erase(connection: Connection, build: int, user_id: str) -> None:
    for table in (listens, play_counts):
        statement = delete(table).where(table.c.build == build, table.c.user_id == user_id)
        connection.execute(statement)
