"""The engine process, from its lock to its last save."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import Any, NamedTuple

import structlog

from player.adapters.playlists_http import HttpPlaylists
from player.bootstrap.figures import diagnostics_service
from player.bootstrap.logs import open_log
from player.bootstrap.parts import (
    VERSION,
    Parts,
    build,
    follow_session,
    kitchen,
    state_of,
    title_of,
)
from player.bootstrap.probes import (
    all_probes,
    cache_probe,
    keys_probe,
    library_probe,
    server_probe,
    sound_probe,
)
from player.bootstrap.sound import head_named
from player.bootstrap.streaming import remember_link
from player.engine.blocking import BlockingClient
from player.engine.home import Home
from player.engine.keepsakes import Keepsakes
from player.engine.links import Links
from player.engine.lock import ProfileLock
from player.engine.memory import Memory
from player.engine.pulse import Pulse
from player.engine.server import EngineServer
from player.engine.services.binaural import BinauralService
from player.engine.services.desk import Desk, Service
from player.engine.services.doctor import DoctorService, Probe
from player.engine.services.house import HouseService
from player.engine.services.library import LibraryService, news_json
from player.engine.services.marks import MarksService
from player.engine.services.playback import PlaybackService, QueueService
from player.engine.services.playlists import PlaylistService, playlist_of
from player.engine.services.quality import QualityService
from player.engine.services.render import RenderService
from player.engine.services.session import Followed, Follower, SessionService
from player.engine.services.sound import SoundService
from player.errors import EngineAbsentError, EngineStartError, PlayerError
from player.playback.controller import Controller
from player.settings import Settings, load

_OTHER_ANSWERS_WITHIN_S = 10.0
_IDLE_END_S = 1800.0
_LOOK_EVERY_S = 60.0

log = structlog.get_logger(__name__)


def run_engine(home: Home, *, sink: str = "", ready_fd: int | None = None) -> int:
    """Run until told to stop; the exit code. Whoever started it reads one line at `ready_fd`."""
    try:
        with ProfileLock(home) as lock:
            if not lock.acquire():
                asyncio.run(_wait_for_the_other(home))
                _say(ready_fd, {"ready": True, "already": True})
                return 0
            settings = load(home.settings)
            with open_log(home, settings.log):
                asyncio.run(_run(Start(home, settings, sink, ready_fd, lock)))
    except PlayerError as error:
        _say(ready_fd, {"error": error.message, "remedy": error.remedy})
        if ready_fd is None:
            raise
        return 1
    return 0


class Start(NamedTuple):
    """How the engine was started."""

    home: Home
    settings: Settings
    sink: str
    ready_fd: int | None
    lock: ProfileLock


class Running(NamedTuple):
    """What answers to clients."""

    socket: EngineServer
    follower: Follower
    memory: Memory
    keepsakes: Keepsakes


async def _run(start: Start) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        parts = await build(start.home, start.settings, start.sink)
        stack.push_async_callback(parts.store.close)
        stack.push_async_callback(parts.library.close)
        stack.push_async_callback(parts.session.close)
        stack.push_async_callback(parts.belongings.close)
        stack.push_async_callback(asyncio.to_thread, parts.output.close)
        running = _services(start.home, start.settings, parts, stopping.set)
        controlling = asyncio.create_task(parts.controller.run())
        controlling.add_done_callback(lambda task: _ended(task, stopping))
        stack.push_async_callback(_cancelled, controlling)
        stack.push_async_callback(asyncio.to_thread, running.keepsakes.prune)
        running.memory.recall()
        stack.push_async_callback(running.memory.save)
        running.follower.start()
        stack.push_async_callback(running.follower.close)
        parts.broadcast.to(running.socket, running.memory.note)
        await parts.session.resume()
        await parts.belongings.ready()
        await running.socket.start()
        stack.push_async_callback(running.socket.close)
        stack.push_async_callback(asyncio.to_thread, _remember, parts)
        idle = asyncio.create_task(_end_when_idle(start.lock, parts, running.socket, stopping))
        stack.push_async_callback(_cancelled, idle)
        _say(start.ready_fd, {"ready": True, "pid": os.getpid()})
        log.info("ready", version=VERSION, sink=parts.output.name)
        await stopping.wait()
        log.info("stopping")


def _services(home: Home, settings: Settings, parts: Parts, stop: Callable[[], None]) -> Running:
    """Every command of the protocol, and the socket they arrive at."""
    controller, library, broadcast = parts.controller, parts.library, parts.broadcast
    links = _links(parts)
    keepsakes = Keepsakes(home.cache / "seen")
    follower = Follower(
        library,
        parts.server.feed,
        audience=lambda: socket.audience("library"),
        every_s=settings.network.refresh_s,
    )
    follow_session(parts, follower.hurry)
    diagnostics = diagnostics_service(home, settings, parts)
    desk = Desk(
        [
            PlaybackService(controller, links, lambda: state_of(parts), diagnostics.summary),
            QueueService(controller, links, library),
            LibraryService(library, keepsakes, parts.server.signed_in),
            SessionService(
                parts.session,
                Followed(follower, library, parts.belongings),
                lambda news: broadcast.tell("login", news),
            ),
            *_own_services(parts, links),
            RenderService(
                links,
                kitchen(parts),
                title_of(library),
                lambda news: broadcast.tell("render", news),
                controller.listening.hearing,
            ),
            DoctorService(_probes(home, parts)),
            HouseService(stop, lambda: _clear(parts)),
            BinauralService(head_named),
            SoundService(controller.listening, parts.sound, lambda: state_of(parts)),
            QualityService(parts.quality, lambda: broadcast.touch("state")),
            diagnostics,
        ],
        {
            "state": lambda: state_of(parts),
            "queue": lambda: {"revision": controller.queue.revision},
            "library": lambda: news_json(library.news()),
            "diagnostics": diagnostics.present,
        },
    )
    socket = EngineServer(home, desk, version=VERSION)
    pulse = Pulse(lambda: socket.audience("diagnostics"), lambda: socket.present("diagnostics"))
    socket.on_audience = _when_someone_looks(socket, follower, pulse)
    memory = Memory(home.session, controller, lambda: _plays(parts))
    return Running(socket, follower, memory, keepsakes)


def _links(parts: Parts) -> Links:
    """What links and words mean, in the mirror of the library and among the own playlists."""
    own = parts.belongings
    return Links(parts.library, lambda name: playlist_of(own, name), parts.server.signed_in)


def _own_services(parts: Parts, links: Links) -> list[Service]:
    """Commands over what belongs to the account in use."""
    hall = HttpPlaylists(parts.server.signed_in)
    return [
        PlaylistService(parts.belongings, hall, links, parts.library),
        MarksService(parts.belongings, links, parts.library, lambda: _current(parts.controller)),
    ]


def _when_someone_looks(
    socket: EngineServer, follower: Follower, pulse: Pulse
) -> Callable[[], None]:
    """Refresh the library when the first view opens; push figures while they are looked at."""
    before = 0

    def changed() -> None:
        nonlocal before
        pulse.look()
        now = socket.audience("library")
        if now and not before:
            follower.hurry()
        before = now

    return changed


def _probes(home: Home, parts: Parts) -> dict[str, Probe]:
    return all_probes(
        home,
        VERSION,
        {
            "sound": sound_probe(
                parts.output, parts.sound_trouble, parts.controller.listening.trouble
            ),
            "server": server_probe(parts.session, parts.server),
            "library": library_probe(parts.library),
            "cache": cache_probe(parts.store),
            "keys": keys_probe(parts.vault, parts.keystore_name),
        },
    )


def _current(controller: Controller) -> str:
    """The track that is on, or ""."""
    entry = controller.queue.current
    return "" if entry is None else controller.queue.track_of(entry)


async def _clear(parts: Parts) -> int:
    freed = await parts.store.clear()
    parts.broadcast.touch("state")
    return freed


def _plays(parts: Parts) -> bool:
    return parts.controller.state()["status"] in ("playing", "loading", "stalled")


async def _end_when_idle(
    lock: ProfileLock, parts: Parts, socket: EngineServer, stopping: asyncio.Event
) -> None:
    """An engine that nobody listens or talks to, or whose profile was removed, makes room."""
    quiet_s = 0.0
    while quiet_s < _IDLE_END_S and lock.holds():
        await asyncio.sleep(_LOOK_EVERY_S)
        await asyncio.to_thread(_remember, parts)
        in_use = socket.clients or _plays(parts)
        quiet_s = 0.0 if in_use else quiet_s + _LOOK_EVERY_S
    log.info("idle")
    stopping.set()


def _remember(parts: Parts) -> None:
    """Keep what is known of this network; a full disk must not matter."""
    with suppress(OSError):
        remember_link(parts.streaming, parts.server.origin)


def _ended(task: asyncio.Task[None], stopping: asyncio.Event) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("playback ended", exc_info=task.exception())
        stopping.set()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def _wait_for_the_other(home: Home) -> None:
    """Another engine has the lock: it is starting or running. Raises EngineStartError."""
    deadline = time.monotonic() + _OTHER_ANSWERS_WITHIN_S
    while True:
        try:
            BlockingClient(home, timeout_s=_OTHER_ANSWERS_WITHIN_S).close()
            return
        except EngineAbsentError:
            if time.monotonic() > deadline:
                raise EngineStartError(
                    "another engine of this profile runs and does not answer",
                    remedy=f"end the process named in {home.lock}",
                ) from None
        await asyncio.sleep(0.05)


def _say(ready_fd: int | None, news: dict[str, Any]) -> None:
    if ready_fd is not None:
        with suppress(OSError):
            os.write(ready_fd, json.dumps(news).encode() + b"\n")
