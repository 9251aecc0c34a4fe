"""Rows as the wire's structs: selecting, reading and joining them."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Row, Select, Table, func, select

from server_stub.engines.relational.catalog_tables import (
    album_artists,
    albums,
    artists,
    changes,
    track_artists,
    tracks,
)
from sync.wire.catalog import Album, AlbumRef, Artist, ArtistRef, Gain, Track

T = TypeVar("T")

NAMES_PER_QUERY = 500

_texts = msgspec.json.Decoder(tuple[str, ...])

TRACK_COLUMNS = (*tracks.c, albums.c.title.label("album_title"))


def texts(data: str) -> tuple[str, ...]:
    """A stored list of names."""
    return _texts.decode(data) if data != "[]" else ()


def select_tracks() -> Select[Any]:
    """Tracks with what a reader shows of their album."""
    return select(*TRACK_COLUMNS).join_from(tracks, albums)


def tracks_of(connection: Connection, rows: Sequence[Row[Any]]) -> list[Track]:
    """Rows of `select_tracks()` as tracks."""
    artists_of = _credits(connection, track_artists, "track_id", [row.id for row in rows])
    return [
        Track(
            id=row.id,
            title=row.title,
            artists=artists_of.get(row.id, ()),
            album=AlbumRef(row.album_id, row.album_title),
            duration_ms=row.duration_ms,
            disc=row.disc,
            number=row.number,
            year=row.year,
            genres=texts(row.genres),
            cover=row.cover,
            lyrics=row.lyrics,
            isrc=row.isrc,
            recording_mbid=row.recording_mbid,
            label=row.label,
            composers=texts(row.composers),
            gain=_gain(row),
            added_at=row.added_at,
            damage=row.damage,
        )
        for row in rows
    ]


def albums_of(connection: Connection, rows: Sequence[Row[Any]]) -> list[Album]:
    """Rows of the albums table as albums."""
    artists_of = _credits(connection, album_artists, "album_id", [row.id for row in rows])
    return [
        Album(
            id=row.id,
            title=row.title,
            artists=artists_of.get(row.id, ()),
            track_count=row.track_count,
            duration_ms=row.duration_ms,
            year=row.year,
            genres=texts(row.genres),
            cover=row.cover,
            label=row.label,
            release_mbid=row.release_mbid,
            compilation=row.compilation,
            added_at=row.added_at,
        )
        for row in rows
    ]


def artists_of(rows: Sequence[Row[Any]]) -> list[Artist]:
    """Rows of the artists table as artists."""
    return [
        Artist(
            id=row.id,
            name=row.name,
            album_count=row.album_count,
            track_count=row.track_count,
            cover=row.cover,
            artist_mbid=row.mbid,
        )
        for row in rows
    ]


def newest(connection: Connection) -> int:
    """The newest sequence number; 0 for an empty catalog."""
    query = select(func.coalesce(func.max(changes.c.seq), 0))
    newest_seq: int = connection.execute(query).scalar_one()
    return newest_seq


def tracks_by_id(connection: Connection, ids: Iterable[str]) -> dict[str, Track]:
    """These tracks, as far as they exist."""
    rows = rows_in(connection, select_tracks(), tracks.c.id, ids)
    return {track.id: track for track in tracks_of(connection, rows)}


def albums_by_id(connection: Connection, ids: Iterable[str]) -> dict[str, Album]:
    """These albums, as far as they exist."""
    rows = rows_in(connection, select(albums), albums.c.id, ids)
    return {album.id: album for album in albums_of(connection, rows)}


def artists_by_id(connection: Connection, ids: Iterable[str]) -> dict[str, Artist]:
    """These artists, as far as they exist."""
    rows = rows_in(connection, select(artists), artists.c.id, ids)
    return {artist.id: artist for artist in artists_of(rows)}


def rows_in(
    connection: Connection, query: Select[Any], column: Any, values: Iterable[Any]
) -> list[Row[Any]]:
    """Rows whose column is one of these values, however many there are."""
    wanted = list(values)
    rows: list[Row[Any]] = []
    for start in range(0, len(wanted), NAMES_PER_QUERY):
        part = wanted[start : start + NAMES_PER_QUERY]
        rows.extend(connection.execute(query.where(column.in_(part))))
    return rows


def _credits(
    connection: Connection, links: Table, owner: str, ids: list[str]
) -> dict[str, tuple[ArtistRef, ...]]:
    column = links.c[owner]
    query = select(column.label("owner"), artists.c.id, artists.c.name).join_from(links, artists)
    found: dict[str, tuple[ArtistRef, ...]] = {}
    for row in rows_in(connection, query.order_by(column, links.c.position), column, ids):
        found[row.owner] = (*found.get(row.owner, ()), ArtistRef(row.id, row.name))
    return found


def _gain(row: Row[Any]) -> Gain | None:
    gains = (row.track_gain_db, row.track_peak, row.album_gain_db, row.album_peak)
    if gains == (None, None, None, None):
        return None
    track_gain, track_peak, album_gain, album_peak = gains
    return Gain(
        track_gain_db=track_gain,
        track_peak=track_peak,
        album_gain_db=album_gain,
        album_peak=album_peak,
    )
