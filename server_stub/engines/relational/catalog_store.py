"""The catalog for readers, on any relational database."""

import os
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, FromClause, Row, Select, func, null, select, tuple_

from server_stub.catalog.model.queries import AlbumQuery, Key, TrackQuery
from server_stub.catalog.model.scan import DamagedFile
from server_stub.catalog.model.search import Terms
from server_stub.catalog.model.text import identity
from server_stub.catalog.ports import Listed, PictureFile
from server_stub.engines.relational.catalog_rows import (
    albums_by_id,
    albums_of,
    artists_by_id,
    artists_of,
    newest,
    select_tracks,
    tracks_by_id,
    tracks_of,
)
from server_stub.engines.relational.catalog_search import search
from server_stub.engines.relational.catalog_tables import (
    album_artists,
    albums,
    artists,
    changes,
    failed_files,
    files,
    lyrics,
    track_artists,
    track_genres,
    tracks,
)
from server_stub.engines.relational.database import Database
from sync.wire.catalog import (
    Album,
    Artist,
    Change,
    ChangePage,
    Genre,
    LyricLine,
    Lyrics,
    SearchHits,
    Track,
)

PICTURE_SOURCES = 4
_lines = msgspec.json.Decoder(tuple[LyricLine, ...])


class RelationalCatalog:
    """Reads the catalog's tables; each call is one snapshot."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._genres: tuple[int, tuple[Genre, ...]] = (-1, ())

    async def tracks(self, query: TrackQuery, limit: int, after: Key | None) -> Listed[Track]:
        """Tracks in `query.order`."""
        return await self._database.read(lambda c: _tracks(c, query, limit, after))

    async def albums(self, query: AlbumQuery, limit: int, after: Key | None) -> Listed[Album]:
        """Albums by title."""
        return await self._database.read(lambda c: _albums(c, query, limit, after))

    async def artists(self, limit: int, after: Key | None) -> Listed[Artist]:
        """Artists by name."""
        return await self._database.read(lambda c: _artists(c, limit, after))

    async def track(self, track_id: str) -> Track | None:
        """One track."""
        found = await self._database.read(lambda c: tracks_by_id(c, [track_id]))
        return found.get(track_id)

    async def album(self, album_id: str) -> Album | None:
        """One album."""
        found = await self._database.read(lambda c: albums_by_id(c, [album_id]))
        return found.get(album_id)

    async def artist(self, artist_id: str) -> Artist | None:
        """One artist."""
        found = await self._database.read(lambda c: artists_by_id(c, [artist_id]))
        return found.get(artist_id)

    async def genres(self) -> tuple[Genre, ...]:
        """All genres, most tracks first. Counting walks a whole index: once per revision."""
        revision = await self.revision()
        if self._genres[0] != revision:
            self._genres = (revision, await self._database.read(_genres))
        return self._genres[1]

    async def lyrics(self, track_id: str) -> Lyrics | None:
        """The lyrics of a track."""
        query = select(lyrics).where(lyrics.c.track_id == track_id)
        row = await self._database.read(lambda c: c.execute(query).first())
        if row is None:
            return None
        return Lyrics(
            track_id=track_id, kind=row.kind, lines=_lines.decode(row.lines), language=row.language
        )

    async def changes(self, after: int, limit: int) -> ChangePage:
        """What was stored or removed after this sequence number, oldest first."""
        return await self._database.read(lambda c: _changes(c, after, limit))

    async def revision(self) -> int:
        """The newest sequence number."""
        return await self._database.read(newest)

    async def search(self, terms: Terms, limit: int) -> SearchHits:
        """The best `limit` tracks, albums and artists."""
        return await self._database.read(lambda c: search(c, terms, limit))

    async def damaged(self, limit: int) -> tuple[DamagedFile, ...]:
        """Files that cannot be played, or not to their end, by path."""
        return await self._database.read(lambda c: _damaged(c, limit))

    async def picture_files(self, art_id: str) -> tuple[PictureFile, ...]:
        """A few places that held this picture at the last import."""
        query = (
            select(files.c.path, files.c.cover_file)
            .join(tracks, tracks.c.id == files.c.track_id)
            .where(tracks.c.cover == art_id)
            .limit(PICTURE_SOURCES)
        )
        rows = await self._database.read(lambda c: c.execute(query).all())
        return tuple(
            PictureFile(os.fsdecode(row.cover_file or row.path), embedded=row.cover_file is None)
            for row in rows
        )


def _tracks(
    connection: Connection, query: TrackQuery, limit: int, after: Key | None
) -> Listed[Track]:
    listing, order = _track_listing(query)
    total = None if after is not None else _count(connection, listing, order[-1].table)
    rows = _part(connection, listing, order, limit, after)
    items = tracks_of(connection, rows[:limit])
    return Listed(tuple(items), _last_place(rows, limit, order), total)


def _track_listing(query: TrackQuery) -> tuple[Select[Any], tuple[Column[Any], ...]]:
    """The tracks that fit and the columns that order them, walking one index where that can be."""
    listing = select_tracks()
    artist, genre = query.artist, identity(query.genre) if query.genre else None
    if query.album:
        order: tuple[Column[Any], ...] = (tracks.c.disc, tracks.c.number, tracks.c.id)
        listing = listing.where(tracks.c.album_id == query.album)
    elif artist:
        order = (track_artists.c.sort_title, track_artists.c.track_id)
        listing = listing.join(track_artists, track_artists.c.track_id == tracks.c.id)
        listing, artist = listing.where(track_artists.c.artist_id == artist), None
    elif genre:
        order = (track_genres.c.sort_title, track_genres.c.track_id)
        listing = listing.join(track_genres, track_genres.c.track_id == tracks.c.id)
        listing, genre = listing.where(track_genres.c.genre == genre), None
    else:
        order = (tracks.c.sort_title, tracks.c.id)
    if artist:
        listing = listing.where(order[-1].in_(_tracks_by(artist)))
    if genre:
        listing = listing.where(order[-1].in_(_tracks_in(genre)))
    return listing, order


def _tracks_by(artist_id: str) -> Select[Any]:
    return select(track_artists.c.track_id).where(track_artists.c.artist_id == artist_id)


def _tracks_in(genre: str) -> Select[Any]:
    return select(track_genres.c.track_id).where(track_genres.c.genre == genre)


def _albums(
    connection: Connection, query: AlbumQuery, limit: int, after: Key | None
) -> Listed[Album]:
    listing = select(albums)
    if query.artist:
        made = select(album_artists.c.album_id).where(album_artists.c.artist_id == query.artist)
        on_it = select(tracks.c.album_id).where(tracks.c.id.in_(_tracks_by(query.artist)))
        listing = listing.where(albums.c.id.in_(made.union(on_it)))
    if query.genre:
        inside = _tracks_in(identity(query.genre))
        listing = listing.where(
            albums.c.id.in_(select(tracks.c.album_id).where(tracks.c.id.in_(inside)))
        )
    order = (albums.c.sort_title, albums.c.id)
    total = None if after is not None else _count(connection, listing, albums)
    rows = _part(connection, listing, order, limit, after)
    items = albums_of(connection, rows[:limit])
    return Listed(tuple(items), _last_place(rows, limit, order), total)


def _artists(connection: Connection, limit: int, after: Key | None) -> Listed[Artist]:
    listing = select(artists)
    order = (artists.c.sort_name, artists.c.id)
    total = None if after is not None else _count(connection, listing, artists)
    rows = _part(connection, listing, order, limit, after)
    return Listed(tuple(artists_of(rows[:limit])), _last_place(rows, limit, order), total)


def _count(connection: Connection, listing: Select[Any], walked: FromClause) -> int:
    """Length of a list. Its conditions are on the table it walks: what is joined only to be shown
    need not be looked at."""
    query = select(func.count()).select_from(walked)
    if listing.whereclause is not None:
        query = query.where(listing.whereclause)
    total: int = connection.execute(query).scalar_one()
    return total


def _part(
    connection: Connection,
    listing: Select[Any],
    order: tuple[Column[Any], ...],
    limit: int,
    after: Key | None,
) -> Sequence[Row[Any]]:
    """The rows of one page, and one more if there is one."""
    if after is not None:
        listing = listing.where(tuple_(*order) > tuple_(*after))
    return connection.execute(listing.order_by(*order).limit(limit + 1)).all()


def _last_place(rows: Sequence[Row[Any]], limit: int, order: tuple[Column[Any], ...]) -> Key | None:
    """The place of the page's last row, if more rows follow."""
    if len(rows) <= limit:
        return None
    names = ("id" if column.name == "track_id" else column.name for column in order)
    return tuple(getattr(rows[limit - 1], name) for name in names)


