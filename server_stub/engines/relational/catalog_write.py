"""Storing tracks: names become ids, links are laid anew, files of one folder are grouped."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from server_stub.catalog.model.entries import (
    AlbumEntry,
    Credit,
    TrackEntry,
    compilation_of,
    is_mixed,
)
from server_stub.catalog.model.text import identity, sort_key
from server_stub.catalog.ports import Incoming
from server_stub.engines.relational.catalog_feed import Touched, record
from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.catalog_search import entry_row
from server_stub.engines.relational.catalog_tables import (
    album_artists,
    albums,
    artists,
    failed_files,
    files,
    lyrics,
    search_entries,
    track_artists,
    track_genres,
    tracks,
)
from server_stub.engines.relational.upsert import upsert
from sync.wire.catalog import Gain
from sync.wire.ids import new_id

Group = tuple[bytes, str]
"""Folder and album name of files that name no album artist."""

_NO_GAIN = Gain()


def put(connection: Connection, batch: Sequence[Incoming], now_ms: int) -> None:
    """Store tracks with all that hangs on them."""
    touched = Touched()
    groups = {_group(item.entry) for item in batch if item.entry.lone_artist is not None}
    known = [item.track_id for item in batch if item.track_id]
    mixed = _mixed(connection, groups, [item.entry for item in batch], known)
    entries = [
        (item.track_id or new_id(), _placed(item.entry, mixed), item.track_id is not None)
        for item in batch
    ]
    _leave(connection, known, touched)
    people = [credit for _id, entry, _known in entries for credit in entry.artists]
    owned = [entry.album for _id, entry, _known in entries]
    artist_ids = _artist_ids(
        connection, people + [credit for album in owned for credit in album.artists], touched
    )
    album_ids = _album_ids(connection, owned, artist_ids, now_ms, touched)
    writer = _Rows(artist_ids, album_ids, now_ms)
    for track_id, entry, _known in entries:
        writer.add(track_id, entry)
    writer.write(connection, known)
    touched.tracks.update(track_id for track_id, _entry, _known in entries)
    touched.albums.update(album_ids[entry.album.key] for _id, entry, _known in entries)
    touched.artists.update(artist_ids.values())
    regroup(connection, groups, touched)
    record(connection, touched)


class _Rows:
    """Rows of a batch, table by table, so that each table is written by one statement."""

    def __init__(self, artist_ids: dict[str, str], album_ids: dict[str, str], now_ms: int) -> None:
        self._artist_ids = artist_ids
        self._album_ids = album_ids
        self._now_ms = now_ms
        self._tracks: list[dict[str, Any]] = []
        self._artists: list[dict[str, Any]] = []
        self._genres: list[dict[str, Any]] = []
        self._lyrics: list[dict[str, Any]] = []
        self._files: list[dict[str, Any]] = []
        self._search: list[dict[str, Any]] = []

    def add(self, track_id: str, entry: TrackEntry) -> None:
        """Take one track apart."""
        order = sort_key(entry.title)
        self._tracks.append(self._track(track_id, entry, order))
        self._files.append(_file(track_id, entry))
        for position, credit in enumerate(entry.artists):
            self._artists.append(
                {
                    "track_id": track_id,
                    "position": position,
                    "artist_id": self._artist_ids[credit.key],
                    "sort_title": order,
                }
            )
        for genre in entry.tags.genres:
            self._genres.append(
                {
                    "track_id": track_id,
                    "genre": identity(genre),
                    "name": genre,
                    "sort_title": order,
                }
            )
        if entry.lyrics is not None:
            self._lyrics.append(
                {
                    "track_id": track_id,
                    "kind": entry.lyrics.kind,
                    "language": entry.lyrics.language,
                    "lines": msgspec.json.encode(entry.lyrics.lines),
                }
            )
        context = [credit.name for credit in entry.artists] + [entry.album.title]
        self._search.append(entry_row("track", track_id, entry.title, context))

    def write(self, connection: Connection, known: Sequence[str]) -> None:
        """Store everything; `known` tracks lose their old links first."""
        for links in (track_artists, track_genres, lyrics) if known else ():
            connection.execute(delete(links).where(links.c.track_id.in_(known)))
        upsert(connection, tracks, self._tracks, ("id",), keep=("added_at",))
        upsert(connection, files, self._files, ("track_id",))
        for table, rows in (
            (track_artists, self._artists),
            (track_genres, self._genres),
            (lyrics, self._lyrics),
        ):
            if rows:
                connection.execute(insert(table), rows)
        upsert(connection, search_entries, self._search, ("id",))
        paths = [row["path"] for row in self._files]
        connection.execute(delete(failed_files).where(failed_files.c.path.in_(paths)))

    def _track(self, track_id: str, entry: TrackEntry, order: str) -> dict[str, Any]:
        tags = entry.tags
        gain = entry.gain or _NO_GAIN
        return {
            "id": track_id,
            "album_id": self._album_ids[entry.album.key],
            "title": entry.title,
            "sort_title": order,
            "disc": entry.disc,
            "number": entry.number,
            "duration_ms": entry.scanned.audio.duration_ms,
            "year": entry.year,
            "genres": _names(tags.genres),
            "cover": entry.scanned.cover,
            "lyrics": entry.lyrics.kind if entry.lyrics else "none",
            "isrc": tags.isrc,
            "recording_mbid": tags.recording_mbid,
            "label": tags.label,
            "composers": _names(tags.composers),
            "track_gain_db": gain.track_gain_db,
            "track_peak": gain.track_peak,
            "album_gain_db": gain.album_gain_db,
            "album_peak": gain.album_peak,
            "added_at": self._now_ms,
            "damage": entry.scanned.damage,
        }


def _names(values: tuple[str, ...]) -> str:
    return msgspec.json.encode(values).decode() if values else "[]"


def _file(track_id: str, entry: TrackEntry) -> dict[str, Any]:
    path = os.fsencode(entry.file.path)
    cover_file = entry.scanned.cover_file
    return {
        "track_id": track_id,
        "path": path,
        "folder": path.rpartition(b"/")[0],
        **entry.file.stamp._asdict(),
        "fingerprint": entry.scanned.fingerprint,
        "sidecars": entry.file.sidecars,
        "cover_file": os.fsencode(cover_file) if cover_file else None,
        "codec": entry.scanned.audio.codec,
        "duration_ms": entry.scanned.audio.duration_ms,
        "sample_rate": entry.scanned.audio.sample_rate,
        "channels": entry.scanned.audio.channels,
        "album_tag": entry.album_tag,
        "lone_artist": entry.lone_artist,
    }


def _leave(connection: Connection, known: Sequence[str], touched: Touched) -> None:
    """Known tracks may leave their albums and artists: these must be looked at afterwards."""
    query = select(tracks.c.album_id)
    touched.albums.update(row.album_id for row in rows_in(connection, query, tracks.c.id, known))
    links = select(track_artists.c.artist_id)
    rows = rows_in(connection, links, track_artists.c.track_id, known)
    touched.artists.update(row.artist_id for row in rows)


def _artist_ids(
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


def _album_ids(
    connection: Connection,
    owned: Iterable[AlbumEntry],
    artist_ids: dict[str, str],
    now_ms: int,
    touched: Touched,
) -> dict[str, str]:
    """Ids by key; albums that are new are stored."""
    wanted = {album.key: album for album in owned}
    query = select(albums.c.id, albums.c.key)
    ids = {row.key: row.id for row in rows_in(connection, query, albums.c.key, wanted)}
    fresh = {key: album for key, album in wanted.items() if key not in ids}
    ids.update({key: new_id() for key in fresh})
    if fresh:
        connection.execute(
            insert(albums), [_album(ids[key], album, now_ms) for key, album in fresh.items()]
        )
        connection.execute(
            insert(album_artists),
            [
                {
                    "album_id": ids[key],
                    "position": position,
                    "artist_id": artist_ids[credit.key],
                    "sort_title": sort_key(album.title),
                }
                for key, album in fresh.items()
                for position, credit in enumerate(album.artists)
            ],
        )
        rows = [
            entry_row("album", ids[key], album.title, [credit.name for credit in album.artists])
            for key, album in fresh.items()
        ]
        upsert(connection, search_entries, rows, ("id",))
    touched.created.update(ids[key] for key in fresh)
    return ids


def _album(album_id: str, album: AlbumEntry, now_ms: int) -> dict[str, Any]:
    return {
        "id": album_id,
        "key": album.key,
        "title": album.title,
        "sort_title": sort_key(album.title),
        "compilation": album.compilation,
        "release_mbid": album.release_mbid,
        "added_at": now_ms,
    }


def _group(entry: TrackEntry) -> Group:
    return os.fsencode(entry.file.path).rpartition(b"/")[0], entry.album_tag


def _placed(entry: TrackEntry, mixed: set[Group]) -> TrackEntry:
    if entry.lone_artist is None or _group(entry) not in mixed:
        return entry
    album = compilation_of(entry.album.title, entry.album.release_mbid)
    return replace(entry, album=album)


def _mixed(
    connection: Connection,
    groups: Iterable[Group],
    entries: Sequence[TrackEntry],
    known: Sequence[str],
) -> set[Group]:
    """Groups that are compilations, with these entries in place of the known tracks."""
    lone: dict[Group, set[str]] = {}
    for entry in entries:
        if entry.lone_artist is not None:
            lone.setdefault(_group(entry), set()).add(entry.lone_artist)
    replaced = set(known)
    for group in groups:
        for row in _members(connection, group):
            if row.track_id not in replaced:
                lone.setdefault(group, set()).add(row.lone_artist)
    return {group for group, names in lone.items() if is_mixed(names)}


def _members(connection: Connection, group: Group) -> list[Row[Any]]:
    folder, album_tag = group
    query = (
        select(files.c.track_id, files.c.lone_artist, tracks.c.album_id)
        .join_from(files, tracks, tracks.c.id == files.c.track_id)
        .where(files.c.folder == folder, files.c.album_tag == album_tag)
        .where(files.c.lone_artist.is_not(None))
    )
    return list(connection.execute(query))


def regroup(connection: Connection, groups: Iterable[Group], touched: Touched) -> None:
    """Move tracks of these groups to the album their folder makes them part of now."""
    for group in sorted(groups):
        members = _members(connection, group)
        together = is_mixed(row.lone_artist for row in members)
        album_query = select(albums)
        rows = rows_in(connection, album_query, albums.c.id, {row.album_id for row in members})
        current = {row.id: row for row in rows}
        for member in members:
            _regroup_one(connection, member, current[member.album_id], touched, together=together)


def _regroup_one(
    connection: Connection,
    member: Row[Any],
    current: Row[Any],
    touched: Touched,
    *,
    together: bool,
) -> None:
    if together:
        album = compilation_of(current.title, current.release_mbid)
    else:
        name = connection.execute(
            select(artists.c.name).where(artists.c.key == member.lone_artist)
        ).scalar_one()
        album = AlbumEntry(current.title, (Credit(name),), current.release_mbid, compilation=False)
    if album.key == current.key:
        return
    artist_ids = _artist_ids(connection, album.artists, touched)
    album_ids = _album_ids(connection, [album], artist_ids, current.added_at, touched)
    album_id = album_ids[album.key]
    connection.execute(
        update(tracks).where(tracks.c.id == member.track_id).values(album_id=album_id)
    )
    touched.tracks.add(member.track_id)
    touched.albums.update((current.id, album_id))
    touched.artists.update(artist_ids.values())
