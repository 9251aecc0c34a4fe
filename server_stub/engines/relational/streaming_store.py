"""Jobs and renditions in the relational database."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from server_stub.engines.relational.database import Database
from server_stub.engines.relational.streaming_tables import preparations, renditions
from server_stub.streaming.model.encoding import Loudness
from server_stub.streaming.model.renditions import (
    DraftRendition,
    FailedTrack,
    NotedTrack,
    Outcome,
    Preparation,
    PreparedTrack,
    SourceFile,
    StoredRendition,
)
from sync.wire.playback import Edges

WRITING, READY, DOOMED = "writing", "ready", "doomed"
_STORED = tuple(renditions.c[name] for name in StoredRendition.__slots__)
_DRAFT = tuple(renditions.c[name] for name in DraftRendition.__slots__)
_FAILURES_SHOWN = 100


class RelationalPreparations:
    """The preparation store of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enroll(self, sources: Sequence[SourceFile]) -> None:
        """These (revisions of) tracks wait to be prepared."""

        def write(connection: Connection) -> None:
            for source in sources:
                _enroll(connection, source)

        await self._database.write(write)

    async def request(self, source: SourceFile, at: float) -> None:
        """Somebody wants to hear this track."""

        def write(connection: Connection) -> None:
            _enroll(connection, source)
            connection.execute(_of(source.track_id).values(requested_at=at))

        await self._database.write(write)

    async def claim(self, at: float, busy: Collection[str]) -> str | None:
        """The track to prepare next, marked as being worked on."""
        table = preparations.c
        query = (
            select(table.track_id)
            .where(table.state == "waiting", table.retry_at <= at)
            .where(table.track_id.not_in(busy))
            .order_by(table.requested_at.is_(None), table.requested_at, table.position)
            .limit(1)
        )

        def write(connection: Connection) -> str | None:
            track_id = connection.execute(query).scalar()
            if track_id is not None:
                connection.execute(_of(track_id).values(state="working"))
            return track_id

        return await self._database.write(write)

    async def begin(self, drafts: Sequence[DraftRendition]) -> None:
        """An encoder is about to write these."""
        rows = [_values(draft) | {"state": WRITING} for draft in drafts]
        await self._database.write(
            lambda connection: _done(connection.execute(insert(renditions), rows))
        )

    async def complete(self, outcome: Outcome) -> None:
        """Drafts became renditions. A whole ladder dooms the renditions of other revisions."""

        def write(connection: Connection) -> None:
            for one in outcome.renditions:
                connection.execute(
                    update(renditions)
                    .where(renditions.c.id == one.id, renditions.c.state == WRITING)
                    .values(_values(one) | {"state": READY})
                )
            connection.execute(_of(outcome.track_id).values(damage=outcome.damage))
            if outcome.whole:
                _finish(connection, outcome)

        await self._database.write(write)

    async def fail(
        self, track_id: str, drafts: Collection[str], reason: str, retry_at: float | None
    ) -> None:
        """A pass failed, and its drafts are doomed."""

        def write(connection: Connection) -> None:
            connection.execute(
                _of(track_id).values(
                    state="failed" if retry_at is None else "waiting",
                    reason=reason,
                    attempts=preparations.c.attempts + 1,
                    retry_at=retry_at or 0,
                )
            )
            _doom(connection, renditions.c.id.in_(drafts), renditions.c.state == WRITING)

        await self._database.write(write)

    async def track(self, track_id: str) -> PreparedTrack | None:
        """State of a track and what of it can be played."""

        def read(connection: Connection) -> PreparedTrack | None:
            found = connection.execute(
                select(preparations).where(preparations.c.track_id == track_id)
            ).first()
            if found is None:
                return None
            rows = connection.execute(
                select(*_STORED).where(
                    renditions.c.track_id == track_id, renditions.c.state == READY
                )
            )
            return _prepared(found, tuple(StoredRendition(*row) for row in rows))

        return await self._database.read(read)

    async def rendition(self, rendition_id: str) -> StoredRendition | None:
        """A rendition that can be played, or None."""
        query = select(*_STORED).where(renditions.c.id == rendition_id, renditions.c.state == READY)

        def read(connection: Connection) -> StoredRendition | None:
            row = connection.execute(query).first()
            return StoredRendition(*row) if row else None

        return await self._database.read(read)

    async def recover(self) -> None:
        """After a start: what was being worked on, or was given up, waits again."""

        def write(connection: Connection) -> None:
            connection.execute(
                update(preparations)
                .where(preparations.c.state.in_(("working", "failed")))
                .values(state="waiting", attempts=0, retry_at=0.0)
            )
            _doom(connection, renditions.c.state == WRITING)

        await self._database.write(write)

    async def doomed(self, limit: int) -> Sequence[DraftRendition]:
        """Renditions whose bytes are to be deleted."""
        query = select(*_DRAFT).where(renditions.c.state == DOOMED).limit(limit)
        return await self._database.read(
            lambda connection: [DraftRendition(*row) for row in connection.execute(query)]
        )

    async def erase(self, rendition_ids: Collection[str]) -> None:
        """Forget renditions whose bytes are gone, keys included."""
        statement = delete(renditions).where(renditions.c.id.in_(rendition_ids))
        await self._database.write(lambda connection: _done(connection.execute(statement)))

    async def remove(self, track_ids: Collection[str]) -> None:
        """Forget tracks; all their renditions are doomed."""

        def write(connection: Connection) -> None:
            _doom(connection, renditions.c.track_id.in_(track_ids))
            connection.execute(delete(preparations).where(preparations.c.track_id.in_(track_ids)))

        await self._database.write(write)

    async def progress(self) -> Preparation:
        """How far the library is."""
        return await self._database.read(_progress)


