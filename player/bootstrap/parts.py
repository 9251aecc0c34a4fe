"""The engine's parts, put together without starting anything but the sound output."""

import asyncio
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, NamedTuple

from cache.adapters.aside_thread import ThreadAside
from cache.adapters.files_disk import DiskFiles
from cache.front import StoreFront
from drm.adapters.keystore_choice import open_keystore
from drm.errors import KeyStoreError
from drm.vault import Vault
from player.bootstrap.own import open_belongings
from player.bootstrap.servers import CurrentRights, CurrentServer, HttpGate
from player.bootstrap.sound import SoundDesk, open_output, open_sound_desk
from player.bootstrap.streaming import Streaming, open_quality, open_streaming
from player.engine.belongings import Belongings, Own
from player.engine.broadcast import Broadcast
from player.engine.home import Home
from player.engine.profiles import ServerBook, ServerProfile
from player.engine.quality import QualityDesk
from player.engine.services.render import Kitchen
from player.engine.services.render_rates import RatesAsHeard
from player.engine.session import Session
from player.errors import EngineStartError
from player.playback.announce import wrong_clock
from player.playback.bandwidth import LinkEstimator, LinkMeter
from player.playback.controller import Controller
from player.playback.download import Downloader
from player.playback.grants import GrantBook
from player.playback.media import MediaDesk
from player.playback.output import Output
from player.playback.playback_world import Listeners, PlaybackWorld, SystemClock
from player.playback.quality import BufferMap
from player.playback.recovery import Recovery
from player.settings import Settings
from sync.adapters.mirror_sqlite import SqliteMirror
from sync.library import Library
from sync.wire.playback import Codec
from sync.wire.sessions import DeviceRegistration

VERSION = version("segue")


class Parts(NamedTuple):
    """Everything that lives as long as the engine."""

    vault: Vault
    keystore_name: str
    session: Session
    server: CurrentServer
    rights: CurrentRights
    library: Library
    store: StoreFront
    output: Output
    sound_trouble: str
    controller: Controller
    broadcast: Broadcast
    streaming: Streaming
    quality: QualityDesk
    sound: SoundDesk
    belongings: Belongings


async def build(home: Home, settings: Settings, sink: str) -> Parts:
    """Put the parts together. Raises EngineStartError."""
    keystore = await asyncio.to_thread(_keystore, home, settings)
    vault = Vault(keystore)
    try:
        device_key = await asyncio.to_thread(vault.device_key)
    except KeyStoreError as error:
        raise EngineStartError(f"the key store cannot be used: {error}") from error
    public_key = device_key.public_key().public_bytes_raw()
    device = DeviceRegistration(name=platform.node() or "this device", public_key=public_key)
    broadcast = Broadcast()
    clock = SystemClock(on_wrong=lambda ahead_s: broadcast.notice(*wrong_clock(ahead_s)))
    gate = HttpGate(settings.network, clock.told)
    session = Session(gate, ServerBook(home), vault, lambda: device)
    server, rights = CurrentServer(), CurrentRights(device_key, clock.unix)
    mirror = await asyncio.to_thread(SqliteMirror, home.mirror)
    library = Library(mirror, on_news=lambda _: broadcast.touch("library"))
    store = await asyncio.to_thread(_store, home, settings, broadcast)
    output, trouble = await asyncio.to_thread(open_output, sink or settings.audio.sink)
    streaming = await asyncio.to_thread(open_streaming, home, settings.streaming, server)
    sound = await asyncio.to_thread(open_sound_desk, home, settings.sound)
    belongings = open_belongings(home, server, clock, lambda: broadcast.touch("state"))
    controller = Controller(
        PlaybackWorld(
            server=streaming.tap,
            rights=rights,
            store=store,
            papers=store,
            sound=output,
            catalogue=library,
            listeners=Listeners(
                state=lambda: broadcast.touch("state"),
                queue=lambda: broadcast.touch("queue"),
                notice=broadcast.notice,
                played=belongings.played,
            ),
            policies=streaming.policies,
            trace=streaming.recorder,
            clock=clock,
            codec=settings.audio.codec,
            stock=sound.stock(),
        )
    )
    streaming.recorder.watch(controller.gauges)
    quality = open_quality(home, settings.streaming, controller, streaming.thrift)
    name = type(keystore).__name__.removesuffix("KeyStore").lower()
    return Parts(
        *(vault, name, session, server, rights, library, store, output, trouble),
        *(controller, broadcast, streaming, quality, sound, belongings),
    )


