"""Tracks, albums and artists as an import writes them: tags with every gap filled."""

from collections.abc import Iterable
from dataclasses import dataclass

from server_stub.catalog.model.lyrics import SongText
from server_stub.catalog.model.paths import UNKNOWN_ALBUM, UNKNOWN_ARTIST, PathNames, names_from
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

    @property
    def key(self) -> str:
        """What makes two credits the same artist."""
        return identity(self.name)


@dataclass(frozen=True, slots=True)
class AlbumEntry:
    """An album as one file names it."""

    title: str
    artists: tuple[Credit, ...]
    release_mbid: str | None
    compilation: bool

    @property
    def key(self) -> str:
        """What makes two files name the same album."""
        owners = "\x1f".join(artist.key for artist in self.artists)
        return f"{owners}\x1e{identity(self.title)}\x1e{self.release_mbid or ''}"


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
    """Key of the first artist when the tags name no album artist: such files of one folder with
    the same album are grouped together."""

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
    def album_tag(self) -> str:
        """The album's name as files of one folder share it."""
        return identity(self.album.title)


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
        disc=tags.disc or guess.disc or 1,
        number=tags.number or (0 if tags.title else guess.number),
        year=tags.year or (None if tags.album else guess.year),
        lone_artist=None if owners else artists[0].key,
    )


def _has_gaps(tags: Tags) -> bool:
    return not (tags.title and tags.artists and tags.album and tags.disc)


def compilation_of(title: str, release_mbid: str | None) -> AlbumEntry:
    """The album of files that name no album artist and do not agree on their artist."""
    return AlbumEntry(title, (Credit(VARIOUS_ARTISTS),), release_mbid, compilation=True)


def is_mixed(lone_artists: Iterable[str]) -> bool:
    """Whether files of one folder and album, none with an album artist, form a compilation."""
    return len(set(lone_artists)) > 1


def _various(owners: tuple[Credit, ...]) -> bool:
    return len(owners) == 1 and owners[0].key == identity(VARIOUS_ARTISTS)


def _credits(names: tuple[str, ...], mbids: tuple[str, ...]) -> tuple[Credit, ...]:
    """Names with their MusicBrainz ids, which pair up only when there is one for each."""
    ids = mbids if len(names) == len(mbids) else (None,) * len(names)
    found: dict[str, Credit] = {}
    for name, mbid in zip(names, ids, strict=True):
        found.setdefault(identity(name), Credit(name, mbid))
    return tuple(found.values())
