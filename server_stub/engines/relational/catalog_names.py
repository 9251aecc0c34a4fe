"""Ids behind names: artists and albums are found by key, stored if new, renamed if need be."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from server_stub.catalog.model.entries import AlbumEntry, Credit
from server_stub.catalog.model.text import sort_key
from server_stub.engines.relational.catalog_feed import Touched
from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.catalog_search import entry_row
from server_stub.engines.relational.catalog_tables import (
    album_artists,
    albums,
    artists,
    search_entries,
    tracks,
)
from server_stub.engines.relational.upsert import upsert
from sync.wire.ids import new_id

Moves = dict[str, tuple[str, AlbumEntry]]
"""By id of a track that leaves its album: the album's id, and where it goes."""


def artist_ids_of(
    connection: Connection, people: Iterable[Credit], touched: Touched
) -> dict[str, str]:
    """Ids by key; artists that are new are stored, and known ones learn their MusicBrainz id."""
    wanted: dict[str, Credit] = {}
    for credit in people:
        if credit.key not in wanted or credit.mbid:
            wanted[credit.key] = credit
    query = select(artists.c.id, artists.c.key, artists.c.mbid)
    found = {row.key: row for row in rows_in(connection, query, artists.c.key, wanted)}
    ids = {key: row.id for key, row in found.items()}
    for key, row in found.items():
        if row.mbid is None and wanted[key].mbid:
            connection.execute(
                update(artists).where(artists.c.id == row.id).values(mbid=wanted[key].mbid)
            )
            touched.created.add(row.id)
    fresh = [
        {
            "id": new_id(),
            "key": key,
            "name": credit.name,
            "sort_name": sort_key(credit.name),
            "mbid": credit.mbid,
        }
        for key, credit in wanted.items()
        if key not in ids
    ]
    if fresh:
        connection.execute(insert(artists), fresh)
        rows = [entry_row("artist", str(row["id"]), str(row["name"]), ()) for row in fresh]
        upsert(connection, search_entries, rows, ("id",))
    ids.update({str(row["key"]): str(row["id"]) for row in fresh})
    touched.created.update(str(row["id"]) for row in fresh)
    return ids


def album_ids_of(
    connection: Connection,
    owned: Iterable[AlbumEntry],
    artist_ids: dict[str, str],
    now_ms: int,
    touched: Touched,
) -> dict[str, str]:
    """Ids by key; albums that are new are stored."""
    wanted = {album.key: album for album in owned}
    ids = _known_albums(connection, wanted)
    fresh = {key: album for key, album in wanted.items() if key not in ids}
    ids.update({key: new_id() for key in fresh})
    if fresh:
        rows = [
            {"id": ids[key], "added_at": now_ms, **_facts(album)} for key, album in fresh.items()
        ]
        connection.execute(insert(albums), rows)
    for key, album in fresh.items():
        _link(connection, ids[key], album, artist_ids)
    touched.created.update(ids[key] for key in fresh)
    return ids


def rename_albums(
    connection: Connection, moves: Moves, artist_ids: dict[str, str], touched: Touched
) -> None:
    """An album all of whose tracks go to one and the same new album becomes that one, so that its
    id goes on to mean what it meant."""
    targets: dict[str, list[AlbumEntry]] = {}
    for album_id, target in moves.values():
        targets.setdefault(album_id, []).append(target)
    sizes = _sizes(connection, targets)
    whole = {
        album_id: entries[0]
        for album_id, entries in sorted(targets.items())
        if len(entries) == sizes.get(album_id) and len({entry.key for entry in entries}) == 1
    }
    taken = set(_known_albums(connection, {entry.key: entry for entry in whole.values()}))
    for album_id, entry in whole.items():
        if entry.key in taken:
            continue
        taken.add(entry.key)
        connection.execute(update(albums).where(albums.c.id == album_id).values(**_facts(entry)))
        before = select(album_artists.c.artist_id).where(album_artists.c.album_id == album_id)
        touched.artists.update(connection.execute(before).scalars())
        connection.execute(delete(album_artists).where(album_artists.c.album_id == album_id))
        _link(connection, album_id, entry, artist_ids)
        touched.created.add(album_id)
        touched.albums.add(album_id)


def album_entries(connection: Connection, ids: Iterable[str]) -> dict[str, AlbumEntry]:
    """Stored albums as files named them."""
    wanted = sorted(set(ids))
    credits_of: dict[str, list[Credit]] = {}
    people = (
        select(album_artists.c.album_id, artists.c.name, artists.c.mbid)
        .join_from(album_artists, artists)
        .order_by(album_artists.c.album_id, album_artists.c.position)
    )
    for row in rows_in(connection, people, album_artists.c.album_id, wanted):
        credits_of.setdefault(row.album_id, []).append(Credit(row.name, row.mbid))
    return {
        row.id: AlbumEntry(
            row.title, tuple(credits_of.get(row.id, ())), row.release_mbid, row.compilation
        )
        for row in rows_in(connection, select(albums), albums.c.id, wanted)
    }


def _known_albums(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    query = select(albums.c.id, albums.c.key)
    return {row.key: row.id for row in rows_in(connection, query, albums.c.key, keys)}


def _sizes(connection: Connection, album_ids: Iterable[str]) -> dict[str, int]:
    query = select(tracks.c.album_id, func.count().label("size")).group_by(tracks.c.album_id)
    rows = rows_in(connection, query, tracks.c.album_id, album_ids)
    return {row.album_id: row.size for row in rows}


def _facts(album: AlbumEntry) -> dict[str, Any]:
    return {
        "key": album.key,
        "title": album.title,
        "sort_title": sort_key(album.title),
        "compilation": album.compilation,
        "release_mbid": album.release_mbid,
    }


def _link(
    connection: Connection, album_id: str, album: AlbumEntry, artist_ids: dict[str, str]
) -> None:
    """Name the album's artists, and make it findable."""
    rows = [
        {
            "album_id": album_id,
            "position": position,
            "artist_id": artist_ids[credit.key],
            "sort_title": sort_key(album.title),
        }
        for position, credit in enumerate(album.artists)
    ]
    connection.execute(insert(album_artists), rows)
    entry = entry_row("album", album_id, album.title, [credit.name for credit in album.artists])
    upsert(connection, search_entries, [entry], ("id",))
