"""Importing folders: one pass over them, or following them as they change."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from server_stub.catalog.errors import UnreadableFileError
from server_stub.catalog.model.entries import TrackEntry, entry_of
from server_stub.catalog.model.scan import (
    FailedFile,
    FoundFile,
    ImportSummary,
    Listing,
    Plan,
    plan_scan,
)
from server_stub.catalog.ports import Folders, ImportStore, Incoming, Refused, TagReader
from server_stub.kernel.clock import Clock

T = TypeVar("T")

Progress = Callable[[int, int, str], None]
"""Told how many files are done, of how many, and which one was read last."""

BATCH = 400
"""Files in one transaction: what a kill can cost is reading these again."""
BATCH_S = 1.0
"""On a slow disk a batch ends sooner, so that what was read can be played soon after."""


class Importer:
    """Brings the catalog in step with folders of music."""

    def __init__(
        self, store: ImportStore, reader: TagReader, folders: Folders, clock: Clock
    ) -> None:
        self._store = store
        self._reader = reader
        self._folders = folders
        self._clock = clock
        self._running = asyncio.Lock()

    async def run(
        self,
        paths: Sequence[str | Path],
        progress: Progress | None = None,
        *,
        emptied: bool = False,
    ) -> ImportSummary:
        """Import what is at or below these paths and forget what is no longer there.

        A path that does not exist, or a folder in which suddenly nothing is left, is reported and
        nothing below it is forgotten: it may be a disk that is not mounted. `emptied` says that
        it really is empty.
        """
        async with self._running:
            summary = ImportSummary()
            for root in outermost(paths):
                summary += await self._import(root, [root], progress or _quiet, emptied=emptied)
            return summary

    async def follow(
        self, paths: Sequence[str | Path], progress: Progress | None = None
    ) -> AsyncIterator[ImportSummary]:
        """Import once, then again whatever changes; yields what each pass did, if anything."""
        roots = outermost(paths)
        yield await self.run(roots, progress)
        async for changed in self._folders.watch(roots):
            summary = await self._refresh(roots, changed, progress)
            if summary.changed or summary.failed:
                yield summary

    async def _refresh(
        self, roots: Sequence[str], changed: frozenset[str], progress: Progress | None
    ) -> ImportSummary:
        """Import again the folders in which something changed."""
        async with self._running:
            summary = ImportSummary()
            for root in roots:
                folders = [str(Path(path).parent) if path != root else path for path in changed]
                places = outermost([place for place in folders if _is_below(place, root)])
                if places:
                    summary += await self._import(root, places, progress or _quiet, emptied=False)
            return summary

    async def _import(
        self, root: str, places: Sequence[str], progress: Progress, *, emptied: bool
    ) -> ImportSummary:
        """Bring what lies at or below these places of a root in step."""
        try:
            listing = await asyncio.to_thread(self._walk, root, places)
        except OSError as error:
            return ImportSummary(failed=(FailedFile(root, _reason(error)),))
        known = [file for place in places for file in await self._store.known(place)]
        plan = await asyncio.to_thread(plan_scan, listing.files, known, self._reader.fingerprint)
        spared = _spared(root, listing, plan, emptied=emptied)
        done = await self._apply(plan, root, progress)
        failed = (*listing.closed, *plan.failed, *done.failed, *spared)
        return ImportSummary(done.added, done.updated, done.removed, failed)

    def _walk(self, root: str, places: Sequence[str]) -> Listing:
        """What is in these places now. Raises OSError when the root itself cannot be entered."""
        empty = self._folders.is_empty(root)
        listings = [self._folders.walk(place) for place in places if not empty]
        return Listing(
            tuple(file for listing in listings for file in listing.files),
            tuple(place for listing in listings for place in listing.closed),
            empty=empty,
        )

    async def _apply(self, plan: Plan, root: str, progress: Progress) -> ImportSummary:
        if plan.moves:
            await self._store.move(plan.moves)
        read, total = 0, plan.unchanged + len(plan.read)
        summary = ImportSummary()
        while read < len(plan.read):
            count, found = await self._read(plan.read[read : read + BATCH], plan, root)
            read, summary = read + count, summary + found
            progress(plan.unchanged + read, total, plan.read[read - 1].path)
        removed = sum(1 for file in plan.gone if file.track_id)
        for gone in _batches(plan.gone):
            await self._store.remove(gone)
        return summary + ImportSummary(removed=removed)

    async def _read(
        self, batch: Sequence[FoundFile], plan: Plan, root: str
    ) -> tuple[int, ImportSummary]:
        """Read and store as much of a batch as can be read in time; how many that was."""
        incoming, refused = await asyncio.to_thread(self._scan, batch, plan, root)
        if incoming:
            await self._store.put(incoming, int(self._clock.now() * 1000))
        if refused:
            await self._store.refuse(refused)
        failed = [FailedFile(item.file.path, item.reason) for item in refused]
        failed += [
            FailedFile(item.entry.file.path, item.entry.scanned.damage)
            for item in incoming
            if item.entry.scanned.damage
        ]
        added = sum(1 for item in incoming if item.track_id is None)
        summary = ImportSummary(added, len(incoming) - added, 0, tuple(failed))
        return len(incoming) + len(refused), summary

    def _scan(
        self, batch: Sequence[FoundFile], plan: Plan, root: str
    ) -> tuple[list[Incoming], list[Refused]]:
        incoming: list[Incoming] = []
        refused: list[Refused] = []
        end = self._clock.now() + BATCH_S
        for file in batch:
            if (incoming or refused) and self._clock.now() >= end:
                break
            track_id = plan.known_ids.get(file.path)
            try:
                entry = entry_of(file, self._reader.read(file), root)
            except UnreadableFileError as error:
                refused.append(Refused(file, error.detail, track_id))
            else:
                incoming.append(Incoming(_still(entry, plan), track_id))
        return incoming, refused


def _still(entry: TrackEntry, plan: Plan) -> TrackEntry:
    """The entry with what is known to be wrong with its file, if the scan cannot see it."""
    reason = plan.known_damage.get(entry.file.path)
    if reason is None or entry.scanned.damage:
        return entry
    return replace(entry, scanned=replace(entry.scanned, damage=reason))


def outermost(paths: Sequence[str | Path]) -> list[str]:
    """Absolute paths without those that lie below another."""
    absolute = sorted({str(Path(path).expanduser().resolve()) for path in paths})
    roots: list[str] = []
    for path in absolute:
        if not any(_is_below(path, root) for root in roots):
            roots.append(path)
    return roots


def _spared(root: str, listing: Listing, plan: Plan, *, emptied: bool) -> tuple[FailedFile, ...]:
    """Take out of the plan what must not be forgotten, and say why."""
    closed = [place.path for place in listing.closed]
    plan.gone = [
        file for file in plan.gone if not any(_is_below(file.path, place) for place in closed)
    ]
    tracks = sum(1 for file in plan.gone if file.track_id)
    if not listing.empty or emptied or not tracks:
        return ()
    plan.gone = []
    return (FailedFile(root, f"the folder is empty; its {tracks} tracks were kept"),)


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _batches(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _quiet(_done: int, _total: int, _path: str) -> None:
    """Nobody wants to know."""
