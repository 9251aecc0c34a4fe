"""What the catalog needs of the world, in its own words."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from server_stub.catalog.model.entries import TrackEntry
from server_stub.catalog.model.queries import AlbumQuery, Key, TrackQuery
from server_stub.catalog.model.scan import DamagedFile, FoundFile, KnownFile, Listing
from server_stub.catalog.model.search import Terms
from server_stub.catalog.model.tags import ScannedFile
from sync.wire.catalog import Album, Artist, ChangePage, Genre, Lyrics, SearchHits, Track

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A part of an ordered list; `next` is the last entry's place if more follow."""

    items: tuple[T, ...]
    next: Key | None
    total: int | None = None
    """Length of the whole list, counted for its first part only."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A cover picture, ready to be sent."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class PictureFile:
    """Where a cover picture can be read: inside an audio file, or in a file beside it."""

    path: str
    embedded: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """A track to store. `track_id` is set when the file is a track already."""

    entry: TrackEntry
    track_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be read; `track_id` is set when it could be read once."""

    file: FoundFile
    reason: str
    track_id: str | None = None


class CatalogStore(Protocol):
    """The catalog as readers see it. Every call is one consistent snapshot."""

    async def tracks(self, query: TrackQuery, limit: int, after: Key | None) -> Listed[Track]:
        """Tracks in `query.order`."""
        ...

    async def albums(self, query: AlbumQuery, limit: int, after: Key | None) -> Listed[Album]:
        """Albums by title."""
        ...

    async def artists(self, limit: int, after: Key | None) -> Listed[Artist]:
        """Artists by name."""
        ...

    async def track(self, track_id: str) -> Track | None:
        """One track."""
        ...

    async def album(self, album_id: str) -> Album | None:
        """One album."""
        ...

    async def artist(self, artist_id: str) -> Artist | None:
        """One artist."""
        ...

    async def genres(self) -> tuple[Genre, ...]:
        """All genres, most tracks first."""
        ...

    async def lyrics(self, track_id: str) -> Lyrics | None:
        """The lyrics of a track."""
        ...

    async def changes(self, after: int, limit: int) -> ChangePage:
        """What was stored or removed after this sequence number, oldest first."""
        ...

    async def revision(self) -> int:
        """The newest sequence number; 0 for an empty catalog."""
        ...

    async def search(self, terms: Terms, limit: int) -> SearchHits:
        """The best `limit` tracks, albums and artists."""
        ...

    async def damaged(self, limit: int) -> tuple[DamagedFile, ...]:
        """Files that cannot be played, or not to their end, by path."""
        ...

    async def picture_files(self, art_id: str) -> tuple[PictureFile, ...]:
        """A few places that held this picture at the last import."""
        ...


class ImportStore(Protocol):
    """The catalog as an import sees it. Every call is one transaction."""

    async def known(self, root: str) -> list[KnownFile]:
        """Every file at or below a path."""
        ...

    async def move(self, moves: Sequence[tuple[KnownFile, FoundFile]]) -> None:
        """Give tracks their new paths. A file that lay there and is not moved itself is gone."""
        ...

    async def put(self, batch: Sequence[Incoming], now_ms: int) -> None:
        """Store tracks with their albums, artists, lyrics and files."""
        ...

    async def refuse(self, batch: Sequence[Refused]) -> None:
        """Remember files that cannot be read; a track keeps its id and is marked as damaged."""
        ...

    async def remove(self, gone: Sequence[KnownFile]) -> None:
        """Forget files, and albums and artists that have nothing left."""
        ...

    async def set_damage(self, track_id: str, reason: str | None) -> bool:
        """Note why a track cannot be played to its end; False if there is no such track."""
        ...


class TagReader(Protocol):
    """Opens audio files. Blocking: call it in a thread."""

    def read(self, file: FoundFile) -> ScannedFile:
        """Tags, stream facts, lyrics and cover of a file. Raises UnreadableFileError."""
        ...

    def fingerprint(self, path: str) -> bytes | None:
        """A mark of the sound that survives moving and retagging; None if it cannot be read."""
        ...


class Folders(Protocol):
    """Finds audio files."""

    def is_empty(self, root: str) -> bool:
        """Whether this is a folder without any entry. Blocking. Raises OSError if there is none."""
        ...

    def walk(self, place: str) -> Listing:
        """Every audio file at or below a path; none if it does not exist. Blocking."""
        ...

    def watch(self, roots: Sequence[str]) -> AsyncIterator[frozenset[str]]:
        """Paths that changed, gathered until it has been quiet for a moment."""
        ...


class Pictures(Protocol):
    """Reads cover pictures and makes them smaller."""

    def load(self, art_id: str, files: Sequence[PictureFile], size: int | None) -> Picture | None:
        """The picture, at most `size` pixels on each side (None: as it is). Blocking. None if no
        file holds it any more."""
        ...
