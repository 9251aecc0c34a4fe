"""The catalog for imports, on any relational database. Every call is one transaction."""

import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, or_, select, update

from server_stub.catalog.model.paths import album_folder
from server_stub.catalog.model.scan import UNREAD_SIZE, FoundFile, KnownFile, Stamp
from server_stub.catalog.ports import Incoming, Refused
from server_stub.engines.relational.catalog_feed import Touched, record
from server_stub.engines.relational.catalog_groups import groups_of, regroup
from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.catalog_tables import (
    failed_files,
    files,
    search_entries,
    track_artists,
    tracks,
)
from server_stub.engines.relational.catalog_write import put
from server_stub.engines.relational.database import Database
from server_stub.engines.relational.upsert import upsert


class RelationalImports:
    """Writes the catalog's tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, root: str) -> list[KnownFile]:
        """Every file at or below a path."""
        return await self._database.read(lambda c: _known(c, root))

    async def move(self, moves: Sequence[tuple[KnownFile, FoundFile]]) -> None:
        """Give tracks their new paths. A file that lay there and is not moved itself is gone."""
        await self._database.write(lambda c: _move(c, moves))

    async def put(self, batch: Sequence[Incoming], now_ms: int) -> None:
        """Store tracks with their albums, artists, lyrics and files."""
        await self._database.write(lambda c: put(c, batch, now_ms))

    async def refuse(self, batch: Sequence[Refused]) -> None:
        """Remember files that cannot be read; a track keeps its id and is marked as damaged."""
        await self._database.write(lambda c: _refuse(c, batch))

    async def remove(self, gone: Sequence[KnownFile]) -> None:
        """Forget files, and albums and artists that have nothing left."""
        await self._database.write(lambda c: _remove(c, gone))

    async def set_damage(self, track_id: str, reason: str | None) -> bool:
        """Note why a track cannot be played to its end; False if there is no such track."""
        return await self._database.write(lambda c: _set_damage(c, track_id, reason))


def _known(connection: Connection, root: str) -> list[KnownFile]:
    columns = (files.c.path, files.c.size, files.c.mtime_ns, files.c.inode)
    tracked = (
        select(*columns, files.c.track_id, files.c.sidecars, files.c.fingerprint, tracks.c.damage)
        .join_from(files, tracks, tracks.c.id == files.c.track_id)
        .where(_below(files, root))
    )
    found = [
        KnownFile(
            path=os.fsdecode(path),
            stamp=Stamp(size, mtime_ns, inode),
            track_id=track_id,
            sidecars=sidecars,
            fingerprint=fingerprint,
            reason=damage or "",
        )
        for path, size, mtime_ns, inode, track_id, sidecars, fingerprint, damage in (
            connection.execute(tracked).all()
        )
    ]
    failed = connection.execute(select(failed_files).where(_below(failed_files, root)))
    found.extend(
        KnownFile(
            path=os.fsdecode(row.path),
            stamp=Stamp(row.size, row.mtime_ns, row.inode),
            track_id=None,
            sidecars=row.sidecars,
            reason=row.reason,
        )
        for row in failed
    )
    return found


def _below(table: Table, root: str) -> Any:
    """Paths below a root lie between `root/` and `root0` in byte order: `0` follows `/`."""
    top = os.fsencode(root.rstrip("/"))
    path = table.c.path
    return or_(path == top, (path > top + b"/") & (path < top + b"0"))


def _move(connection: Connection, moves: Sequence[tuple[KnownFile, FoundFile]]) -> None:
    ids = [before.track_id for before, _file in moves if before.track_id]
    targets = [os.fsencode(file.path) for _before, file in moves]
    occupied = rows_in(connection, select(files.c.track_id), files.c.path, targets)
    _delete_tracks(connection, sorted({row.track_id for row in occupied} - set(ids)))
    left = groups_of(connection, ids)
    by_id = update(files).where(files.c.track_id == bindparam("moved_id"))
    # Every path is freed first: files may have exchanged their names.
    connection.execute(by_id, [{"moved_id": i, "path": b"\0" + i.encode()} for i in ids])
    rows = [
        {
            "moved_id": track_id,
            "path": path,
            "folder": os.fsencode(album_folder(os.fsdecode(path))),
            # Makes the next scan read the file even if this one does not get there.
            "size": UNREAD_SIZE,
        }
        for track_id, path in zip(ids, targets, strict=True)
    ]
    connection.execute(by_id, rows)
    touched = Touched()
    regroup(connection, left | groups_of(connection, ids), touched)
    record(connection, touched)


def _refuse(connection: Connection, batch: Sequence[Refused]) -> None:
    touched = Touched()
    failures = []
    for item in batch:
        stamp = item.file.stamp._asdict()
        if item.track_id is None:
            path = os.fsencode(item.file.path)
            row = {"path": path, **stamp, "sidecars": item.file.sidecars, "reason": item.reason}
            failures.append(row)
            continue
        of_track = files.c.track_id == item.track_id
        connection.execute(
            update(files).where(of_track).values(**stamp, sidecars=item.file.sidecars)
        )
        connection.execute(
            update(tracks).where(tracks.c.id == item.track_id).values(damage=item.reason)
        )
        touched.tracks.add(item.track_id)
    upsert(connection, failed_files, failures, ("path",))
    record(connection, touched)


def _remove(connection: Connection, gone: Sequence[KnownFile]) -> None:
    failed = [os.fsencode(file.path) for file in gone if file.track_id is None]
    connection.execute(delete(failed_files).where(failed_files.c.path.in_(failed)))
    _delete_tracks(connection, [file.track_id for file in gone if file.track_id])


def _delete_tracks(connection: Connection, ids: Sequence[str]) -> None:
    if not ids:
        return
    touched = Touched()
    left = groups_of(connection, ids)
    rows = rows_in(connection, select(tracks.c.id, tracks.c.album_id), tracks.c.id, ids)
    touched.albums.update(row.album_id for row in rows)
    credited = rows_in(connection, select(track_artists.c.artist_id), track_artists.c.track_id, ids)
    touched.artists.update(row.artist_id for row in credited)
    touched.gone.update(row.id for row in rows)
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        connection.execute(delete(search_entries).where(search_entries.c.id.in_(part)))
        connection.execute(delete(tracks).where(tracks.c.id.in_(part)))
    regroup(connection, left, touched)
    record(connection, touched)


def _set_damage(connection: Connection, track_id: str, reason: str | None) -> bool:
    before = connection.execute(select(tracks.c.damage).where(tracks.c.id == track_id)).first()
    if before is None:
        return False
    if before.damage != reason:
        connection.execute(update(tracks).where(tracks.c.id == track_id).values(damage=reason))
        record(connection, Touched(tracks={track_id}))
    return True
