"""A whole player on virtual time: memory server, link, store, rights and sound."""

import asyncio
from contextlib import asynccontextmanager
from random import Random

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from cache.adapters.aside_memory import MemoryAside
from cache.adapters.files_memory import MemoryFiles
from cache.front import StoreFront
from drm.rights import DeviceKey, Rights
from player.adapters.link_memory import MemoryLink
from player.adapters.server_memory import MemoryServer
from player.adapters.sound_memory import MemorySound
from player.playback.controller import Controller
from player.playback.hearing import SoundStock
from player.playback.playback_world import Listeners, PlaybackWorld
from player.playback.trace import TraceList
from sync.wire.catalog import AlbumRef, ArtistRef, Track
from tests.player.playback.virtual_time import LoopClock, run_virtual


class Shelf:
    """A catalogue of one-line tracks."""

    def track(self, track_id):
        return Track(
            id=track_id,
            title=f"Song {track_id}",
            artists=(ArtistRef("a", "Somebody"),),
            album=AlbumRef("b", "Album"),
            duration_ms=1000,
        )


class Stage:
    """Everything a scenario touches."""

    def __init__(self, kbps=2000, latency_s=0.05, device=None):
        self.clock = LoopClock()
        rate = kbps if callable(kbps) else lambda _t: kbps * 125
        self.link = MemoryLink(self.clock, rate, latency_s=latency_s)
        self.key = X25519PrivateKey.generate()
        self.server = MemoryServer(self.link, self.clock, self.key)
        self.files = MemoryFiles()
        self.papers = MemoryFiles()
        self.aside = MemoryAside()
        self.notices = []
        self.store_notices = []
        self.states = []
        self.build()

    def build(self):
        """A new engine over the same server and disk."""
        self.rights = Rights(
            DeviceKey("device-1", self.key), self.server.public_key, self.clock.unix
        )
        self.store = StoreFront(
            self.files,
            self.papers,
            self.aside,
            notice=self.store_said,
            clock=self.clock.monotonic,
        )
        self.sound = MemorySound()
        self.trace = TraceList(self.clock.monotonic)
        self.controller = Controller(
            PlaybackWorld(
                server=self.media(),
                rights=self.rights,
                store=self.store,
                papers=self.store,
                sound=self.sound,
                catalogue=Shelf(),
                listeners=Listeners(
                    state=lambda: self.states.append(self.controller.state()),
                    notice=lambda *notice: self.notices.append(notice),
                ),
                clock=self.clock,
                random=Random(7),
                trace=self.tracer(),
                stock=self.stock(),
            )
        )

    def store_said(self, text, remedy):
        """What the store tells the listener."""
        self.store_notices.append(text)

    def media(self):
        """The server as the player sees it."""
        return self.server

    def stock(self):
        """How it is to sound at the beginning."""
        return SoundStock()

    def tracer(self):
        """Where the player's events go."""
        return self.trace

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.controller.run())
        await asyncio.sleep(0)
        try:
            yield self
        finally:
            self.controller.pause()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled() or task.exception() is None, task.exception()

    def stalls(self):
        return len(self.trace.named("stall_begin"))

    def assert_heard_is_contiguous(self):
        """Every sample of every generation in order, without a hole."""
        for before, after in zip(self.sound.heard, self.sound.heard[1:], strict=False):
            if after.at and after.piece.piece:
                assert after.first == before.first + before.size


def scenario(**options):
    """A test that runs on a stage of its own, on virtual time."""

    def wrap(function):
        def test():
            async def play():
                stage = Stage(**options)
                async with stage.running():
                    await function(stage)
                stage.assert_heard_is_contiguous()

            run_virtual(play())

        test.__name__ = function.__name__
        test.__doc__ = function.__doc__
        return test

    return wrap


def kbps_heard(stage):
    """The rates of the pieces in the order they were heard."""
    return [heard.piece.kbps for heard in stage.sound.heard]
