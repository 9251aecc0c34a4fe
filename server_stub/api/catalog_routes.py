"""The library: tracks, albums, artists, genres, covers, lyrics, changes and search.

Everything here follows from the catalog's revision, so one weak tag serves all lists and a caller
that is up to date gets 304 without a query. Pictures are named by their content and never change.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from server_stub.api.policy import BEARER, SIGNED_IN, Contexts
from server_stub.api.responses import (
    AnyRequest,
    is_current,
    json,
    not_modified,
    revision_tag,
)
from server_stub.api.services import Services
from server_stub.catalog.model.queries import AlbumQuery, PageRequest, TrackQuery
from server_stub.kernel.errors import InvalidError, NotFoundError
from sync.wire.catalog import Album, Artist, ChangePage, Genre, Lyrics, Page, SearchHits, Track
from sync.wire.ids import is_id

PICTURE_SIZES: dict[str, int | None] = {
    "64": 64,
    "160": 160,
    "320": 320,
    "640": 640,
    "original": None,
}
_REVALIDATE = "private, no-cache"
_IMMUTABLE = "private, max-age=31536000, immutable"
_TAGS = ["catalog"]
_MAX_LIMIT = 500

Limit = Annotated[
    int, QueryParameter(ge=1, le=_MAX_LIMIT, description="How many items a page may hold.")
]
After = Annotated[
    str | None, QueryParameter(max_length=512, description="`next` of the page before.")
]
Name = Annotated[str | None, QueryParameter(max_length=200)]
PictureSize = Literal["64", "160", "320", "640", "original"]


@get("/v1/tracks", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def list_tracks(  # noqa: PLR0913 -- each parameter is one of the query string
    services: Contexts,
    request: AnyRequest,
    limit: Limit = 100,
    after: After = None,
    artist: Name = None,
    album: Name = None,
    genre: Name = None,
) -> Response[Page[Track]]:
    """Tracks, by artist, album or genre if named (artist and album by id)."""
    # lizard forgives: each parameter is one of the query string
    query = TrackQuery(artist=artist, album=album, genre=genre)
    page = PageRequest(limit=limit, after=after)
    return await _cached(request, services, lambda: services.catalog.tracks(query, page))


@get("/v1/tracks/{track_id:str}", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def get_track(
    services: Contexts, request: AnyRequest, track_id: FromPath[str]
) -> Response[Track]:
    """One track."""
    _check(track_id, "track")
    return await _cached(request, services, lambda: services.catalog.track(track_id))


@get("/v1/tracks/{track_id:str}/lyrics", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def get_lyrics(
    services: Contexts, request: AnyRequest, track_id: FromPath[str]
) -> Response[Lyrics]:
    """The lyrics of a track, timed by line or word where they are."""
    _check(track_id, "track")
    return await _cached(request, services, lambda: services.catalog.lyrics(track_id))


@get("/v1/albums", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def list_albums(
    services: Contexts,
    request: AnyRequest,
    limit: Limit = 100,
    after: After = None,
    artist: Name = None,
    genre: Name = None,
) -> Response[Page[Album]]:
    """Albums, by artist (by id) or genre if named."""
    query = AlbumQuery(artist=artist, genre=genre)
    page = PageRequest(limit=limit, after=after)
    return await _cached(request, services, lambda: services.catalog.albums(query, page))


@get("/v1/albums/{album_id:str}", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def get_album(
    services: Contexts, request: AnyRequest, album_id: FromPath[str]
) -> Response[Album]:
    """One album."""
    _check(album_id, "album")
    return await _cached(request, services, lambda: services.catalog.album(album_id))


@get("/v1/artists", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def list_artists(
    services: Contexts, request: AnyRequest, limit: Limit = 100, after: After = None
) -> Response[Page[Artist]]:
    """Artists."""
    page = PageRequest(limit=limit, after=after)
    return await _cached(request, services, lambda: services.catalog.artists(page))


@get("/v1/artists/{artist_id:str}", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def get_artist(
    services: Contexts, request: AnyRequest, artist_id: FromPath[str]
) -> Response[Artist]:
    """One artist."""
    _check(artist_id, "artist")
    return await _cached(request, services, lambda: services.catalog.artist(artist_id))


@get("/v1/genres", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def list_genres(services: Contexts, request: AnyRequest) -> Response[list[Genre]]:
    """All genres and how many tracks carry each."""
    return await _cached(request, services, services.catalog.genres)


@get("/v1/art/{cover:str}", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def get_art(
    services: Contexts, request: AnyRequest, cover: FromPath[str], size: FromQuery[str] = "320"
) -> Response[bytes]:
    """A cover, scaled to fit a square of `size` pixels (64, 160, 320, 640) or `original`."""
    if size not in PICTURE_SIZES:
        raise InvalidError(f"size is not one of {', '.join(PICTURE_SIZES)}")
    if not is_id(cover):
        raise NotFoundError("there is no such picture")
    etag = f'"{cover}-{size}"'
    if is_current(request, etag):
        return not_modified(etag, _IMMUTABLE)
    picture = await services.catalog.art(cover, PICTURE_SIZES[size])
    headers = {
        "content-type": picture.media_type,
        "etag": etag,
        "cache-control": _IMMUTABLE,
        "x-content-type-options": "nosniff",
    }
    return Response(picture.data, headers=headers)


@get("/v1/changes", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def list_changes(
    services: Contexts,
    request: AnyRequest,
    after: Annotated[int, QueryParameter(ge=0, le=2**53)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=_MAX_LIMIT)] = 200,
) -> Response[ChangePage]:
    """What changed in the catalog after a cursor, in order."""
    return await _cached(request, services, lambda: services.catalog.changes(after, limit))


@get("/v1/search", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def search(
    services: Contexts,
    request: AnyRequest,
    q: Annotated[str, QueryParameter(min_length=1, max_length=200)],
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
) -> Response[SearchHits]:
    """Tracks, albums and artists that fit the words, best first."""
    return await _cached(request, services, lambda: services.catalog.search(q, limit))


async def _cached(
    request: AnyRequest, services: Services, query: Callable[[], Awaitable[object]]
) -> Response[Any]:
    """Answer from the catalog as it is now, or say that the caller has it."""
    etag = revision_tag(await services.catalog.revision())
    if is_current(request, etag):
        return not_modified(etag, _REVALIDATE)
    return json(request, await query(), etag=etag, cache_control=_REVALIDATE)


def _check(identifier: str, kind: str) -> None:
    if not is_id(identifier):
        raise NotFoundError(f"there is no such {kind}")


HANDLERS = [
    list_tracks,
    get_track,
    get_lyrics,
    list_albums,
    get_album,
    list_artists,
    get_artist,
    list_genres,
    get_art,
    list_changes,
    search,
]
