"""Storing tracks: names become ids, links are laid anew, neighbours are grouped."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from server_stub.catalog.model.entries import TrackEntry
from server_stub.catalog.model.groups import Neighbours
from server_stub.catalog.model.text import identity, sort_key
from server_stub.catalog.ports import Incoming
from server_stub.engines.relational.catalog_feed import Touched, record
from server_stub.engines.relational.catalog_groups import (
    Group,
    carry_out,
    groups_of,
    moves_of,
    neighbours_of,
    regroup,
)
from server_stub.engines.relational.catalog_names import (
    Moves,
    album_ids_of,
    artist_ids_of,
    rename_albums,
)
from server_stub.engines.relational.catalog_rows import rows_in
from server_stub.engines.relational.catalog_search import entry_row
from server_stub.engines.relational.catalog_tables import (
    albums,
    failed_files,
    files,
    lyrics,
    search_entries,
    track_artists,
    track_genres,
    tracks,
)
from server_stub.engines.relational.upsert import insert_all, upsert
from sync.wire.catalog import Gain
from sync.wire.ids import new_id

_NO_GAIN = Gain()


def put(connection: Connection, batch: Sequence[Incoming], now_ms: int) -> None:
    """Store tracks with all that hangs on them."""
    touched = Touched()
    neighbours = neighbours_of(connection, batch)
    entries = [(item.track_id or new_id(), _placed(item.entry, neighbours)) for item in batch]
    known = [item.track_id for item in batch if item.track_id]
    left = groups_of(connection, known) - {item.entry.group for item in batch}
    moved = moves_of(connection, neighbours, set(known))
    moves = _leave(connection, known, dict(entries), touched) | moved
    owned = [entry.album for _id, entry in entries]
    owned += [target for _from, target in moved.values()]
    people = [credit for _id, entry in entries for credit in entry.artists]
    people += [credit for album in owned for credit in album.artists]
    artist_ids = artist_ids_of(connection, people, touched)
    if moves:
        rename_albums(connection, moves, artist_ids, touched)
    album_ids = album_ids_of(connection, owned, artist_ids, now_ms, touched)
    carry_out(connection, moved, album_ids, touched)
    writer = _Rows(artist_ids, album_ids, now_ms)
    for track_id, entry in entries:
        writer.add(track_id, entry)
    writer.write(connection, known)
    touched.tracks.update(track_id for track_id, _entry in entries)
    touched.albums.update(album_ids[album.key] for album in owned)
    touched.artists.update(artist_ids.values())
    regroup(connection, left, touched)
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
        insert_all(connection, track_artists, self._artists)
        insert_all(connection, track_genres, self._genres)
        insert_all(connection, lyrics, self._lyrics)
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
    folder, album_tag = entry.group
    cover_file, stamp = entry.scanned.cover_file, entry.file.stamp
    return {
        "track_id": track_id,
        "path": path,
        "folder": os.fsencode(folder),
        "size": stamp.size,
        "mtime_ns": stamp.mtime_ns,
        "inode": stamp.inode,
        "fingerprint": entry.scanned.fingerprint,
        "sidecars": entry.file.sidecars,
        "cover_file": os.fsencode(cover_file) if cover_file else None,
        "codec": entry.scanned.audio.codec,
        "duration_ms": entry.scanned.audio.duration_ms,
        "sample_rate": entry.scanned.audio.sample_rate,
        "channels": entry.scanned.audio.channels,
        "album_tag": album_tag,
        "lone_artist": entry.lone_artist,
    }


def _leave(
    connection: Connection, known: Sequence[str], entries: dict[str, TrackEntry], touched: Touched
) -> Moves:
    """Known tracks may leave their albums and artists: these must be looked at afterwards. Returns
    the tracks whose album is another one now."""
    query = select(tracks.c.id, tracks.c.album_id, albums.c.key).join_from(tracks, albums)
    rows = rows_in(connection, query, tracks.c.id, known)
    touched.albums.update(row.album_id for row in rows)
    links = select(track_artists.c.artist_id)
    left = rows_in(connection, links, track_artists.c.track_id, known)
    touched.artists.update(row.artist_id for row in left)
    return {
        row.id: (row.album_id, entries[row.id].album)
        for row in rows
        if entries[row.id].album.key != row.key
    }


def _placed(entry: TrackEntry, neighbours: dict[Group, Neighbours]) -> TrackEntry:
    if entry.lone_artist is None:
        return entry
    album = neighbours[entry.group].home(entry.album)
    return entry if album is entry.album else replace(entry, album=album)
