"""An engine that plays nothing: the protocol's answers over an invented catalog.

It ships so that the player can be shown, drawn and tested without sound and server. Time passes
only by its clock.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from player.engine.client import Event, Subscription
from player.engine.protocol import Topic
from player.errors import EngineError, PlayerError
from player.screens.fake_answers import ANSWERS, SLOW
from player.screens.fake_catalog import FakeCatalog
from player.screens.fake_figures import figures
from player.screens.ports import Clock, ManualClock
from player.widgets.model import Connection, LibrarySummary, PlayerState, Quality, QueueSummary
from sync.wire.ids import parse_uri


class FakeEngine:
    """Does what the protocol says, at once, and writes down what it was asked."""

    def __init__(self, *, tracks: int = 100_000, clock: Clock | None = None) -> None:
        self.catalog = FakeCatalog(tracks)
        self.clock = clock or ManualClock()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refuses: dict[str, PlayerError] = {}
        """Commands that fail, and how."""
        self.gate = asyncio.Event()
        """Cleared: no list is answered until it is set."""
        self.gate.set()
        self.queue: list[int] = []
        self.yours = 0
        self.index: int | None = None
        self._before: list[tuple[list[int], int, int | None]] = []
        self._revision = 1
        self._subscriptions: list[Subscription] = []
        self.state = PlayerState(
            volume=72,
            connection=Connection("online", "demo.example", "Mara"),
            sink="Desk speakers",
            at=self.clock.monotonic(),
        )

    # -- the port

    async def connect(self) -> None:
        """There is nothing to connect to."""

    async def close(self) -> None:
        """End all subscriptions."""
        for subscription in self._subscriptions:
            subscription.close()

    def subscribe(self, *topics: Topic) -> Subscription:
        """News, the present state first."""
        subscription = Subscription(frozenset(topics))
        self._subscriptions.append(subscription)
        subscription.put(Event("state", self.status()))
        subscription.put(Event("library", msgspec.to_builtins(self.library())))
        subscription.put(Event("diagnostics", figures(self.state)))
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription."""
        subscription.close()
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    @property
    def followed(self) -> frozenset[str]:
        """Topics that somebody follows."""
        return frozenset(topic for one in self._subscriptions for topic in one.topics)

    async def call(self, command: str, **args: Any) -> Any:
        """Answer a command. Raises EngineError for one that is refused or unknown."""
        self.calls.append((command, args))
        if command in self.refuses:
            raise self.refuses[command]
        if command in SLOW:
            await self.gate.wait()
        answer = ANSWERS.get(command)
        if answer is None:
            raise EngineError("usage", f"there is no command {command}")
        return answer(self, **args)

    # -- what a demonstration or a test sets up

    def play_tracks(self, numbers: Iterable[int], start: int = 0, *, yours: int = 0) -> None:
        """Play tracks of the catalog from one of them on."""
        self.queue, self.index, self.yours = list(numbers), start, yours
        self._begin()

    def change(self, **values: Any) -> None:
        """Change the state and tell everybody."""
        self.state = msgspec.structs.replace(self.state, **values)
        self.tell("state", self.status())

    def tell(self, topic: str, data: Any) -> None:
        """Push an event."""
        for subscription in self._subscriptions:
            subscription.put(Event(topic, data))

    def status(self) -> dict[str, Any]:
        """The state as it travels."""
        summary = QueueSummary(self._revision, self.index, len(self.queue))
        after = None if self.index is None else self.index + 1
        following = self.queue[after] if after and after < len(self.queue) else None
        state = msgspec.structs.replace(
            self.state,
            queue=summary,
            next=None if following is None else self.catalog.track(following),
        )
        data: dict[str, Any] = msgspec.to_builtins(state)
        return data

    def library(self) -> LibrarySummary:
        """How much there is."""
        of = self.catalog
        return LibrarySummary(1, of.track_count, of.album_count, of.artist_count)

    # -- playback

    def _begin(self) -> None:
        if self.index is None or not 0 <= self.index < len(self.queue):
            self.index = None
            self.change(status="idle", track=None, entry=None, position_ms=0, duration_ms=0)
            return
        track = self.catalog.track(self.queue[self.index])
        self.change(
            status="playing",
            track=track,
            entry=f"e{self.index}",
            position_ms=0,
            at=self.clock.monotonic(),
            duration_ms=track.duration_ms,
            buffered_ms=min(track.duration_ms, 48_000),
            buffer_s=48.0,
            quality=Quality("aac", 320, 2, 3, "", "throughput 1,940 kb/s"),
        )

    def _place(self, position_ms: float) -> None:
        place = max(0.0, min(position_ms, self.state.duration_ms))
        ahead = min(self.state.duration_ms, max(self.state.buffered_ms, place + 48_000))
        self.change(position_ms=place, at=self.clock.monotonic(), buffered_ms=ahead)

    def play(self, uri: str = "", uris: tuple[str, ...] = (), start: int = 0, **_: Any) -> None:
        """Play links from one of them on."""
        numbers = [n for link in (uris or (uri,)) for n in self.numbers(link)]
        if uri or uris:
            self._remember()
            self.play_tracks(numbers, start)
        else:
            self.pause(paused=False)

    def pause(self, *, paused: bool = True) -> None:
        """Stop or go on."""
        position = self.state.position(self.clock.monotonic())
        status = "idle" if self.state.track is None else "paused" if paused else "playing"
        self.change(status=status, position_ms=position, at=self.clock.monotonic())

    def toggle(self) -> None:
        """Pause or go on."""
        self.pause(paused=self.state.status == "playing")

    def skip(self, steps: int) -> None:
        """Another row of the queue."""
        if self.index is not None:
            self.index = max(0, self.index + steps)
            self._begin()

    def seek(self, ms: float | None = None, delta_ms: float = 0) -> None:
        """Another place in the track."""
        here = self.state.position(self.clock.monotonic())
        self._place(here + delta_ms if ms is None else ms)

    def volume(self, value: int | None = None, delta: int = 0) -> None:
        """Louder or softer."""
        level = self.state.volume + delta if value is None else value
        self.change(volume=max(0, min(100, level)), muted=False)

    def repeat(self, mode: str | None = None) -> None:
        """The next way of repeating."""
        order = {"off": "all", "all": "one", "one": "off"}
        self.change(repeat=mode or order[self.state.repeat])

    def limit(self, **values: Any) -> dict[str, Any]:
        """Another quality, or a connection that is metered."""
        self.change(limits=msgspec.structs.replace(self.state.limits, **values))
        shown: dict[str, Any] = msgspec.to_builtins(self.state.limits)
        return shown

    # -- the queue

    def _remember(self) -> None:
        self._before.append((list(self.queue), self.yours, self.index))

    def _queue_changed(self) -> None:
        self._revision += 1
        self.tell("queue", {"revision": self._revision})
        self.change()

    def queue_list(self, offset: int = 0, limit: int = 100) -> dict[str, Any]:
        """Rows of the queue."""
        rows = [
            {
                "entry": f"e{place}",
                "track": msgspec.to_builtins(self.catalog.track(self.queue[place])),
                "section": self._section(place),
                "reason": "you added it" if self._section(place) == "yours" else "from the album",
            }
            for place in range(offset, min(offset + limit, len(self.queue)))
        ]
        return {
            "revision": self._revision,
            "total": len(self.queue),
            "index": self.index,
            "rows": rows,
        }

    def _section(self, place: int) -> str:
        index = -1 if self.index is None else self.index
        if place == index:
            return "now"
        if place < index:
            return "played"
        return "yours" if place <= index + self.yours else "context"

    def queue_add(
        self, uris: tuple[str, ...] = (), query: str = "", where: str = "end"
    ) -> dict[str, int]:
        """Add tracks behind the others that were added, or right behind what plays."""
        self._remember()
        numbers = [n for uri in uris for n in self.numbers(uri)]
        if query:
            numbers += [n for n in range(600) if query in self.catalog.track(n).title.casefold()][
                :1
            ]
        first = 0 if self.index is None else self.index + 1
        at = first if where == "next" else first + self.yours
        self.queue[at:at] = numbers
        self.yours += len(numbers)
        self._queue_changed()
        return {"added": len(numbers)}

    def queue_move(self, entry: str, to: int) -> None:
        """Put a row elsewhere."""
        self._remember()
        self.queue.insert(to, self.queue.pop(int(entry[1:])))
        self._queue_changed()

    def queue_remove(self, entries: tuple[str, ...]) -> None:
        """Take rows out."""
        self._remember()
        gone = {int(entry[1:]) for entry in entries}
        index = -1 if self.index is None else self.index
        self.yours -= sum(1 for place in gone if index < place <= index + self.yours)
        self.queue = [n for place, n in enumerate(self.queue) if place not in gone]
        self._queue_changed()

    def queue_clear(self) -> None:
        """Nothing after what plays."""
        self._remember()
        self.queue = [] if self.index is None else self.queue[: self.index + 1]
        self.yours = 0
        self._queue_changed()

    def queue_jump(self, entry: str) -> None:
        """Play a row."""
        self.index = int(entry[1:])
        self._begin()

    def queue_undo(self) -> None:
        """As before the last edit."""
        if not self._before:
            raise EngineError("failed", "there is nothing to undo")
        self.queue, self.yours, self.index = self._before.pop()
        self._queue_changed()

    # -- the library

    def numbers(self, uri: str) -> list[int]:
        """Numbers of the tracks behind a link."""
        if uri == "segue:library":
            return list(range(min(500, self.catalog.track_count)))
        kind, identifier = parse_uri(uri) or ("", "")
        number = self.catalog.number_of(kind, identifier) if kind else None
        if number is None:
            raise EngineError("not_found", f"there is nothing behind {uri}")
        if kind == "track":
            return [number]
        step = self.catalog.artist_count
        albums = [number] if kind == "album" else range(number, self.catalog.album_count, step)
        return [n for album in albums for n in self.catalog.tracks_of(album)]

    def library_list(
        self, kind: str = "tracks", offset: int = 0, limit: int = 100, **query: Any
    ) -> dict[str, Any]:
        """A part of a list."""
        numbers = self._listed(kind, query)
        make = self._maker(kind)
        return {
            "revision": 1,
            "total": len(numbers),
            "items": [msgspec.to_builtins(make(n)) for n in numbers[offset : offset + limit]],
        }

    def _maker(self, kind: str) -> Callable[[int], Any]:
        of = self.catalog
        table: dict[str, Callable[[int], Any]] = {
            "tracks": of.track,
            "albums": of.album,
            "artists": of.artist,
        }
        return table[kind]

    def _listed(self, kind: str, query: dict[str, Any]) -> range | list[int]:
        numbers = self._numbers_of(kind, query)
        if not query.get("filter"):
            return numbers
        wanted = str(query["filter"]).casefold()
        make = self._maker(kind)
        return [n for n in numbers[:2000] if wanted in _label(make(n)).casefold()]

    def _numbers_of(self, kind: str, query: dict[str, Any]) -> range | list[int]:
        of = self.catalog
        size = {"tracks": of.track_count, "albums": of.album_count, "artists": of.artist_count}
        numbers: range | list[int] = range(size[kind])
        if query.get("album"):
            album = of.number_of("album", query["album"])
            numbers = list(of.tracks_of(album)) if album is not None else []
        elif query.get("artist"):
            artist = of.number_of("artist", query["artist"]) or 0
            numbers = range(artist, of.album_count, of.artist_count)
            if kind == "tracks":
                numbers = [n for album in numbers for n in of.tracks_of(album)]
        return numbers

    def library_get(self, kind: str, id: str) -> Any:  # noqa: A002 -- the name it has there
        """One thing."""
        number = self.catalog.number_of(kind, id)
        if number is None:
            raise EngineError("not_found", f"there is no such {kind}")
        return msgspec.to_builtins(self._maker(f"{kind}s")(number))

    def search(self, q: str, limit: int = 20) -> dict[str, Any]:
        """What holds all the words."""
        words = q.casefold().split()
        found: dict[str, Any] = {"took_ms": 6, "source": "local"}
        for kind, size in (("tracks", 600), ("albums", 60), ("artists", 60)):
            make = self._maker(kind)
            numbers = self._listed(kind, {})[:size]
            hits = [i for i in map(make, numbers) if all(w in _label(i).casefold() for w in words)]
            found[kind] = [msgspec.to_builtins(hit) for hit in hits[:limit]]
        return found

    def lyrics(self, track: str) -> Any:
        """The lyrics of a track."""
        number = self.catalog.number_of("track", track)
        if number is None:
            raise EngineError("not_found", "there is no such track")
        return msgspec.to_builtins(self.catalog.lyrics(number))

    def cover(self, cover: str, size: int) -> Any:
        """Nothing here has a picture."""
        raise EngineError("not_found", f"there is no picture {cover} of {size} pixels")


def _label(item: Any) -> str:
    return str(getattr(item, "title", "") or getattr(item, "name", ""))
