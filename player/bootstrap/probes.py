"""What the doctor looks at."""

import asyncio
import time
from importlib.metadata import PackageNotFoundError, version

from cache.front import StoreFront
from drm.vault import Vault
from player.bootstrap.servers import CurrentServer
from player.engine.home import Home
from player.engine.services.doctor import Check, Probe, disk, versions
from player.engine.session import Session
from player.playback.ports import Sound
from player.settings import check
from sync.library import Library

_LIBRARIES = ("av", "numpy", "httpx", "cryptography", "textual")


def settings_probe(home: Home) -> Probe:
    """Mistakes in the settings."""

    async def probe() -> Check:
        _, mistakes = await asyncio.to_thread(check, home.settings)
        if mistakes:
            return Check("settings", "warn", str(mistakes[0]), "segue config check")
        return Check("settings", "ok", str(home.settings))

    return probe


def sound_probe(sound: Sound, trouble: str, left_out: str = "") -> Probe:
    """The way to the ear, and what of the section [sound] could not be followed."""

    async def probe() -> Check:
        if trouble:
            remedy = "install libmpv (Debian: apt install libmpv2), or choose another --sink"
            return Check("sound", "warn", f"plays to nobody: {trouble}", remedy)
        if left_out:
            detail = f"sink {sound.name}; left out: {left_out}"
            return Check("sound", "warn", detail, "segue sound shows what is on")
        return Check("sound", "ok", f"sink {sound.name}")

    return probe


def server_probe(session: Session, current: CurrentServer) -> Probe:
    """The server: whether it answers, how fast, and as whom."""

    async def probe() -> Check:
        if session.profile is None:
            return Check("server", "warn", "nobody is signed in", "segue login URL")
        began = time.perf_counter()
        me = await current.signed_in().me()
        took_ms = (time.perf_counter() - began) * 1000
        who = f"{me.name} ({me.tier}, {me.region}) at {current.origin}"
        return Check("server", "ok", f"{who}, answered in {took_ms:.0f} ms")

    return probe


def cache_probe(store: StoreFront) -> Probe:
    """The cache of audio."""

    async def probe() -> Check:
        detail = f"{store.used_bytes >> 20:,} of {store.budget_bytes >> 20:,} MB"
        if store.trouble:
            remedy = "music plays on without a cache; make room and restart the engine"
            return Check("cache", "warn", f"{detail}: {store.trouble}", remedy)
        return Check("cache", "ok", f"{detail}, {store.hits} hits, {store.misses} misses")

    return probe


def library_probe(library: Library) -> Probe:
    """The mirror of the catalog."""

    async def probe() -> Check:
        counts = library.news().counts
        detail = f"{counts.tracks:,} tracks, {counts.albums:,} albums, {counts.artists:,} artists"
        return Check("library", "ok", detail)

    return probe


def keys_probe(vault: Vault, store_name: str) -> Probe:
    """The key store."""

    async def probe() -> Check:
        await asyncio.to_thread(vault.device_key)
        return Check("keys", "ok", f"device key in {store_name}")

    return probe


def all_probes(home: Home, engine_version: str, probes: dict[str, Probe]) -> dict[str, Probe]:
    """In the order they are shown."""
    return {
        "engine": versions(engine_version, _versions()),
        "settings": settings_probe(home),
        **probes,
        "disk": disk(home.root),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
