"""The catalog in memory: both of its stores, for tests and for trying things out."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from server_stub.catalog.model.queries import AlbumQuery, Key, TrackQuery
from server_stub.catalog.model.scan import UNREAD_SIZE, DamagedFile, FoundFile, KnownFile
from server_stub.catalog.model.search import Candidate, Terms, matches, rank, search_name
from server_stub.catalog.model.text import identity, sort_key
from server_stub.catalog.ports import Incoming, Listed, PictureFile, Refused
from server_stub.engines.memory.catalog_shelf import Kept, Shelf, shelve
from sync.wire.catalog import (
    Album,
    Artist,
    ArtistRef,
    Change,
    ChangePage,
    EntityKind,
    Genre,
    Lyrics,
    SearchHits,
    Track,
)
from sync.wire.ids import new_id

T = TypeVar("T")


class MemoryCatalog:
    """A catalog that lives as long as the object."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._failed: dict[str, KnownFile] = {}
        self._shelf = Shelf()
        self._seq = 0
        self._news: dict[tuple[EntityKind, str], int] = {}

    async def known(self, root: str) -> list[KnownFile]:
        """Every file at or below a path."""
        found = [_known(kept) for kept in self._kept.values()] + list(self._failed.values())
        top = root.rstrip("/")
        return [f for f in found if f.path == top or f.path.startswith(f"{top}/")]

    async def move(self, moves: Sequence[tuple[KnownFile, FoundFile]]) -> None:
        """Give tracks their new paths."""
        ids = {before.track_id for before, _file in moves}
        targets = {file.path for _before, file in moves}
        for kept in list(self._kept.values()):
            if kept.entry.file.path in targets and kept.id not in ids:
                del self._kept[kept.id]
        for before, file in moves:
            kept = self._kept[before.track_id or ""]
            unread = replace(file, stamp=file.stamp._replace(size=UNREAD_SIZE))
            self._kept[kept.id] = replace(kept, entry=replace(kept.entry, file=unread))
        self._rebuild()

    async def put(self, batch: Sequence[Incoming], now_ms: int) -> None:
        """Store tracks."""
        for item in batch:
            track_id = item.track_id or new_id()
            before = self._kept.get(track_id)
            added = before.added_at if before else now_ms
            self._kept[track_id] = Kept(track_id, item.entry, added, item.entry.scanned.damage)
            self._failed.pop(item.entry.file.path, None)
        self._rebuild()

    async def refuse(self, batch: Sequence[Refused]) -> None:
        """Remember files that cannot be read."""
        for item in batch:
            if item.track_id is None:
                file = item.file
                self._failed[file.path] = KnownFile(
                    file.path, file.stamp, None, file.sidecars, reason=item.reason
                )
            else:
                kept = self._kept[item.track_id]
                entry = replace(kept.entry, file=item.file)
                self._kept[kept.id] = replace(kept, entry=entry, damage=item.reason)
        self._rebuild()

    async def remove(self, gone: Sequence[KnownFile]) -> None:
        """Forget files."""
        for file in gone:
            if file.track_id is None:
                self._failed.pop(file.path, None)
            else:
                self._kept.pop(file.track_id, None)
        self._rebuild()

    async def set_damage(self, track_id: str, reason: str | None) -> bool:
        """Note why a track cannot be played to its end."""
        if track_id not in self._kept:
            return False
        self._kept[track_id] = replace(self._kept[track_id], damage=reason)
        self._rebuild()
        return True

    async def tracks(self, query: TrackQuery, limit: int, after: Key | None) -> Listed[Track]:
        """Tracks in `query.order`."""
        genre = identity(query.genre) if query.genre else None
        fitting = [
            track
            for track in self._shelf.tracks.values()
            if (not query.album or track.album.id == query.album)
            and (not query.artist or _credits(track.artists, query.artist))
            and (not genre or genre in map(identity, track.genres))
        ]
        place = _album_place if query.album else _title_place
        return _part(fitting, place, limit, after)

    async def albums(self, query: AlbumQuery, limit: int, after: Key | None) -> Listed[Album]:
        """Albums by title."""
        by_track = {
            track.album.id
            for track in self._shelf.tracks.values()
            if query.artist and _credits(track.artists, query.artist)
        }
        in_genre = {
            track.album.id
            for track in self._shelf.tracks.values()
            if query.genre and identity(query.genre) in map(identity, track.genres)
        }
        fitting = [
            album
            for album in self._shelf.albums.values()
            if (not query.artist or _credits(album.artists, query.artist) or album.id in by_track)
            and (not query.genre or album.id in in_genre)
        ]
        return _part(fitting, _title_place, limit, after)

    async def artists(self, limit: int, after: Key | None) -> Listed[Artist]:
        """Artists by name."""
        return _part(list(self._shelf.artists.values()), _name_place, limit, after)

    async def track(self, track_id: str) -> Track | None:
        """One track."""
        return self._shelf.tracks.get(track_id)

    async def album(self, album_id: str) -> Album | None:
        """One album."""
        return self._shelf.albums.get(album_id)

    async def artist(self, artist_id: str) -> Artist | None:
        """One artist."""
        return self._shelf.artists.get(artist_id)

    async def genres(self) -> tuple[Genre, ...]:
        """All genres, most tracks first."""
        names: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for track in self._shelf.tracks.values():
            for name in track.genres:
                key = identity(name)
                counts[key] += 1
                names[key] = min(names.get(key, name), name)
        ordered = sorted(counts, key=lambda key: (-counts[key], key))
        return tuple(Genre(names[key], counts[key]) for key in ordered)

    async def lyrics(self, track_id: str) -> Lyrics | None:
        """The lyrics of a track."""
        kept = self._kept.get(track_id)
        text = kept.entry.lyrics if kept else None
        if text is None:
            return None
        return Lyrics(track_id=track_id, kind=text.kind, lines=text.lines, language=text.language)

    async def changes(self, after: int, limit: int) -> ChangePage:
        """What was stored or removed after this sequence number, oldest first."""
        news = sorted((seq, kind, key) for (kind, key), seq in self._news.items() if seq > after)
        shelf = self._shelf
        items = tuple(
            Change(
                seq=seq,
                kind=kind,
                id=key,
                track=shelf.tracks.get(key) if kind == "track" else None,
                album=shelf.albums.get(key) if kind == "album" else None,
                artist=shelf.artists.get(key) if kind == "artist" else None,
            )
            for seq, kind, key in news[:limit]
        )
        return ChangePage(items, items[-1].seq if items else after, len(news) > limit)

    async def revision(self) -> int:
        """The newest sequence number."""
        return self._seq

    async def search(self, terms: Terms, limit: int) -> SearchHits:
        """The best `limit` tracks, albums and artists."""
        shelf = self._shelf

        def best(things: Iterable[Candidate]) -> list[str]:
            fitting = [thing for thing in things if terms.words and matches(thing, terms)]
            return [t.id for t in sorted(fitting, key=lambda thing: rank(thing, terms))[:limit]]

        tracks = best(
            _candidate(t.id, t.title, [*_names(t.artists), t.album.title])
            for t in shelf.tracks.values()
        )
        albums = best(_candidate(a.id, a.title, _names(a.artists)) for a in shelf.albums.values())
        artists = best(_candidate(a.id, a.name, []) for a in shelf.artists.values())
        return SearchHits(
            tuple(map(shelf.tracks.__getitem__, tracks)),
            tuple(map(shelf.albums.__getitem__, albums)),
            tuple(map(shelf.artists.__getitem__, artists)),
        )

    async def damaged(self, limit: int) -> tuple[DamagedFile, ...]:
        """Files that cannot be played, or not to their end, by path."""
        found = [
            DamagedFile(k.entry.file.path, k.damage, k.id) for k in self._kept.values() if k.damage
        ]
        found += [DamagedFile(file.path, file.reason) for file in self._failed.values()]
        return tuple(sorted(found, key=lambda file: file.path)[:limit])

    async def picture_files(self, art_id: str) -> tuple[PictureFile, ...]:
        """Places that held this picture at the last import."""
        entries = [k.entry for k in self._kept.values() if k.entry.scanned.cover == art_id]
        return tuple(
            PictureFile(e.scanned.cover_file or e.file.path, embedded=e.scanned.cover_file is None)
            for e in entries
        )

    def _rebuild(self) -> None:
        before, after = self._shelf, shelve(self._kept.values(), self._shelf)
        self._shelf = after
        self._announce("artist", before.artists, after.artists)
        self._announce("album", before.albums, after.albums)
        self._announce("track", before.tracks, after.tracks)

    def _announce(self, kind: EntityKind, before: dict[str, T], after: dict[str, T]) -> None:
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                self._seq += 1
                self._news[kind, key] = self._seq


