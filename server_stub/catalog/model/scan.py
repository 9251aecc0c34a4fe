"""Comparing a folder with what is known of it: what is new, changed, moved or gone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

UNREAD_SIZE = -1
"""Size in the stamp of a file that has moved and was not read in its new place yet."""


class Stamp(NamedTuple):
    """What tells an untouched file without opening it."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class FoundFile:
    """An audio file as the walk saw it. `sidecars` changes when its lyrics or cover file does."""

    path: str
    stamp: Stamp
    sidecars: str = ""
    lyrics_file: str | None = None
    cover_file: str | None = None


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the catalog has it. `track_id` is None for one that could not be read; `reason`
    says why, or what is wrong with one that could."""

    path: str
    stamp: Stamp
    track_id: str | None
    sidecars: str = ""
    fingerprint: bytes = b""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file or folder that could not be imported, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A file that is in the library's folders but cannot be played, or not to its end.

    `track_id` is None for one that could never be read.
    """

    path: str
    reason: str
    track_id: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a walk found: files in order, and places that could not be entered."""

    files: tuple[FoundFile, ...] = ()
    closed: tuple[FailedFile, ...] = ()
    empty: bool = False
    """There is nothing at all in the root: perhaps a disk that is not mounted."""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    failed: tuple[FailedFile, ...] = ()

    def __add__(self, other: "ImportSummary") -> "ImportSummary":
        return ImportSummary(
            self.added + other.added,
            self.updated + other.updated,
            self.removed + other.removed,
            self.failed + other.failed,
        )

    @property
    def changed(self) -> bool:
        """Whether the catalog is another one than before."""
        return bool(self.added or self.updated or self.removed)


@dataclass(slots=True)
class Plan:
    """What an import has to do."""

    moves: list[tuple[KnownFile, FoundFile]] = field(default_factory=list)
    """Known tracks whose file has a new path. They are read again: a name may be all they have."""
    read: list[FoundFile] = field(default_factory=list)
    """New, changed and moved files."""
    known_ids: dict[str, str] = field(default_factory=dict)
    """By path of a file to read: the track it already is."""
    known_damage: dict[str, str] = field(default_factory=dict)
    """By path of a file to read whose sound is the same as before: what is wrong with it. A decoder
    may have found that, and does not look again at what has not changed."""
    gone: list[KnownFile] = field(default_factory=list)
    """Files that are no longer there."""
    failed: list[FailedFile] = field(default_factory=list)
    """Files that failed or were found damaged before, and have not changed since."""
    unchanged: int = 0


def plan_scan(
    found: Iterable[FoundFile],
    known: Iterable[KnownFile],
    fingerprint: Callable[[str], bytes | None],
) -> Plan:
    """Match files with what is known of them.

    An untouched file is the same track wherever it lies; a changed file is the track of its path;
    a new file whose sound is that of a missing one (copied elsewhere, or retagged and moved) is
    that track. `fingerprint` is asked only for new files while some are missing.
    """
    plan = Plan()
    rest = {file.path: file for file in known}
    fresh: list[FoundFile] = []
    for file in found:
        before = rest.get(file.path)
        if before is None or before.stamp != file.stamp or before.sidecars != file.sidecars:
            fresh.append(file)
            continue
        del rest[file.path]
        plan.unchanged += 1
        if before.reason:
            plan.failed.append(FailedFile(file.path, before.reason))
    fresh = _match_moved(plan, fresh, rest)
    fresh = _match_paths(plan, fresh, rest)
    _match_sound(plan, fresh, rest, fingerprint)
    plan.read.sort(key=lambda file: file.path)
    plan.gone = sorted(rest.values(), key=lambda file: file.path)
    return plan


def _match_moved(plan: Plan, fresh: list[FoundFile], rest: dict[str, KnownFile]) -> list[FoundFile]:
    by_stamp = {file.stamp: file for file in rest.values() if file.track_id}
    left = []
    for file in fresh:
        before = by_stamp.get(file.stamp)
        if before is None or before.path not in rest or before.path == file.path:
            left.append(file)
            continue
        del rest[before.path]
        _move(plan, before, file)
    return left


def _move(plan: Plan, before: KnownFile, file: FoundFile) -> None:
    plan.moves.append((before, file))
    _read_again(plan, before, file)


def _read_again(plan: Plan, before: KnownFile, file: FoundFile) -> None:
    plan.read.append(file)
    if before.track_id:
        plan.known_ids[file.path] = before.track_id
        same_time = before.stamp.mtime_ns == file.stamp.mtime_ns
        if before.reason and same_time and before.stamp.size in (file.stamp.size, UNREAD_SIZE):
            plan.known_damage[file.path] = before.reason


def _match_paths(plan: Plan, fresh: list[FoundFile], rest: dict[str, KnownFile]) -> list[FoundFile]:
    left = []
    for file in fresh:
        before = rest.pop(file.path, None)
        if before is None:
            left.append(file)
            continue
        _read_again(plan, before, file)
    return left


def _match_sound(
    plan: Plan,
    fresh: list[FoundFile],
    rest: dict[str, KnownFile],
    fingerprint: Callable[[str], bytes | None],
) -> None:
    missing: dict[bytes, list[KnownFile]] = {}
    for known in rest.values():
        if known.track_id:
            missing.setdefault(known.fingerprint, []).append(known)
    for file in fresh:
        sound = fingerprint(file.path) if missing else None
        twins = missing.get(sound) if sound else None
        if not twins:
            plan.read.append(file)
            continue
        before = min(twins, key=lambda twin: _distance(twin.path, file.path))
        twins.remove(before)
        del rest[before.path]
        _move(plan, before, file)


def _distance(one: str, other: str) -> tuple[bool, str]:
    """Of several copies, the one that kept its file name is the likeliest."""
    return one.rsplit("/", 1)[-1] != other.rsplit("/", 1)[-1], one
