"""Tracks, albums and artists as an import writes them: tags with every gap filled."""

from dataclasses import dataclass, field
from functools import lru_cache

from server_stub.catalog.model.lyrics import SongText
from server_stub.catalog.model.paths import (
    UNKNOWN_ALBUM,
    UNKNOWN_ARTIST,
    PathNames,
    album_folder,
    disc_from,
    names_from,
)
from server_stub.catalog.model.scan import FoundFile
from server_stub.catalog.model.tags import ScannedFile, Tags
from server_stub.catalog.model.text import identity
from sync.wire.catalog import Gain

VARIOUS_ARTISTS = "Various Artists"
_NO_GUESS = PathNames("")


@dataclass(frozen=True, slots=True)
class Credit:
    """An artist by name; `mbid` where the tags know it."""

    name: str
    mbid: str | None = None
    key: str = field(init=False, compare=False)
    """What makes two credits the same artist."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", identity(self.name))


@dataclass(frozen=True, slots=True)
class AlbumEntry:
    """An album as one file names it."""

    title: str
    artists: tuple[Credit, ...]
    release_mbid: str | None
    compilation: bool
    key: str = field(init=False, compare=False)
    """What makes two files name the same album."""

    def __post_init__(self) -> None:
        owners = "\x1f".join(artist.key for artist in self.artists)
        key = f"{owners}\x1e{identity(self.title)}\x1e{self.release_mbid or ''}"
        object.__setattr__(self, "key", key)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackEntry:
    """One file, ready to be stored."""

    file: FoundFile
    scanned: ScannedFile
    title: str
    artists: tuple[Credit, ...]
    album: AlbumEntry
    disc: int
    number: int
    year: int | None
    lone_artist: str | None
    """Key of the first artist when the tags name no album artist: what such a file belongs to
    depends on its neighbours, see `groups`."""

    @property
    def tags(self) -> Tags:
        """The tags as read."""
        return self.scanned.tags

    @property
    def lyrics(self) -> SongText | None:
        """The lyrics as read."""
        return self.scanned.lyrics

    @property
    def gain(self) -> Gain | None:
        """The gains as tagged."""
        return self.scanned.tags.gain

    @property
    def group(self) -> tuple[str, str]:
        """The folder (of the whole album, not of one disc) and the album's name: files that share
        both are neighbours."""
        return album_folder(self.file.path), identity(self.album.title)


def entry_of(file: FoundFile, scanned: ScannedFile, root: str) -> TrackEntry:
    """Fill what the tags leave open from file and folder names."""
    tags = scanned.tags
    guess = names_from(file.path, root) if _has_gaps(tags) else _NO_GUESS
    artists = _credits(tags.artists or tags.album_artists, tags.artist_mbids)
    if not artists:
        artists = (Credit(guess.artist or UNKNOWN_ARTIST),)
    owners = _credits(tags.album_artists, tags.album_artist_mbids)
    if not owners and tags.compilation:
        owners = (Credit(VARIOUS_ARTISTS),)
    if not owners and not tags.album and guess.album_artist:
        owners = (Credit(guess.album_artist),)
    album = AlbumEntry(
        title=tags.album or guess.album or UNKNOWN_ALBUM,
        artists=owners or artists[:1],
        release_mbid=tags.release_mbid,
        compilation=tags.compilation or _various(owners),
    )
    return TrackEntry(
        file=file,
        scanned=scanned,
        title=tags.title or guess.title,
        artists=artists,
        album=album,
        disc=tags.disc or guess.disc or disc_from(file.path) or 1,
        number=tags.number or (0 if tags.title else guess.number),
        year=tags.year or (None if tags.album else guess.year),
        lone_artist=None if owners else artists[0].key,
    )


def _has_gaps(tags: Tags) -> bool:
    return not (tags.title and tags.artists and tags.album)


def _various(owners: tuple[Credit, ...]) -> bool:
    return len(owners) == 1 and owners[0].key == identity(VARIOUS_ARTISTS)


@lru_cache(8192)
def _credits(names: tuple[str, ...], mbids: tuple[str, ...]) -> tuple[Credit, ...]:
    """Names with their MusicBrainz ids, which pair up only when there is one for each."""
    ids = mbids if len(names) == len(mbids) else (None,) * len(names)
    found: dict[str, Credit] = {}
    for name, mbid in zip(names, ids, strict=True):
        found.setdefault(identity(name), Credit(name, mbid))
    return tuple(found.values())