def _known(kept: Kept) -> KnownFile:
    file = kept.entry.file
    return KnownFile(
        path=file.path,
        stamp=file.stamp,
        track_id=kept.id,
        sidecars=file.sidecars,
        fingerprint=kept.entry.scanned.fingerprint,
        reason=kept.damage or "",
    )


def _part(things: list[T], place: Callable[[T], Key], limit: int, after: Key | None) -> Listed[T]:
    ordered = sorted(things, key=place)
    rest = [thing for thing in ordered if after is None or place(thing) > after]
    items = tuple(rest[:limit])
    following = place(items[-1]) if len(rest) > limit else None
    return Listed(items, following, len(things) if after is None else None)


def _title_place(thing: Track | Album) -> Key:
    return sort_key(thing.title), thing.id


def _album_place(track: Track) -> Key:
    return track.disc, track.number, track.id


def _name_place(artist: Artist) -> Key:
    return sort_key(artist.name), artist.id


def _names(people: tuple[ArtistRef, ...]) -> list[str]:
    return [artist.name for artist in people]


def _candidate(key: str, name: str, context: list[str]) -> Candidate:
    return Candidate(key, search_name(name), " ".join(map(search_name, context)))


def _credits(people: tuple[ArtistRef, ...], artist_id: str) -> bool:
    return any(artist.id == artist_id for artist in people)
