"""After every write: figures of albums and artists, orphans, and the feed of changes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, bindparam, delete, func, select, update

from server_stub.catalog.model.albums import AlbumTrack, summarise
from server_stub.engines.relational.catalog_rows import newest, rows_in, texts
from server_stub.engines.relational.catalog_tables import (
    album_artists,
    albums,
    artists,
    changes,
    search_entries,
    track_artists,
    tracks,
)
from server_stub.engines.relational.upsert import upsert


@dataclass(slots=True)
class Touched:
    """Ids of everything a transaction may have changed."""

    tracks: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    """Tracks that are deleted."""
    albums: set[str] = field(default_factory=set)
    artists: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    """Albums and artists that did not exist before: they are news whatever their figures."""


def record(connection: Connection, touched: Touched) -> None:
    """Bring figures up to date, delete what has nothing left, and number the changes."""
    changed_albums, gone_albums = _refresh_albums(connection, touched)
    changed_artists, gone_artists = _refresh_artists(connection, touched)
    news = [("artist", key, False) for key in sorted(changed_artists)]
    news += [("album", key, False) for key in sorted(changed_albums)]
    news += [("track", key, False) for key in sorted(touched.tracks - touched.gone)]
    news += [("track", key, True) for key in sorted(touched.gone)]
    news += [("album", key, True) for key in sorted(gone_albums - touched.created)]
    news += [("artist", key, True) for key in sorted(gone_artists - touched.created)]
    last = newest(connection)
    rows = [
        {"kind": kind, "id": key, "seq": last + number, "removed": removed}
        for number, (kind, key, removed) in enumerate(news, 1)
    ]
    upsert(connection, changes, rows, ("kind", "id"))


def _refresh_albums(connection: Connection, touched: Touched) -> tuple[set[str], set[str]]:
    """Albums that are other than before, and albums that are no more."""
    ids = sorted(touched.albums)
    columns = (
        tracks.c.album_id,
        tracks.c.disc,
        tracks.c.number,
        tracks.c.duration_ms,
        tracks.c.year,
        tracks.c.label,
        tracks.c.cover,
        tracks.c.genres,
        tracks.c.id,
    )
    on_album: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows_in(connection, select(*columns), tracks.c.album_id, ids):
        on_album[row.album_id].append(row)
    news: list[dict[str, Any]] = []
    for before in rows_in(connection, select(albums), albums.c.id, ids):
        if before.id not in on_album:
            continue
        values = _summary(on_album[before.id])
        if any(getattr(before, name) != value for name, value in values.items()):
            news.append({"row_id": before.id, **values})
    changed = _update(connection, albums, news) | (touched.created & touched.albums)
    gone = touched.albums - set(on_album)
    credited = _artists_of_albums(connection, ids)
    touched.artists.update(credited)
    _delete(connection, albums, gone)
    return changed - gone, gone


def _summary(rows: Iterable[Row[Any]]) -> dict[str, Any]:
    ordered = sorted(rows, key=lambda row: (row.disc, row.number, row.id))
    summary = summarise(
        AlbumTrack(
            row.disc,
            row.number,
            row.duration_ms,
            row.year,
            row.label,
            row.cover,
            texts(row.genres),
        )
        for row in ordered
    )
    return {
        "track_count": summary.track_count,
        "duration_ms": summary.duration_ms,
        "year": summary.year,
        "label": summary.label,
        "cover": summary.cover,
        "genres": msgspec.json.encode(summary.genres).decode(),
    }


def _artists_of_albums(connection: Connection, ids: Iterable[str]) -> set[str]:
    query = select(album_artists.c.artist_id)
    return {row.artist_id for row in rows_in(connection, query, album_artists.c.album_id, ids)}


def _refresh_artists(connection: Connection, touched: Touched) -> tuple[set[str], set[str]]:
    """Artists that are other than before, and artists that are no more."""
    ids = sorted(touched.artists)
    track_counts = _counts(connection, track_artists.c.artist_id, ids)
    album_counts = _counts(connection, album_artists.c.artist_id, ids)
    covers = _covers(connection, ids)
    news: list[dict[str, Any]] = []
    gone = set()
    for before in rows_in(connection, select(artists), artists.c.id, ids):
        values = {
            "track_count": track_counts.get(before.id, 0),
            "album_count": album_counts.get(before.id, 0),
            "cover": covers.get(before.id),
        }
        if not values["track_count"] and not values["album_count"]:
            gone.add(before.id)
        elif any(getattr(before, name) != value for name, value in values.items()):
            news.append({"row_id": before.id, **values})
    changed = _update(connection, artists, news) | (touched.created & touched.artists)
    _delete(connection, artists, gone)
    return changed - gone, gone


def _counts(connection: Connection, column: Any, ids: list[str]) -> dict[str, int]:
    query = select(column.label("id"), func.count().label("links")).group_by(column)
    return {row.id: row.links for row in rows_in(connection, query, column, ids)}


def _covers(connection: Connection, ids: list[str]) -> dict[str, str]:
    """An artist is shown with the cover of the first album of their own that has one."""
    query = (
        select(album_artists.c.artist_id, albums.c.cover)
        .join_from(album_artists, albums)
        .where(albums.c.cover.is_not(None))
        .order_by(albums.c.sort_title.desc(), albums.c.id.desc())
    )
    rows = rows_in(connection, query, album_artists.c.artist_id, ids)
    return {row.artist_id: row.cover for row in rows}


def _update(connection: Connection, table: Table, news: list[dict[str, Any]]) -> set[str]:
    """Write new figures, by `row_id`; the ids of what they are of."""
    if news:
        connection.execute(update(table).where(table.c.id == bindparam("row_id")), news)
    return {row["row_id"] for row in news}


def _delete(connection: Connection, table: Table, ids: Iterable[str]) -> None:
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        connection.execute(delete(search_entries).where(search_entries.c.id.in_(part)))
        connection.execute(delete(table).where(table.c.id.in_(part)))
