"""Playing and the queue: commands to the controller, which answers at once."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from player.engine.links import LIBRARY, Links
from player.engine.services.desk import Entry, Nothing, Table
from player.errors import UsageError
from player.playback.controller import Controller
from player.playback.ports import Catalogue
from player.playback.queue import Repeat
from player.playback.snapshot import track_json

_MOST_ROWS = 500


class PlayArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """play"""

    uri: str = ""
    query: str = ""
    uris: tuple[str, ...] = ()
    start: int | None = None


class SeekArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """seek"""

    ms: int | None = None
    delta_ms: int | None = None


class VolumeArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """volume"""

    value: int | None = None
    delta: int | None = None


class ShuffleArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """shuffle"""

    on: bool | None = None


class RepeatArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """repeat"""

    mode: Repeat | None = None


class WindowArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """queue.list"""

    offset: int = 0
    limit: int = 100


class AddArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """queue.add"""

    uris: tuple[str, ...] = ()
    query: str = ""
    where: Literal["next", "end"] = "end"


class MoveArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """queue.move"""

    entry: str
    to: int


class RemoveArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """queue.remove"""

    entries: tuple[str, ...]


class JumpArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """queue.jump"""

    entry: str


class PlaybackService:
    """Every command answers with the state after it."""

    def __init__(
        self,
        controller: Controller,
        links: Links,
        state: Callable[[], dict[str, Any]],
        figures: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        """`figures` go with the state when it is asked for, not when it is pushed."""
        self._controller = controller
        self._links = links
        self._state = state
        self._figures = figures

    def commands(self) -> Table:
        """By name."""
        controller = self._controller
        return {
            "play": Entry(PlayArgs, self.play),
            "pause": self._plain(controller.pause),
            "resume": self._plain(controller.resume),
            "toggle": self._plain(controller.toggle),
            "next": self._plain(controller.next),
            "prev": self._plain(controller.prev),
            "mute": self._plain(controller.mute),
            "retry": self._plain(controller.retry),
            "status": Entry(Nothing, self.status),
            "seek": Entry(SeekArgs, self.seek),
            "volume": Entry(VolumeArgs, self.volume),
            "shuffle": Entry(ShuffleArgs, self.shuffle),
            "repeat": Entry(RepeatArgs, self.repeat),
        }

    async def play(self, args: PlayArgs) -> dict[str, Any]:
        """Play links or the best match."""
        start = args.start
        if args.uris:
            tracks, reason = await _all_tracks(self._links, args.uris)
        elif args.uri:
            if args.uri == LIBRARY:
                self._controller.set_shuffle(True)
            tracks, reason = await self._links.tracks(args.uri)
        else:
            link = await self._links.best(_words(args.query))
            tracks, start, reason = await self._links.around(link)
        anywhere = self._controller.queue.shuffle and start is None
        self._controller.play(tracks, start=None if anywhere else start or 0, reason=reason)
        return self._state()

    async def status(self, _: Nothing) -> dict[str, Any]:
        """The state with the figures."""
        return {**self._state(), **self._figures()}

    async def seek(self, args: SeekArgs) -> dict[str, Any]:
        """To a place, or by a step."""
        if (args.ms is None) == (args.delta_ms is None):
            raise UsageError("seek needs ms or delta_ms")
        if args.ms is not None:
            self._controller.seek(args.ms)
        elif args.delta_ms is not None:
            self._controller.seek_by(args.delta_ms)
        return self._state()

    async def volume(self, args: VolumeArgs) -> dict[str, Any]:
        """Set, or change by a step."""
        if (args.value is None) == (args.delta is None):
            raise UsageError("volume needs value or delta")
        if args.value is not None:
            self._controller.set_volume(args.value)
        elif args.delta is not None:
            self._controller.change_volume(args.delta)
        return self._state()

    async def shuffle(self, args: ShuffleArgs) -> dict[str, Any]:
        """On, off, or over."""
        self._controller.set_shuffle(args.on)
        return self._state()

    async def repeat(self, args: RepeatArgs) -> dict[str, Any]:
        """Set, or the next mode."""
        self._controller.set_repeat(args.mode)
        return self._state()

    def _plain(self, act: Callable[[], None]) -> Entry[Nothing]:
        async def work(_: Nothing) -> dict[str, Any]:
            act()
            return self._state()

        return Entry(Nothing, work)


class QueueService:
    """Looking at the queue and editing it."""

    def __init__(self, controller: Controller, links: Links, catalogue: Catalogue) -> None:
        self._controller = controller
        self._links = links
        self._catalogue = catalogue

    def commands(self) -> Table:
        """By name."""
        return {
            "queue.list": Entry(WindowArgs, self.list),
            "queue.add": Entry(AddArgs, self.add),
            "queue.move": Entry(MoveArgs, self.move),
            "queue.remove": Entry(RemoveArgs, self.remove),
            "queue.clear": Entry(Nothing, self.clear),
            "queue.jump": Entry(JumpArgs, self.jump),
            "queue.undo": Entry(Nothing, self.undo),
        }

    async def list(self, args: WindowArgs) -> dict[str, Any]:
        """A window of the rows."""
        rows = self._controller.rows(max(0, args.offset), max(0, min(args.limit, _MOST_ROWS)))
        return {
            **self._summary(),
            "rows": [
                {
                    "entry": row.entry,
                    "track_id": row.track_id,
                    "track": track_json(self._catalogue, row.track_id),
                    "section": row.section,
                    "reason": row.reason,
                    "playable": row.entry not in self._controller.detours.entries,
                }
                for row in rows
            ],
        }

    async def add(self, args: AddArgs) -> dict[str, Any]:
        """Put tracks into the queue."""
        uris = args.uris or (await self._links.best(_words(args.query)),)
        tracks, _ = await _all_tracks(self._links, uris)
        self._controller.add(tracks, where=args.where)
        return {**self._summary(), "added": len(tracks)}

    async def move(self, args: MoveArgs) -> dict[str, Any]:
        """Bring an entry to a place."""
        self._controller.move(args.entry, args.to)
        return self._summary()

    async def remove(self, args: RemoveArgs) -> dict[str, Any]:
        """Take entries out."""
        self._controller.remove(args.entries)
        return self._summary()

    async def clear(self, _: Nothing) -> dict[str, Any]:
        """Take out everything but what plays."""
        self._controller.clear()
        return self._summary()

    async def jump(self, args: JumpArgs) -> dict[str, Any]:
        """Play an entry."""
        self._controller.jump(args.entry)
        return self._summary()

    async def undo(self, _: Nothing) -> dict[str, Any]:
        """Take the last edit back."""
        done = self._controller.undo()
        return {**self._summary(), "undone": done}

    def _summary(self) -> dict[str, Any]:
        queue = self._controller.queue
        return {"revision": queue.revision, "total": len(queue), "index": queue.index}


def _words(query: str) -> str:
    if not query.strip():
        raise UsageError("nothing is named", remedy="a link, or words to search for")
    return query


async def _all_tracks(links: Links, uris: tuple[str, ...]) -> tuple[list[str], str]:
    tracks: list[str] = []
    reason = ""
    for link in uris:
        found, reason = await links.tracks(link)
        tracks += found
    return tracks, reason if len(uris) == 1 else "you chose it"
