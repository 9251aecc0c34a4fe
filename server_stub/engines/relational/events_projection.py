"""Projections in tables: every table has a column `build` and one for the subject, and the rest of
the machinery (rebuilding, digests, snapshots) is the same for all of them."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Table, delete, func, insert, select, update
from sqlalchemy.sql.selectable import ScalarSelect

from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.database import Database
from server_stub.engines.relational.events_append import find_keys, obtain_keys
from server_stub.engines.relational.events_tables import (
    event_builds,
    event_places,
    event_snapshot_positions,
    event_snapshots,
)
from server_stub.engines.relational.upsert import upsert
from server_stub.kernel.events.consuming import Happened
from server_stub.kernel.events.errors import MovedError
from server_stub.kernel.events.ports import Position
from server_stub.kernel.events.projections import Snapshot
from server_stub.kernel.events.sealing import open_bytes, seal_bytes

FILLING, LIVE, GONE = "filling", "live", "gone"
_SUBJECTS_A_PAGE = 200
_position = msgspec.json.Decoder(dict[int, int])


class RelationalProjection:
    """A projection over some tables. What events do to them is said by a subclass."""

    subject = "user_id"

    def __init__(self, database: Database, name: str, tables: tuple[Table, ...]) -> None:
        self.name = name
        self.tables = tables
        self._database = database

    def _take(self, connection: Connection, build: int, happened: Sequence[Happened]) -> None:
        """Apply events to the rows of a build. Again is as good as once."""
        raise NotImplementedError

    async def live(self) -> int:
        """The build that readers see; the first one is made when it is asked for."""
        build = await self._database.read(lambda c: c.execute(select(self.live_build())).scalar())
        return await self._database.write(self._first) if build is None else build

    def live_build(self) -> ScalarSelect[int]:
        """The same for use inside queries."""
        return (
            select(event_builds.c.build)
            .where(event_builds.c.name == self.name, event_builds.c.state == LIVE)
            .scalar_subquery()
        )

    async def begin(self) -> int:
        """A new, empty build. One that was being filled is given up."""

        def write(connection: Connection) -> int:
            self._first(connection)
            self._clear(connection, event_builds.c.state == FILLING)
            return self._add(connection, FILLING)

        return await self._database.write(write)

    async def apply(self, build: int, happened: Sequence[Happened]) -> None:
        """Take events in. Raises MovedError if the build is gone."""

        def write(connection: Connection) -> None:
            state = select(event_builds.c.state).where(self._is(build))
            if connection.execute(state).scalar() not in {FILLING, LIVE}:
                raise MovedError(f"{self.name} goes on in another build")
            if happened:
                self._take(connection, build, happened)

        await self._database.write(write)

    async def promote(self, build: int) -> None:
        """Show this build to readers and drop all others. Raises MovedError if it is gone."""

        def write(connection: Connection) -> None:
            mine = self._is(build) & (event_builds.c.state == FILLING)
            if (
                connection.execute(update(event_builds).where(mine).values(state=LIVE)).rowcount
                != 1
            ):
                raise MovedError(f"{self.name} was rebuilt by somebody else")
            self._clear(connection, event_builds.c.build != build)

        await self._database.write(write)

    async def drop(self, build: int) -> None:
        """Give a build up that is not live."""
        await self._database.write(
            lambda c: self._clear(
                c, (event_builds.c.build == build) & (event_builds.c.state == FILLING)
            )
        )

    async def digest(self, build: int) -> str:
        """SHA-256 over the rows, table by table in the order of their keys."""

        def read(connection: Connection) -> str:
            summed = hashlib.sha256()
            for table in self.tables:
                summed.update(f"{table.name}\n".encode())
                query = select(*_kept(table)).where(table.c.build == build)
                for row in connection.execute(query.order_by(*table.primary_key.columns)):
                    summed.update(msgspec.json.encode(tuple(row)) + b"\n")
            return summed.hexdigest()

        return await self._database.read(read)

    async def states(self, build: int) -> AsyncIterator[Snapshot]:
        """The rows of each subject."""
        after = ""
        while True:
            subjects = await self._database.read(partial(self._page, build=build, after=after))
            if not subjects:
                return
            for state in await self._database.read(
                partial(self._states, build=build, subjects=subjects)
            ):
                yield state
            after = subjects[-1]

    async def restore(self, build: int, states: Sequence[Snapshot]) -> None:
        """Put rows back."""

        def write(connection: Connection) -> None:
            for state in states:
                self._restore(connection, build, state)

        await self._database.write(write)

    def _is(self, build: int) -> Any:
        return (event_builds.c.name == self.name) & (event_builds.c.build == build)

    def _first(self, connection: Connection) -> int:
        build = connection.execute(select(self.live_build())).scalar()
        return self._add(connection, LIVE) if build is None else build

    def _add(self, connection: Connection, state: str) -> int:
        highest = select(func.coalesce(func.max(event_builds.c.build), 0))
        build: int = (
            connection.execute(highest.where(event_builds.c.name == self.name)).scalar_one() + 1
        )
        row = {"name": self.name, "build": build, "state": state}
        connection.execute(insert(event_builds).values(row))
        return build

    def _clear(self, connection: Connection, which: Any) -> None:
        """Drop builds with all their rows."""
        query = select(event_builds.c.build).where(
            event_builds.c.name == self.name, event_builds.c.state != GONE, which
        )
        for build in connection.execute(query).scalars().all():
            for table in self.tables:
                connection.execute(delete(table).where(table.c.build == build))
            connection.execute(update(event_builds).where(self._is(build)).values(state=GONE))
            # A rebuild that was killed must not keep the log from being trimmed.
            place = f"{self.name}.{build}"
            connection.execute(delete(event_places).where(event_places.c.place == place))

    def _page(self, connection: Connection, build: int, after: str) -> list[str]:
        found: set[str] = set()
        for table in self.tables:
            column = table.c[self.subject]
            query = select(column).where(table.c.build == build, column > after)
            query = query.distinct().order_by(column).limit(_SUBJECTS_A_PAGE)
            found.update(connection.execute(query).scalars())
        return sorted(found)[:_SUBJECTS_A_PAGE]

    def _states(self, connection: Connection, build: int, subjects: list[str]) -> list[Snapshot]:
        rows: dict[str, dict[str, list[Any]]] = {subject: {} for subject in subjects}
        for table in self.tables:
            query = select(*_kept(table)).where(table.c.build == build)
            query = query.order_by(*table.primary_key.columns)
            for row in rows_in(connection, query, table.c[self.subject], subjects):
                of_subject = rows[getattr(row, self.subject)]
                of_subject.setdefault(table.name, []).append(row._asdict())
        return [Snapshot(subject, msgspec.json.encode(kept)) for subject, kept in rows.items()]

    def _restore(self, connection: Connection, build: int, state: Snapshot) -> None:
        kept: dict[str, list[dict[str, Any]]] = msgspec.json.decode(state.data)
        for table in self.tables:
            rows = [{**row, "build": build} for row in kept.get(table.name, ())]
            keys = tuple(column.name for column in table.primary_key.columns)
            upsert(connection, table, rows, keys)


class RelationalSnapshots:
    """Snapshots of projections, each subject's sealed with its key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, name: str, position: Position, states: Sequence[Snapshot]) -> None:
        """Replace the snapshot of a projection."""

        def write(connection: Connection) -> None:
            keys = obtain_keys(connection, {state.subject for state in states})
            rows = [
                {
                    "name": name,
                    "subject": state.subject,
                    "data": seal_bytes(state.data, keys[state.subject], _bound_to(name, state)),
                }
                for state in states
                if state.subject in keys
            ]
            connection.execute(delete(event_snapshots).where(event_snapshots.c.name == name))
            if rows:
                connection.execute(insert(event_snapshots), rows)
            place = {"name": name, "position": msgspec.json.encode(dict(position)).decode()}
            upsert(connection, event_snapshot_positions, [place], ("name",))

        await self._database.write(write)

    async def position(self, name: str) -> Position | None:
        """Where in the log the snapshot was taken; None if there is none."""
        table = event_snapshot_positions.c
        query = select(table.position).where(table.name == name)
        text = await self._database.read(lambda c: c.execute(query).scalar())
        return None if text is None else _position.decode(text)

    async def load(self, name: str) -> AsyncIterator[Sequence[Snapshot]]:
        """The states, without those of forgotten subjects."""
        after = ""
        while True:
            page = await self._database.read(partial(_sealed_page, name=name, after=after))
            if not page:
                return
            subjects = [state.subject for state in page]
            keys = await self._database.read(partial(find_keys, subjects=subjects))
            yield [
                Snapshot(
                    state.subject,
                    open_bytes(state.data, keys[state.subject], _bound_to(name, state)),
                )
                for state in page
                if state.subject in keys
            ]
            after = subjects[-1]


def _sealed_page(connection: Connection, name: str, after: str) -> list[Snapshot]:
    query = (
        select(event_snapshots.c.subject, event_snapshots.c.data)
        .where(event_snapshots.c.name == name, event_snapshots.c.subject > after)
        .order_by(event_snapshots.c.subject)
        .limit(_SUBJECTS_A_PAGE)
    )
    return [Snapshot(row.subject, bytes(row.data)) for row in connection.execute(query)]


def _bound_to(name: str, state: Snapshot) -> bytes:
    return f"{name}\0{state.subject}".encode()


def _kept(table: Table) -> list[Column[Any]]:
    """Everything but the build."""
    return [column for column in table.columns if column.name != "build"]
