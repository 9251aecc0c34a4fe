"""The catalog as it follows from a set of tracks, worked out anew each time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from server_stub.catalog.model.albums import AlbumTrack, summarise
from server_stub.catalog.model.entries import (
    AlbumEntry,
    Credit,
    TrackEntry,
)
from server_stub.catalog.model.groups import Neighbours
from server_stub.catalog.model.text import sort_key
from sync.wire.catalog import Album, AlbumRef, Artist, ArtistRef, Track
from sync.wire.ids import new_id


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored track."""

    id: str
    entry: TrackEntry
    added_at: int
    damage: str | None


@dataclass(slots=True)
class Shelf:
    """Everything a reader can see. Ids of albums and artists are handed on to the next shelf."""

    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, Credit] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)
    albums: dict[str, Album] = field(default_factory=dict)
    artists: dict[str, Artist] = field(default_factory=dict)
    album_added: dict[str, int] = field(default_factory=dict)
    renamed: set[str] = field(default_factory=set)
    """Ids of albums that go by another name than before."""


def shelve(kept: Iterable[Kept], before: Shelf) -> Shelf:
    """The shelf these tracks make. What was there before keeps its id and spelling."""
    shelf = Shelf(ids=dict(before.ids), names=dict(before.names))
    shelf.album_added = dict(before.album_added)
    placed = _placed(list(kept))
    _hand_on(shelf, placed, before)
    by_album: dict[str, list[tuple[Kept, AlbumEntry]]] = defaultdict(list)
    for track, album in placed:
        by_album[album.key].append((track, album))
    for key, members in by_album.items():
        _add_album(shelf, key, members, before)
    _add_artists(shelf, placed)
    living = {*shelf.albums, *shelf.artists}
    shelf.ids = {key: value for key, value in shelf.ids.items() if value in living}
    shelf.names = {key: name for key, name in shelf.names.items() if f"artist {key}" in shelf.ids}
    return shelf


def _placed(kept: list[Kept]) -> list[tuple[Kept, AlbumEntry]]:
    """Each track with the album that its folder makes it part of."""
    groups: dict[tuple[str, str], Neighbours] = defaultdict(Neighbours)
    for entry in (track.entry for track in kept):
        if entry.lone_artist is None:
            groups[entry.group].owned[entry.album.key] = entry.album
        else:
            groups[entry.group].lone.add(entry.lone_artist)
    return [(track, _album(track.entry, groups[track.entry.group])) for track in kept]


def _album(entry: TrackEntry, neighbours: Neighbours) -> AlbumEntry:
    return entry.album if entry.lone_artist is None else neighbours.home(entry.album)


def _hand_on(shelf: Shelf, placed: list[tuple[Kept, AlbumEntry]], before: Shelf) -> None:
    """An album all of whose tracks go to one and the same new album becomes that one."""
    goes: dict[str, set[str]] = defaultdict(set)
    for track, album in placed:
        if (known := before.tracks.get(track.id)) is not None:
            goes[known.album.id].add(album.key)
    for album_id, keys in sorted(goes.items()):
        key = f"album {next(iter(keys))}"
        if len(keys) == 1 and key not in shelf.ids:
            shelf.ids = {name: value for name, value in shelf.ids.items() if value != album_id}
            shelf.ids[key] = album_id
            shelf.renamed.add(album_id)


def _add_album(
    shelf: Shelf, key: str, members: list[tuple[Kept, AlbumEntry]], before: Shelf
) -> None:
    album_id = shelf.ids.setdefault(f"album {key}", new_id())
    album = members[0][1]
    known = None if album_id in shelf.renamed else before.albums.get(album_id)
    title = known.title if known else album.title
    ordered = sorted(
        (track for track, _album in members),
        key=lambda track: (track.entry.disc, track.entry.number, track.id),
    )
    summary = summarise(map(_album_track, ordered))
    added = shelf.album_added.setdefault(album_id, min(track.added_at for track in ordered))
    shelf.albums[album_id] = Album(
        id=album_id,
        title=title,
        artists=_references(shelf, album.artists),
        track_count=summary.track_count,
        duration_ms=summary.duration_ms,
        year=summary.year,
        genres=summary.genres,
        cover=summary.cover,
        label=summary.label,
        release_mbid=album.release_mbid,
        compilation=known.compilation if known else album.compilation,
        added_at=added,
    )
    for track in ordered:
        shelf.tracks[track.id] = _track(shelf, track, AlbumRef(album_id, title))


def _album_track(track: Kept) -> AlbumTrack:
    entry = track.entry
    return AlbumTrack(
        disc=entry.disc,
        number=entry.number,
        duration_ms=entry.scanned.audio.duration_ms,
        year=entry.year,
        label=entry.tags.label,
        cover=entry.scanned.cover,
        genres=entry.tags.genres,
    )


def _track(shelf: Shelf, track: Kept, album: AlbumRef) -> Track:
    entry, tags = track.entry, track.entry.tags
    return Track(
        id=track.id,
        title=entry.title,
        artists=_references(shelf, entry.artists),
        album=album,
        duration_ms=entry.scanned.audio.duration_ms,
        disc=entry.disc,
        number=entry.number,
        year=entry.year,
        genres=tags.genres,
        cover=entry.scanned.cover,
        lyrics=entry.lyrics.kind if entry.lyrics else "none",
        isrc=tags.isrc,
        recording_mbid=tags.recording_mbid,
        label=tags.label,
        composers=tags.composers,
        gain=entry.gain,
        added_at=track.added_at,
        damage=track.damage,
    )


def _references(shelf: Shelf, people: tuple[Credit, ...]) -> tuple[ArtistRef, ...]:
    found = []
    for credit in people:
        known = shelf.names.setdefault(credit.key, credit)
        if known.mbid is None and credit.mbid:
            shelf.names[credit.key] = replace(known, mbid=credit.mbid)
        artist_id = shelf.ids.setdefault(f"artist {credit.key}", new_id())
        found.append(ArtistRef(artist_id, known.name))
    return tuple(found)


def _add_artists(shelf: Shelf, placed: list[tuple[Kept, AlbumEntry]]) -> None:
    keys = {credit.key for track, _album in placed for credit in track.entry.artists}
    keys |= {credit.key for _track, album in placed for credit in album.artists}
    for key in keys:
        artist_id = shelf.ids[f"artist {key}"]
        own = [album for album in shelf.albums.values() if _credits(album.artists, artist_id)]
        covers = sorted(
            (sort_key(album.title), album.id, album.cover) for album in own if album.cover
        )
        shelf.artists[artist_id] = Artist(
            id=artist_id,
            name=shelf.names[key].name,
            album_count=len(own),
            track_count=sum(_credits(t.artists, artist_id) for t in shelf.tracks.values()),
            cover=covers[0][2] if covers else None,
            artist_mbid=shelf.names[key].mbid,
        )


def _credits(people: tuple[ArtistRef, ...], artist_id: str) -> bool:
    return any(artist.id == artist_id for artist in people)