def _damaged(connection: Connection, limit: int) -> tuple[DamagedFile, ...]:
    kept = (
        select(files.c.path, tracks.c.damage.label("reason"), files.c.track_id)
        .join_from(files, tracks, tracks.c.id == files.c.track_id)
        .where(tracks.c.damage.is_not(None))
    )
    never = select(failed_files.c.path, failed_files.c.reason, null().label("track_id"))
    listing = kept.union_all(never).subquery()
    query = select(listing).order_by(listing.c.path).limit(limit)
    return tuple(
        DamagedFile(os.fsdecode(row.path), row.reason, row.track_id)
        for row in connection.execute(query)
    )


def _genres(connection: Connection) -> tuple[Genre, ...]:
    count = func.count().label("tracks")
    query = (
        select(func.min(track_genres.c.name).label("name"), count)
        .group_by(track_genres.c.genre)
        .order_by(count.desc(), track_genres.c.genre)
    )
    return tuple(Genre(row.name, row.tracks) for row in connection.execute(query))


def _changes(connection: Connection, after: int, limit: int) -> ChangePage:
    query = select(changes).where(changes.c.seq > after).order_by(changes.c.seq).limit(limit + 1)
    rows = connection.execute(query).all()
    part = rows[:limit]
    living: dict[str, list[str]] = {"track": [], "album": [], "artist": []}
    for row in part:
        if not row.removed:
            living[row.kind].append(row.id)
    found_tracks = tracks_by_id(connection, living["track"])
    found_albums = albums_by_id(connection, living["album"])
    found_artists = artists_by_id(connection, living["artist"])
    items = tuple(
        Change(
            seq=row.seq,
            kind=row.kind,
            id=row.id,
            track=found_tracks.get(row.id) if row.kind == "track" else None,
            album=found_albums.get(row.id) if row.kind == "album" else None,
            artist=found_artists.get(row.id) if row.kind == "artist" else None,
        )
        for row in part
    )
    return ChangePage(items, part[-1].seq if part else after, len(rows) > limit)
