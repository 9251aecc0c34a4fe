"""Likes, ratings and other marks; what the server has not taken, and what to do about it."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from player.engine.belongings import Belongings
from player.engine.links import Links
from player.engine.services.desk import Entry, Nothing, Table
from player.errors import NotFoundError, PlayerError, UsageError
from sync.errors import OutboxFullError
from sync.library import Library
from sync.wire.catalog import EntityKind
from sync.wire.collection import BEST_RATING, MARKS, MarkKind
from sync.wire.ids import parse_uri, uri

_MOST_ROWS = 500
_LIKING: dict[str, MarkKind] = {"track": "liked", "album": "saved", "artist": "followed"}
"""What it means to like a thing."""


class MarkArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """like, unlike, rate: of what is named, else of what plays."""

    uri: str = ""
    query: str = ""
    value: int = 1


class MarkedArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """marks.list"""

    kind: MarkKind = "liked"
    offset: int = 0
    limit: int = 100


class RefusalArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """outbox.retry, outbox.drop"""

    id: str


class MarksService:
    """Commands over the things of the account in use; `current` is the track that plays, or ""."""

    def __init__(
        self,
        belongings: Belongings,
        links: Links,
        library: Library,
        current: Callable[[], str],
    ) -> None:
        self._belongings = belongings
        self._links = links
        self._library = library
        self._current = current

    def commands(self) -> Table:
        """By name."""
        return {
            "like": Entry(MarkArgs, self.like),
            "unlike": Entry(MarkArgs, self.unlike),
            "like_current": Entry(Nothing, self.like_current),
            "rate": Entry(MarkArgs, self.rate),
            "marks.list": Entry(MarkedArgs, self.list),
            "outbox": Entry(Nothing, self.outbox),
            "outbox.retry": Entry(RefusalArgs, self.retry),
            "outbox.drop": Entry(RefusalArgs, self.drop),
        }

    async def like(self, args: MarkArgs) -> dict[str, Any]:
        """Like a track, save an album, follow an artist."""
        kind, target = await self._meant(args)
        return await self._put(_LIKING[kind], target, 1)

    async def unlike(self, args: MarkArgs) -> dict[str, Any]:
        """Take that back."""
        kind, target = await self._meant(args)
        return await self._put(_LIKING[kind], target, 0)

    async def like_current(self, _: Nothing) -> dict[str, Any]:
        """Like the track that plays, or take that back."""
        kind, target = await self._meant(MarkArgs())
        liked = self._belongings.own.collection.value("liked", target)
        return await self._put(_LIKING[kind], target, int(not liked))

    async def rate(self, args: MarkArgs) -> dict[str, Any]:
        """Rate a track; 0 takes the rating away."""
        if not 0 <= args.value <= BEST_RATING:
            raise UsageError(f"a rating is 1 to {BEST_RATING}, or 0 for none")
        kind, target = await self._meant(args)
        if kind != "track":
            raise UsageError("tracks are rated; albums and artists are liked")
        return await self._put("rated", target, args.value)

    async def list(self, args: MarkedArgs) -> dict[str, Any]:
        """Marked things, newest mark first. What the library has not (any more) is left out."""
        entity: EntityKind = MARKS[args.kind]
        collection = self._belongings.own.collection
        targets = collection.targets(args.kind)
        begin = max(0, args.offset)
        items = []
        for target in targets[begin : begin + max(0, min(args.limit, _MOST_ROWS))]:
            body = await self._library.body(entity, target)
            if body is not None:
                items.append(json.loads(body) | {"value": collection.value(args.kind, target)})
        return {"total": len(targets), "items": items}

    async def outbox(self, _: Nothing) -> dict[str, Any]:
        """What has not reached the server, and what it refused."""
        outbox = self._belongings.own.outbox
        refusals = [
            {"id": r.intent.id, "kind": r.intent.kind, "about": r.intent.key, "reason": r.reason}
            for r in await outbox.refusals()
        ]
        return {"waiting": outbox.pending.waiting, "trouble": outbox.trouble, "refused": refusals}

    async def retry(self, args: RefusalArgs) -> dict[str, Any]:
        """Send a refused one again."""
        if not await self._belongings.own.outbox.retry(args.id):
            raise NotFoundError(f"nothing with the id {args.id} was refused", remedy="segue outbox")
        return {}

    async def drop(self, args: RefusalArgs) -> dict[str, Any]:
        """Give a refused one up."""
        own = self._belongings.own
        if not await own.outbox.drop(args.id):
            raise NotFoundError(f"nothing with the id {args.id} was refused", remedy="segue outbox")
        await own.collection.reread()
        return {}

    async def _meant(self, args: MarkArgs) -> tuple[EntityKind, str]:
        """What to mark. Raises NotFoundError, UsageError."""
        link = args.uri or (await self._links.best(args.query) if args.query else "")
        if not link:
            current = self._current()
            if not current:
                raise UsageError("nothing plays", remedy="name what is meant: segue like WORDS")
            return "track", current
        parsed = parse_uri(link)
        if parsed is None or parsed[0] not in _LIKING:
            raise UsageError(f"{link} is not a track, an album or an artist")
        kind, target = parsed
        if await self._library.body(kind, target) is None:  # type: ignore[arg-type]  # checked above
            raise NotFoundError(f"the library has no such {kind}", remedy="segue sync")
        return kind, target  # type: ignore[return-value]  # checked above

    async def _put(self, kind: MarkKind, target: str, value: int) -> dict[str, Any]:
        try:
            await self._belongings.own.collection.put(kind, target, value)
        except OutboxFullError as error:
            raise PlayerError(str(error), remedy="free some space on the disk") from error
        return {"kind": kind, "uri": uri(MARKS[kind], target), "value": value}
