"""Lists, search, lyrics and covers: from this machine first."""

import json
import re
import time
from collections.abc import Callable
from typing import Any, Literal, Protocol

import msgspec

from player.engine.keepsakes import Keepsakes
from player.engine.services.desk import Entry, Nothing, Table
from player.errors import NotFoundError, UsageError
from sync.library import Library, LibraryNews
from sync.matching import words_of
from sync.ports import ListQuery, Sort
from sync.wire.catalog import EntityKind

_MOST_ROWS = 500
_NO_LYRICS = b'{"kind":"none","lines":[]}'
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

Plural = Literal["tracks", "albums", "artists"]
_KINDS: dict[Plural, EntityKind] = {"tracks": "track", "albums": "album", "artists": "artist"}


class ListArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """library.list"""

    kind: Plural
    offset: int = 0
    limit: int = 100
    sort: Sort = "default"
    album: str = ""
    artist: str = ""
    filter: str = ""


class GetArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """library.get"""

    kind: EntityKind
    id: str


class SearchArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """search"""

    q: str
    limit: int = 20


class TrackArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """lyrics"""

    track: str


class CoverArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """cover"""

    cover: str
    size: Literal["64", "160", "320", "640", "original", 64, 160, 320, 640] = "320"


class Pictures(Protocol):
    """The server, as far as lyrics and covers go."""

    async def lyrics(self, track_id: str) -> bytes | None:
        """Lyrics as JSON."""
        ...

    async def picture(self, cover_id: str, size: str) -> bytes | None:
        """A cover."""
        ...


class LibraryService:
    """Reads the mirror; `server` gives the signed-in server or raises SignedOutError."""

    def __init__(
        self, library: Library, keepsakes: Keepsakes, server: Callable[[], Pictures]
    ) -> None:
        self._library = library
        self._keepsakes = keepsakes
        self._server = server

    def commands(self) -> Table:
        """By name."""
        return {
            "library.list": Entry(ListArgs, self.list),
            "library.get": Entry(GetArgs, self.get),
            "library.news": Entry(Nothing, self.news),
            "search": Entry(SearchArgs, self.search),
            "lyrics": Entry(TrackArgs, self.lyrics),
            "cover": Entry(CoverArgs, self.cover),
        }

    async def list(self, args: ListArgs) -> dict[str, Any]:
        """A part of a list."""
        query = ListQuery(
            kind=_KINDS[args.kind],
            offset=max(0, args.offset),
            limit=max(0, min(args.limit, _MOST_ROWS)),
            sort=args.sort,
            album=args.album,
            artist=args.artist,
            words=words_of(args.filter),
        )
        total, bodies = await self._library.page(query)
        return {
            "revision": self._library.news().revision,
            "total": total,
            "items": _items(bodies),
        }

    async def get(self, args: GetArgs) -> Any:
        """One entity."""
        body = await self._library.body(args.kind, args.id)
        if body is None:
            remedy = "segue sync refreshes the library"
            raise NotFoundError(f"the library has no such {args.kind}", remedy=remedy)
        return json.loads(body)

    async def news(self, _: Nothing) -> dict[str, Any]:
        """What the library holds."""
        return news_json(self._library.news())

    async def search(self, args: SearchArgs) -> dict[str, Any]:
        """What is meant by a text."""
        began = time.perf_counter()
        found = await self._library.search(args.q, max(1, min(args.limit, _MOST_ROWS)))
        return {
            "tracks": _items(found.tracks),
            "albums": _items(found.albums),
            "artists": _items(found.artists),
            "took_ms": round((time.perf_counter() - began) * 1000, 2),
            "source": "local",
        }

    async def lyrics(self, args: TrackArgs) -> Any:
        """Lyrics of a track; of kind `none` if it has none."""
        track = self._library.track(_checked(args.track))
        if track is not None and track.lyrics == "none":
            return {"track_id": args.track, **json.loads(_NO_LYRICS)}
        kept = await self._keepsakes.changing(
            f"lyrics-{args.track}", lambda: self._server().lyrics(args.track)
        )
        return {"track_id": args.track, **json.loads(kept or _NO_LYRICS)}

    async def cover(self, args: CoverArgs) -> dict[str, Any]:
        """The file of a cover."""
        cover, size = _checked(args.cover), str(args.size)
        path = await self._keepsakes.lasting(
            f"cover-{cover}-{size}", lambda: self._server().picture(cover, size)
        )
        if path is None:
            raise NotFoundError("there is no such cover")
        return {"path": str(path)}


def news_json(news: LibraryNews) -> dict[str, Any]:
    """The `library` event."""
    return {
        "revision": news.revision,
        "tracks": news.counts.tracks,
        "albums": news.counts.albums,
        "artists": news.counts.artists,
        "syncing": news.syncing,
    }


def _items(bodies: list[bytes]) -> Any:
    return json.loads(b"[" + b",".join(bodies) + b"]")


def _checked(name: str) -> str:
    """An id that is safe as part of a file name. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not an id")
    return name
