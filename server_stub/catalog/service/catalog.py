"""Reading the catalog."""

import asyncio
from typing import TypeVar

from server_stub.catalog.errors import (
    AlbumNotFoundError,
    ArtistNotFoundError,
    LyricsNotFoundError,
    PictureNotFoundError,
    TrackNotFoundError,
)
from server_stub.catalog.model.queries import (
    NAME_ORDER,
    PAGE_LIMIT,
    TITLE_ORDER,
    AlbumQuery,
    Key,
    Order,
    PageRequest,
    TrackQuery,
    decode_cursor,
    encode_cursor,
)
from server_stub.catalog.model.scan import DamagedFile
from server_stub.catalog.model.search import terms_of
from server_stub.catalog.ports import CatalogStore, ImportStore, Listed, Picture, Pictures
from server_stub.kernel.errors import InvalidError
from sync.wire.catalog import Album, Artist, ChangePage, Genre, Lyrics, Page, SearchHits, Track

PICTURE_SIZES = (64, 160, 320, 640)
SEARCH_LIMIT = 100

T = TypeVar("T")


class CatalogService:
    """Everything a listener can ask of the library."""

    def __init__(self, store: CatalogStore, imports: ImportStore, pictures: Pictures) -> None:
        self._store = store
        self._imports = imports
        self._pictures = pictures

    async def tracks(self, query: TrackQuery, page: PageRequest) -> Page[Track]:
        """A part of the tracks that fit."""
        after = _place(query.order, page)
        return _page(query.order, await self._store.tracks(query, page.limit, after))

    async def albums(self, query: AlbumQuery, page: PageRequest) -> Page[Album]:
        """A part of the albums that fit, by title."""
        after = _place(TITLE_ORDER, page)
        return _page(TITLE_ORDER, await self._store.albums(query, page.limit, after))

    async def artists(self, page: PageRequest) -> Page[Artist]:
        """A part of the artists, by name."""
        after = _place(NAME_ORDER, page)
        return _page(NAME_ORDER, await self._store.artists(page.limit, after))

    async def track(self, track_id: str) -> Track:
        """One track."""
        track = await self._store.track(track_id)
        if track is None:
            raise TrackNotFoundError(f"there is no track {track_id}")
        return track

    async def album(self, album_id: str) -> Album:
        """One album."""
        album = await self._store.album(album_id)
        if album is None:
            raise AlbumNotFoundError(f"there is no album {album_id}")
        return album

    async def artist(self, artist_id: str) -> Artist:
        """One artist."""
        artist = await self._store.artist(artist_id)
        if artist is None:
            raise ArtistNotFoundError(f"there is no artist {artist_id}")
        return artist

    async def genres(self) -> tuple[Genre, ...]:
        """All genres, most tracks first."""
        return await self._store.genres()

    async def lyrics(self, track_id: str) -> Lyrics:
        """The lyrics of a track."""
        lyrics = await self._store.lyrics(track_id)
        if lyrics is None:
            raise LyricsNotFoundError(f"track {track_id} has no lyrics")
        return lyrics

    async def art(self, art_id: str, size_px: int | None = None) -> Picture:
        """A cover picture in one of PICTURE_SIZES, or as it is (None)."""
        if size_px is not None and size_px not in PICTURE_SIZES:
            sizes = ", ".join(map(str, PICTURE_SIZES))
            raise InvalidError(f"pictures come in {sizes} pixels or as the original")
        files = await self._store.picture_files(art_id)
        picture = None
        if files:
            picture = await asyncio.to_thread(self._pictures.load, art_id, files, size_px)
        if picture is None:
            raise PictureNotFoundError(f"there is no picture {art_id}")
        return picture

    async def changes(self, after: int, limit: int) -> ChangePage:
        """What is new, other or gone since `after` (0: everything), oldest first."""
        if after < 0 or not 1 <= limit <= PAGE_LIMIT:
            raise InvalidError(f"after is a sequence number, limit lies between 1 and {PAGE_LIMIT}")
        return await self._store.changes(after, limit)

    async def revision(self) -> int:
        """A number that grows with every change of the catalog."""
        return await self._store.revision()

    async def search(self, text: str, limit: int = 20) -> SearchHits:
        """Tracks, albums and artists for what somebody typed, best first."""
        if not 1 <= limit <= SEARCH_LIMIT:
            raise InvalidError(f"limit lies between 1 and {SEARCH_LIMIT}, not {limit}")
        terms = terms_of(text)
        return await self._store.search(terms, limit) if terms.words else SearchHits()

    async def damaged(self, limit: int = 1000) -> tuple[DamagedFile, ...]:
        """Files that cannot be played, or not to their end, by path."""
        return await self._store.damaged(limit)

    async def report_damage(self, track_id: str, reason: str | None) -> None:
        """Note why a track cannot be played to its end, as whoever decodes it found; None: it can
        after all. The next change of the file makes the note void."""
        if not await self._imports.set_damage(track_id, reason):
            raise TrackNotFoundError(f"there is no track {track_id}")


def _place(order: Order, page: PageRequest) -> Key | None:
    return None if page.after is None else decode_cursor(order, page.after)


def _page(order: Order, listed: Listed[T]) -> Page[T]:
    cursor = None if listed.next is None else encode_cursor(order, listed.next)
    return Page(listed.items, cursor, listed.total)