def _of(track_id: str) -> Any:
    return update(preparations).where(preparations.c.track_id == track_id)


def _doom(connection: Connection, *conditions: Any) -> None:
    connection.execute(update(renditions).where(*conditions).values(state=DOOMED))


def _done(_result: Any) -> None:
    """A statement whose result nobody needs."""


def _values(record: DraftRendition | StoredRendition) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def _enroll(connection: Connection, source: SourceFile) -> None:
    """Insert, or begin anew if the file has changed; a track keeps its place in the queue."""
    known = connection.execute(
        select(preparations.c.revision).where(preparations.c.track_id == source.track_id)
    ).scalar()
    fresh = {"state": "waiting", "attempts": 0, "retry_at": 0.0, "reason": ""}
    if known is None:
        position = select(func.coalesce(func.max(preparations.c.position), 0) + 1)
        connection.execute(
            insert(preparations).values(
                track_id=source.track_id,
                revision=source.revision,
                position=position.scalar_subquery(),
                **fresh,
            )
        )
    elif known != source.revision:
        connection.execute(_of(source.track_id).values(revision=source.revision, **fresh))


def _finish(connection: Connection, outcome: Outcome) -> None:
    """The ladder of one revision is whole. If the file has changed meanwhile, the track still
    waits; what was made can be played until the new ladder is there."""
    same = preparations.c.revision == outcome.revision
    connection.execute(
        _of(outcome.track_id).where(same).values(state="ready", reason="", requested_at=None)
    )
    connection.execute(_of(outcome.track_id).where(~same).values(state="waiting"))
    connection.execute(_of(outcome.track_id).values(note=outcome.note))
    loudness = outcome.loudness
    if loudness:
        connection.execute(
            _of(outcome.track_id).values(
                measured=1,
                lufs=loudness.lufs,
                true_peak_dbtp=loudness.true_peak_dbtp,
                lead_in=loudness.edges.lead_in,
                lead_out=loudness.edges.lead_out,
            )
        )
    _doom(
        connection,
        renditions.c.track_id == outcome.track_id,
        renditions.c.state == READY,
        renditions.c.revision != outcome.revision,
    )


def _prepared(row: Row[Any], stored: tuple[StoredRendition, ...]) -> PreparedTrack:
    loudness = None
    if row.measured:
        edges = Edges(lead_in=row.lead_in, lead_out=row.lead_out)
        loudness = Loudness(lufs=row.lufs, true_peak_dbtp=row.true_peak_dbtp, edges=edges)
    return PreparedTrack(
        row.track_id,
        row.revision,
        row.state,
        row.reason,
        row.attempts,
        loudness,
        row.damage,
        stored,
    )


def _progress(connection: Connection) -> Preparation:
    table = preparations.c
    counted = connection.execute(select(table.state, func.count()).group_by(table.state))
    states = {state: count for state, count in counted}  # noqa: C416 - rows are not pairs to mypy
    ready, size = connection.execute(
        select(func.count(), func.coalesce(func.sum(renditions.c.size), 0)).where(
            renditions.c.state == READY
        )
    ).one()
    failed = connection.execute(
        select(table.track_id, table.reason)
        .where(table.state == "failed")
        .order_by(table.position.desc())
        .limit(_FAILURES_SHOWN)
    )
    noted = connection.execute(
        select(table.track_id, table.note)
        .where(table.note != "")
        .order_by(table.position.desc())
        .limit(_FAILURES_SHOWN)
    )
    return Preparation(
        tracks=sum(states.values()),
        ready=states.get("ready", 0),
        working=states.get("working", 0),
        waiting=states.get("waiting", 0),
        failed=states.get("failed", 0),
        renditions_ready=ready,
        bytes_ready=int(size),
        failures=tuple(FailedTrack(row.track_id, row.reason) for row in failed),
        notes=tuple(NotedTrack(row.track_id, row.note) for row in noted),
    )