def state_of(parts: Parts) -> dict[str, Any]:
    """The `state` event: what plays, and the session's view of the server."""
    connection = parts.session.connection
    state = parts.controller.state()
    return {
        **state,
        "connection": {
            **state["connection"],
            "state": connection.state,
            "server": connection.server,
            "user": connection.user,
            "detail": connection.detail,
        },
        "limits": parts.quality.shown(),
        "lyrics_offset_ms": parts.sound.offsets.of(state["track"]["id"]) if state["track"] else 0,
        **_own_state(parts.belongings.shown, state["track"]),
    }


def _own_state(own: Own | None, track: dict[str, Any] | None) -> dict[str, Any]:
    """The part of the state that belongs to the account."""
    if own is None:
        return {"liked": False, "outbox": {"waiting": 0, "refused": 0, "trouble": ""}}
    pending = own.outbox.pending
    return {
        "liked": track is not None and own.collection.value("liked", track["id"]) > 0,
        "outbox": {
            "waiting": pending.waiting,
            "refused": pending.refused,
            "trouble": own.outbox.trouble,
        },
    }


def title_of(library: Library) -> Callable[[str], str]:
    """How a track is called."""

    def title(track_id: str) -> str:
        track = library.track(track_id)
        return track.title if track else track_id

    return title


def kitchen(parts: Parts) -> Callable[[Codec], Kitchen]:
    """What a rendering works with: grants of its own, the engine's store, rights and limits."""
    policies = parts.streaming.policies

    def make(codec: Codec) -> Kitchen:
        clock = SystemClock()
        grants = GrantBook(parts.server, parts.rights, parts.store, clock=clock, codec=codec)
        bandwidth = LinkEstimator(remembered=policies.bandwidth.estimate().slow)
        meter = LinkMeter(bandwidth)
        downloader = Downloader(parts.server, grants, Recovery(clock), meter=meter, clock=clock)
        as_heard = RatesAsHeard(
            BufferMap(),
            bandwidth,
            target_s=policies.load.target_s,
            limits=parts.quality.limits,
            monotonic=clock.monotonic,
        )
        desk = MediaDesk(downloader, grants, parts.store, parts.store)
        return Kitchen(grants, desk, as_heard, lambda: parts.quality.plan_kbps)

    return make


def follow_session(parts: Parts, hurry: Callable[[], None]) -> None:
    """Tell everyone who needs a server which one it is."""

    def opened(account: Any, profile: ServerProfile) -> None:
        parts.server.use(account, profile)
        parts.rights.use(profile)
        parts.quality.forget_plan()
        parts.controller.session_changed()
        parts.belongings.use(profile)
        hurry()

    def closed() -> None:
        parts.server.use(None, None)
        parts.rights.use(None)
        parts.belongings.use(None)

    before = parts.session.connection.state

    def changed() -> None:
        nonlocal before
        now = parts.session.connection.state
        if now == "online" and before == "offline":
            parts.belongings.hurry()
            hurry()
        before = now
        parts.broadcast.touch("state")

    parts.rights.on_licence = parts.quality.licensed
    parts.session.on_open = opened
    parts.session.on_closed = closed
    parts.session.on_change = changed


def _keystore(home: Home, settings: Settings) -> Any:
    try:
        return open_keystore(
            home.secrets,
            profile=str(home.root),
            passphrase=os.environ.get("SEGUE_PASSPHRASE"),
            preference=settings.privacy.keys,
        )
    except KeyStoreError as error:
        raise EngineStartError(f"the key store cannot be used: {error}") from error


def _store(home: Home, settings: Settings, broadcast: Broadcast) -> StoreFront:
    return StoreFront(
        DiskFiles(home.cache / "audio"),
        DiskFiles(home.cache / "papers"),
        ThreadAside(),
        budget_bytes=settings.cache.budget_mb << 20,
        notice=lambda text, remedy: broadcast.notice("warn", text, remedy),
    )
