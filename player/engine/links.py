"""From links and words to tracks."""

from collections.abc import Awaitable, Callable

import msgspec

from player.errors import NotFoundError, UsageError
from sync.library import Found, Library
from sync.matching import plain
from sync.ot.model import Playlist
from sync.ports import ListQuery
from sync.wire.catalog import EntityKind
from sync.wire.ids import parse_uri, uri

LIBRARY = "segue:library"


class _Named(msgspec.Struct):
    id: str
    title: str = ""
    name: str = ""


class Links:
    """Resolves against the local library, so it works offline."""

    def __init__(
        self,
        library: Library,
        playlist: Callable[[str], Awaitable[Playlist]] | None = None,
        signed_in: Callable[[], object] = lambda: None,
    ) -> None:
        """`playlist` gives the playlist of an id or raises PlayerError; `signed_in` raises
        SignedOutError, which is why an empty library has nothing.
        """
        self._library = library
        self._playlist = playlist
        self._signed_in = signed_in

    async def tracks(self, link: str) -> tuple[list[str], str]:
        """(track ids in playing order, why they are there).

        Raises NotFoundError, UsageError, SignedOutError.
        """
        if link == LIBRARY:
            return await self._all(), "from your library"
        parsed = parse_uri(link)
        if parsed is None:
            raise UsageError(f"{link} is not a link", remedy="segue search WORDS shows links")
        kind, identifier = parsed
        if kind == "track":
            await self._name("track", identifier)
            return [identifier], "you chose it"
        if kind == "album":
            title = await self._name("album", identifier)
            query = ListQuery(kind="track", album=identifier, limit=0)
            return self._some(await self._library.ids(query), title), f"from {title}"
        if kind == "artist":
            name = await self._name("artist", identifier)
            query = ListQuery(kind="track", artist=identifier, limit=0)
            return self._some(await self._library.ids(query), name), f"by {name}"
        if kind == "playlist" and self._playlist is not None:
            playlist = await self._playlist(identifier)
            known = [e.track for e in playlist.items if self._library.track(e.track) is not None]
            return self._some(known, playlist.name), f"from {playlist.name}"
        remedy = "tracks, albums, artists and playlists can"
        raise UsageError(f"{kind} cannot be played", remedy=remedy)

    async def around(self, link: str) -> tuple[list[str], int | None, str]:
        """(tracks, where to begin, why): a track is played among the others of its album."""
        tracks, reason = await self.tracks(link)
        track = self._library.track(tracks[0])
        if len(tracks) > 1 or track is None:
            return tracks, None, reason
        album = ListQuery(kind="track", album=track.album.id, limit=0)
        tracks = await self._library.ids(album)
        return tracks, tracks.index(track.id), f"from {track.album.title}"

    async def best(self, words: str) -> str:
        """The link of what the words mean most likely. Raises NotFoundError, SignedOutError."""
        found = await self._library.search(words, 3)
        hit = _exactly(found, plain(words)) or _first(found)
        if hit is None:
            raise self._missing(f"nothing is called {words}")
        return uri(*hit)

    async def _all(self) -> list[str]:
        ids = await self._library.ids(ListQuery(kind="track", limit=0))
        return self._some(ids, "the library")

    async def _name(self, kind: EntityKind, identifier: str) -> str:
        body = await self._library.body(kind, identifier)
        if body is None:
            raise self._missing(f"the library has no such {kind}")
        named = msgspec.json.decode(body, type=_Named)
        return named.title or named.name

    def _some(self, ids: list[str], name: str) -> list[str]:
        if not ids:
            raise self._missing(f"{name} has no tracks")
        return ids

    def _missing(self, message: str) -> NotFoundError:
        if not self._library.news().counts.tracks:
            self._signed_in()
        return NotFoundError(message, remedy="segue sync refreshes the library")


def _exactly(found: Found, words: str) -> tuple[str, str] | None:
    kinds = (("artist", found.artists), ("album", found.albums), ("track", found.tracks))
    for kind, bodies in kinds:
        for body in bodies:
            named = msgspec.json.decode(body, type=_Named)
            if plain(named.title or named.name) == words:
                return kind, named.id
    return None


def _first(found: Found) -> tuple[str, str] | None:
    kinds = (("track", found.tracks), ("album", found.albums), ("artist", found.artists))
    for kind, bodies in kinds:
        if bodies:
            return kind, msgspec.json.decode(bodies[0], type=_Named).id
    return None
