"""The verbs that work on the data folder directly, whether a server runs on it or not."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from server_stub.accounts.model import NewUser
from server_stub.bootstrap import composition
from server_stub.bootstrap.composition import Ground
from server_stub.bootstrap.folder import DataFolder
from server_stub.catalog.errors import TrackNotFoundError
from server_stub.catalog.model.queries import AlbumQuery, PageRequest, TrackQuery
from server_stub.catalog.model.scan import DamagedFile, ImportSummary
from server_stub.engines.embedded.authority import LocalAuthority
from server_stub.engines.relational.database import Database
from server_stub.kernel.clock import SystemClock
from server_stub.kernel.errors import SegueError
from server_stub.settings import Settings

T = TypeVar("T")
Progress = Callable[[int, int, str], None]
LOW_DISK_BYTES = 1 << 30
_DAY_S = 86_400
_COUNT_ONLY = PageRequest(limit=1)


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Examination:
    """All that the doctor found."""

    findings: tuple[Finding, ...]
    preparation: dict[str, Any]
    damaged: tuple[DamagedFile, ...] = ()
    """Files of the library that cannot be played, or not to their end."""
    odd: tuple[tuple[str, str], ...] = ()
    """Title of a track that is whole, and what is odd about it."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.ok for finding in self.findings)


@asynccontextmanager
async def opened(folder: DataFolder, settings: Settings) -> AsyncIterator[Ground]:
    """The ground of a data folder for one verb."""
    ground = await asyncio.to_thread(Ground.open, folder, settings, SystemClock())
    try:
        yield ground
    finally:
        await asyncio.to_thread(ground.database.close)


async def add_user(folder: DataFolder, settings: Settings, new: "NewAccount") -> NewUser:
    """Add an account; without a password one is made."""
    async with opened(folder, settings) as ground:
        accounts = composition.accounts(ground)
        try:
            return await accounts.add_user(new.name, new.password, new.tier, new.region)
        finally:
            accounts.close()


@dataclass(frozen=True)
class NewAccount:
    """What `user add` was told."""

    name: str
    password: str | None
    tier: str
    region: str


async def make_token(folder: DataFolder, settings: Settings, name: str, label: str) -> str:
    """A bearer token that speaks for an account."""
    async with opened(folder, settings) as ground:
        accounts = composition.accounts(ground)
        try:
            return await accounts.script_token(name, label)
        finally:
            accounts.close()


async def import_folders(
    folder: DataFolder, paths: Sequence[Path], progress: Progress
) -> ImportSummary:
    """Bring the library in step with folders, once."""
    async with _database(folder) as database:
        return await composition.importer(database, SystemClock()).run(paths, progress)


async def follow_folders(
    folder: DataFolder, paths: Sequence[Path], progress: Progress
) -> AsyncIterator[ImportSummary]:
    """Bring the library in step with folders, again and again."""
    async with _database(folder) as database:
        importer = composition.importer(database, SystemClock())
        async for summary in importer.follow(paths, progress):
            yield summary


async def examine(folder: DataFolder) -> Examination:
    """Look at everything that a server needs. Raises StartError if none has lived here."""
    folder.check()
    preparation: dict[str, Any] = {}
    damaged: list[DamagedFile] = []
    odd: list[tuple[str, str]] = []

    async def library(database: Database) -> str:
        catalog = composition.catalog(folder, database)
        tracks, albums, artists = [
            part.total or 0
            for part in (
                await catalog.tracks(TrackQuery(), _COUNT_ONLY),
                await catalog.albums(AlbumQuery(), _COUNT_ONLY),
                await catalog.artists(_COUNT_ONLY),
            )
        ]
        genres = len(await catalog.genres())
        counted = ((tracks, "track"), (albums, "album"), (artists, "artist"), (genres, "genre"))
        return ", ".join(f"{count:,} {name}{'' if count == 1 else 's'}" for count, name in counted)

    async def whole(database: Database) -> str:
        catalog = composition.catalog(folder, database)
        damaged.extend(await catalog.damaged())
        for one in (await composition.preparations(database).progress()).notes:
            with contextlib.suppress(TrackNotFoundError):
                odd.append(((await catalog.track(one.track_id)).title, one.note))
        return f"{len(damaged)} damaged, {len(odd)} whole but odd" if damaged or odd else "whole"

    async def prepared(database: Database) -> str:
        progress = await composition.preparations(database).progress()
        preparation.update(msgspec.to_builtins(progress))
        return (
            f"{progress.ready} of {progress.tracks} tracks ready, {progress.working} in work, "
            f"{progress.failed} failed"
        )

    async with _database(folder) as database:
        findings = (
            await _finding("database", library(database), "Restore a backup of segue.db."),
            await _finding("preparation", prepared(database), "Restore a backup of segue.db."),
            await _finding("files", whole(database), "Restore a backup of segue.db."),
            _blobs(folder),
            _certificate(folder),
            _disk(folder),
        )
    return Examination(findings, preparation, tuple(damaged), tuple(odd))


async def _finding(name: str, look: Coroutine[None, None, str], remedy: str) -> Finding:
    try:
        return Finding(name, ok=True, detail=await look)
    except SegueError as error:
        return Finding(name, ok=False, detail=error.detail, remedy=error.remedy or remedy)
    except Exception as error:  # noqa: BLE001 -- whatever is wrong is the finding
        return Finding(name, ok=False, detail=f"{type(error).__name__}: {error}", remedy=remedy)


def _blobs(folder: DataFolder) -> Finding:
    if not folder.blobs.is_dir():
        return Finding("blobs", ok=True, detail="no renditions yet")
    files = [entry.stat().st_size for entry in folder.blobs.rglob("*") if entry.is_file()]
    return Finding("blobs", ok=True, detail=f"{len(files)} files, {sum(files) / 1e6:,.1f} MB")


def _certificate(folder: DataFolder) -> Finding:
    expires_at = LocalAuthority(folder.tls, SystemClock()).expiry()
    if expires_at is None:
        return Finding("tls", ok=True, detail="no certificate yet; `serve` makes it")
    days = (expires_at - time.time()) / _DAY_S
    return Finding(
        "tls",
        ok=days > 0,
        detail=f"the certificate ends in {days:.0f} days",
        remedy="" if days > 0 else "Restart the server; it renews the certificate.",
    )


def _disk(folder: DataFolder) -> Finding:
    free = shutil.disk_usage(folder.root).free
    return Finding(
        "disk",
        ok=free >= LOW_DISK_BYTES,
        detail=f"{free / 1e9:,.1f} GB free",
        remedy="" if free >= LOW_DISK_BYTES else "Make room: preparing needs space.",
    )


@asynccontextmanager
async def _database(folder: DataFolder) -> AsyncIterator[Database]:
    database = await asyncio.to_thread(composition.open_database, folder)
    try:
        yield database
    finally:
        await asyncio.to_thread(database.close)
