"""The imported files as streaming sees them: a read model over the tables of the catalog."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, String, cast, func, literal, or_, select

from server_stub.engines.relational.catalog_tables import changes, files, tracks
from server_stub.engines.relational.database import Database
from server_stub.engines.relational.streaming_tables import preparations
from server_stub.streaming.model.loudness import album_lufs
from server_stub.streaming.model.renditions import SourceFile

_REVISION = cast(files.c.size, String) + literal("-") + cast(files.c.mtime_ns, String)
_SOURCE: Select[Any] = select(
    files.c.track_id, files.c.path, _REVISION.label("revision"), files.c.duration_ms
)


class RelationalSources:
    """Size and time of change make the revision of a file: a file that only moved keeps it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def source(self, track_id: str) -> SourceFile | None:
        """The file of this track, or None if there is no such track."""
        query = _SOURCE.where(files.c.track_id == track_id)

        def read(connection: Connection) -> SourceFile | None:
            row = connection.execute(query).first()
            return _source(row) if row else None

        return await self._database.read(read)

    async def unprepared(self, limit: int) -> Sequence[SourceFile]:
        """Tracks that were never enrolled, or whose file has changed since; in import order."""
        query = (
            _SOURCE.join(tracks, tracks.c.id == files.c.track_id)
            .outerjoin(preparations, preparations.c.track_id == files.c.track_id)
            .where(or_(preparations.c.track_id.is_(None), preparations.c.revision != _REVISION))
            .order_by(tracks.c.added_at, files.c.path)
            .limit(limit)
        )
        return await self._database.read(
            lambda connection: [_source(row) for row in connection.execute(query)]
        )

    async def vanished(self, limit: int) -> Sequence[str]:
        """Enrolled tracks that are no longer in the library."""
        query = (
            select(preparations.c.track_id)
            .outerjoin(files, files.c.track_id == preparations.c.track_id)
            .where(files.c.track_id.is_(None))
            .limit(limit)
        )
        return await self._database.read(
            lambda connection: list(connection.execute(query).scalars())
        )

    async def album_lufs(self, track_id: str) -> float | None:
        """Loudness of the album that a track is on, once all of it was measured."""
        album = select(tracks.c.album_id).where(tracks.c.id == track_id).scalar_subquery()
        query = (
            select(preparations.c.measured, preparations.c.lufs, tracks.c.duration_ms)
            .select_from(tracks)
            .outerjoin(preparations, preparations.c.track_id == tracks.c.id)
            .where(tracks.c.album_id == album)
        )
        return await self._database.read(
            lambda connection: album_lufs(
                (bool(measured), lufs, duration_ms)
                for measured, lufs, duration_ms in connection.execute(query)
            )
        )

    async def version(self) -> int:
        """The newest entry of the catalog's change feed."""
        query = select(func.coalesce(func.max(changes.c.seq), 0))
        return await self._database.read(
            lambda connection: int(connection.execute(query).scalar_one())
        )


def _source(row: Row[Any]) -> SourceFile:
    return SourceFile(row.track_id, bytes(row.path), row.revision, row.duration_ms)
