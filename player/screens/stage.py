"""What every page works with: the engine, the last state it told, the look, the covers."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import msgspec

from player.errors import PlayerError
from player.screens.ports import Clock, Engine
from player.styles.palette import Palette
from player.widgets.covers import Covers
from player.widgets.model import LibrarySummary, Notice, PlayerState
from player.widgets.paging import Fetch, Fetched
from sync.wire.catalog import Album, Artist, Track


class Shell(Protocol):
    """What a page may ask of the frame around it."""

    def run(self, name: str, **args: Any) -> None:
        """Run a command of the registry."""
        ...

    def call(self, command: str, **args: Any) -> None:
        """Call the engine and show what goes wrong."""
        ...

    def tell(self, notice: Notice) -> None:
        """Show a toast."""
        ...

    def open_album(self, identifier: str) -> object:
        """Show an album's page."""
        ...

    def open_artist(self, identifier: str) -> object:
        """Show an artist's page."""
        ...

    def hints_changed(self) -> None:
        """Footer and crumbs of the page are others now."""
        ...

    def settle(self) -> None:
        """Give the focus back to the page's list."""
        ...


@dataclass
class Stage:
    """Shared by all pages; the frame keeps it up to date."""

    engine: Engine
    clock: Clock
    palette: Palette
    shell: Shell
    covers: Covers = field(init=False)
    state: PlayerState = field(default_factory=PlayerState)
    library: LibrarySummary = field(default_factory=LibrarySummary)
    dialled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the engine has answered for the first time, or could not be had."""

    def __post_init__(self) -> None:
        self.covers = Covers(self._find_cover)

    async def ask(self, command: str, **args: Any) -> Any:
        """Call the engine, once it has been dialled. Raises PlayerError."""
        await self.dialled.wait()
        return await self.engine.call(command, **args)

    async def _find_cover(self, cover: str, pixels: int) -> Path:
        answer = await self.ask("cover", cover=cover, size=pixels)
        try:
            return Path(answer["path"])
        except (KeyError, TypeError) as error:
            raise PlayerError("the cover has no file") from error

    def tracks(self, **query: Any) -> Fetch[Track]:
        """Fetch tracks of the library."""
        return self._listing("tracks", Track, query)

    def albums(self, **query: Any) -> Fetch[Album]:
        """Fetch albums of the library."""
        return self._listing("albums", Album, query)

    def artists(self, **query: Any) -> Fetch[Artist]:
        """Fetch artists of the library."""
        return self._listing("artists", Artist, query)

    def _listing(self, kind: str, shape: type[Any], query: dict[str, Any]) -> Fetch[Any]:
        given = {name: value for name, value in query.items() if value}

        async def fetch(offset: int, limit: int) -> Fetched[Any]:
            answer = await self.ask("library.list", kind=kind, offset=offset, limit=limit, **given)
            items = decode(answer.get("items", ()), list[shape])  # type: ignore[valid-type]  # a parameter
            return Fetched(int(answer.get("total", len(items))), items)

        return fetch


def decode(data: Any, shape: Any) -> Any:
    """An answer as a typed value. Raises PlayerError if it is not what was agreed."""
    try:
        return msgspec.convert(data, shape, strict=False)
    except msgspec.ValidationError as error:
        raise PlayerError(f"the engine's answer cannot be read: {error}") from error
