"""The things of the account in use: which stores and ways to the server they stand on."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from player.adapters.outbox_http import HttpCarrier
from player.adapters.playlists_http import HttpPlaylists
from player.bootstrap.servers import CurrentServer
from player.engine.belongings import Belongings, Own
from player.engine.home import Home
from player.engine.profiles import ServerProfile
from player.playback.ports import Clock
from sync.adapters.marks_sqlite import SqliteMarkStore
from sync.adapters.outbox_sqlite import SqliteOutboxStore
from sync.adapters.playlists_sqlite import SqlitePlaylistStore
from sync.collection.service import Collection
from sync.outbox.service import Outbox
from sync.playlists.service import Playlists


def open_belongings(
    home: Home, server: CurrentServer, clock: Clock, on_change: Callable[[], None]
) -> Belongings:
    """Everything of whoever signs in; nothing is opened yet."""
    return Belongings(_opener(home, server, clock), server.signed_in, on_change)


def _opener(
    home: Home, server: CurrentServer, clock: Clock
) -> Callable[[ServerProfile, Belongings], Awaitable[Own]]:
    carrier = HttpCarrier(server.signed_in)

    async def opened(profile: ServerProfile, belongings: Belongings) -> Own:
        folder = home.own / _name(profile)
        sent = await asyncio.to_thread(SqliteOutboxStore, folder / "outbox.db")
        marks = await asyncio.to_thread(SqliteMarkStore, folder / "marks.db")
        outbox = Outbox(sent, carrier, on_change=belongings.changed, on_applied=belongings.applied)
        collection = Collection(
            marks,
            outbox,
            now_ms=lambda: int(clock.unix() * 1000),
            on_change=belongings.changed,
        )
        await collection.open()
        playlists = Playlists(
            await asyncio.to_thread(SqlitePlaylistStore, folder / "playlists.db"),
            HttpPlaylists(server.signed_in),
            client=profile.device_id,
            on_change=lambda _: belongings.changed(),
        )
        await playlists.open()
        return Own(profile, outbox, collection, playlists)

    return opened


def _name(profile: ServerProfile) -> str:
    """A folder name for an account: no address in it, the same each time."""
    account = f"{profile.url}\n{profile.user_id}"
    return hashlib.sha256(account.encode()).hexdigest()[:24]
