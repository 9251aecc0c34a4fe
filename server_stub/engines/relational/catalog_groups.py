"""Files without album artist: what their stored neighbours say, and moving them when these change.

The rule itself stands in `server_stub.catalog.model.groups`.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from server_stub.catalog.model.entries import AlbumEntry, Credit
from server_stub.catalog.model.groups import Neighbours
from server_stub.catalog.ports import Incoming
from server_stub.engines.relational.catalog_feed import Touched
from server_stub.engines.relational.catalog_names import (
    Moves,
    album_entries,
    album_ids_of,
    artist_ids_of,
    rename_albums,
)
from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.catalog_tables import albums, artists, files, tracks

Group = tuple[str, str]
"""Folder and album name, as `TrackEntry.group` has them."""


def neighbours_of(connection: Connection, batch: Sequence[Incoming]) -> dict[Group, Neighbours]:
    """By each group of this batch in which some file names no album artist: what the batch and the
    stored files say, without what is stored of the batch's own tracks."""
    coming = {item.track_id for item in batch if item.track_id}
    lonely = {item.entry.group for item in batch if item.entry.lone_artist is not None}
    lonely |= _stored_lonely(connection, {item.entry.group for item in batch})
    found = {group: Neighbours() for group in lonely}
    for item in batch:
        if (known := found.get(item.entry.group)) is not None:
            _count(known, item.entry.lone_artist, item.entry.album)
    for group, known in found.items():
        rows = [row for row in _members(connection, group) if row.track_id not in coming]
        _count_stored(connection, known, rows)
    return found


def groups_of(connection: Connection, track_ids: Sequence[str]) -> set[Group]:
    """The groups that stored tracks are in."""
    query = select(files.c.folder, files.c.album_tag)
    rows = rows_in(connection, query, files.c.track_id, track_ids)
    return {(os.fsdecode(row.folder), row.album_tag) for row in rows}


def regroup(connection: Connection, groups: Iterable[Group], touched: Touched) -> None:
    """Move stored tracks to the albums that their neighbours make them part of now."""
    found = {group: Neighbours() for group in groups}
    for group, known in found.items():
        _count_stored(connection, known, _members(connection, group))
    moves = moves_of(connection, found)
    if not moves:
        return
    targets = [target for _from, target in moves.values()]
    people = [credit for target in targets for credit in target.artists]
    artist_ids = artist_ids_of(connection, people, touched)
    rename_albums(connection, moves, artist_ids, touched)
    since = select(func.min(albums.c.added_at)).where(
        albums.c.id.in_(sorted({album_id for album_id, _target in moves.values()}))
    )
    added_at = connection.execute(since).scalar_one()
    album_ids = album_ids_of(connection, targets, artist_ids, added_at, touched)
    carry_out(connection, moves, album_ids, touched)


def moves_of(
    connection: Connection,
    neighbours: Mapping[Group, Neighbours],
    without: Collection[str] = frozenset(),
) -> Moves:
    """Stored tracks, but for those `without`, that belong elsewhere now."""
    moves: Moves = {}
    for group in sorted(neighbours):
        known = neighbours[group]
        lone = [
            row
            for row in _members(connection, group)
            if row.lone_artist is not None and row.track_id not in without
        ]
        current = album_entries(connection, (row.album_id for row in lone))
        names = _names(connection, {row.lone_artist for row in lone})
        for row in lone:
            entry, owner = current[row.album_id], Credit(names[row.lone_artist])
            own = AlbumEntry(entry.title, (owner,), entry.release_mbid, compilation=False)
            target = known.home(own)
            if target.key != entry.key:
                moves[row.track_id] = (row.album_id, target)
    return moves


def carry_out(
    connection: Connection, moves: Moves, album_ids: Mapping[str, str], touched: Touched
) -> None:
    """Move stored tracks to albums that are stored too."""
    for track_id, (album_id, target) in moves.items():
        place = update(tracks).where(tracks.c.id == track_id)
        connection.execute(place.values(album_id=album_ids[target.key]))
        touched.albums.update((album_id, album_ids[target.key]))
    touched.tracks.update(moves)


def _stored_lonely(connection: Connection, groups: Collection[Group]) -> set[Group]:
    query = select(files.c.folder, files.c.album_tag).where(files.c.lone_artist.is_not(None))
    folders = {os.fsencode(folder) for folder, _tag in groups}
    rows = rows_in(connection, query.distinct(), files.c.folder, folders)
    return {(os.fsdecode(row.folder), row.album_tag) for row in rows} & set(groups)


def _members(connection: Connection, group: Group) -> list[Row[Any]]:
    folder, album_tag = group
    query = (
        select(files.c.track_id, files.c.lone_artist, tracks.c.album_id)
        .join_from(files, tracks, tracks.c.id == files.c.track_id)
        .where(files.c.folder == os.fsencode(folder), files.c.album_tag == album_tag)
    )
    return list(connection.execute(query))


def _count_stored(connection: Connection, known: Neighbours, rows: Sequence[Row[Any]]) -> None:
    """Take in what stored files say."""
    entries = album_entries(connection, (row.album_id for row in rows))
    for row in rows:
        _count(known, row.lone_artist, entries[row.album_id])


def _count(known: Neighbours, lone_artist: str | None, album: AlbumEntry) -> None:
    if lone_artist is None:
        known.owned[album.key] = album
    else:
        known.lone.add(lone_artist)


def _names(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    query = select(artists.c.key, artists.c.name)
    return {row.key: row.name for row in rows_in(connection, query, artists.c.key, keys)}
