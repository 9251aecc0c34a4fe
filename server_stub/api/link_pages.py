"""`/track/ID`, `/album/ID`, `/artist/ID`: what a shared link shows in a browser or a chat."""

from html import escape

from litestar import Response, get
from litestar.params import FromPath

from server_stub.api.oauth_routes import base_url
from server_stub.api.pages import page
from server_stub.api.policy import PUBLIC, Contexts
from server_stub.api.responses import AnyRequest
from server_stub.api.services import Services
from server_stub.kernel.errors import NotFoundError
from sync.wire.catalog import ArtistRef
from sync.wire.ids import is_id, uri


@get("/track/{track_id:str}", opt=PUBLIC, include_in_schema=False)
async def track_page(
    services: Contexts, request: AnyRequest, track_id: FromPath[str]
) -> Response[str]:
    """A track."""
    _check(track_id, services)
    track = await services.catalog.track(track_id)
    about = f"{_names(track.artists)} · {track.album.title}"
    return _link_page(base_url(request, services), ("track", track_id), track.title, about)


@get("/album/{album_id:str}", opt=PUBLIC, include_in_schema=False)
async def album_page(
    services: Contexts, request: AnyRequest, album_id: FromPath[str]
) -> Response[str]:
    """An album."""
    _check(album_id, services)
    album = await services.catalog.album(album_id)
    year = f" · {album.year}" if album.year else ""
    about = f"{_names(album.artists)}{year} · {album.track_count} tracks"
    return _link_page(base_url(request, services), ("album", album_id), album.title, about)


@get("/artist/{artist_id:str}", opt=PUBLIC, include_in_schema=False)
async def artist_page(
    services: Contexts, request: AnyRequest, artist_id: FromPath[str]
) -> Response[str]:
    """An artist."""
    _check(artist_id, services)
    artist = await services.catalog.artist(artist_id)
    about = f"{artist.album_count} albums · {artist.track_count} tracks"
    return _link_page(base_url(request, services), ("artist", artist_id), artist.name, about)


_TYPES = {"track": "music.song", "album": "music.album", "artist": "profile"}


def _check(identifier: str, services: Services) -> None:
    if not services.settings.links.preview or not is_id(identifier):
        raise NotFoundError("there is no such page")


def _names(artists: tuple[ArtistRef, ...]) -> str:
    return ", ".join(artist.name for artist in artists)


def _link_page(base: str, link: tuple[str, str], title: str, about: str) -> Response[str]:
    kind, identifier = link
    body = (
        f"<h1>{escape(title)}</h1>\n<p>{escape(about)}</p>\n"
        "<p>To listen, type this in a terminal:</p>\n"
        f"<p><code>segue play {escape(uri(kind, identifier))}</code></p>"
    )
    properties = (
        ("og:title", title),
        ("og:description", about),
        ("og:type", _TYPES[kind]),
        ("og:url", f"{base}/{kind}/{identifier}"),
        ("og:site_name", "Segue"),
    )
    return page(f"{title} · Segue", body, properties=properties)


HANDLERS = [track_page, album_page, artist_page]
