"""Walking and watching folders of music on this machine."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchfiles import awatch

from server_stub.catalog.model.paths import disc_folder
from server_stub.catalog.model.scan import FailedFile, FoundFile, Listing, Stamp

AUDIO = frozenset({".ogg", ".oga", ".opus", ".flac", ".mp3", ".m4a", ".m4b", ".mp4", ".wav"})
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
LYRICS = ".lrc"
COVER_NAMES = ("cover", "folder", "front", "album", "albumart", "artwork")
"""Names of cover pictures without their ending, the best first."""

_SKIPPED = frozenset(
    {"@eadir", "#recycle", "$recycle.bin", "lost+found", "system volume information"}
)
_INODE_BITS = (1 << 63) - 1
_QUIET_MS = 1_600


@dataclass(frozen=True, slots=True)
class _Cover:
    path: str
    mark: str


@dataclass(slots=True)
class _Folder:
    """One folder's entries, sorted out."""

    audio: list[os.DirEntry[str]]
    folders: list[os.DirEntry[str]]
    lyrics: dict[str, os.DirEntry[str]]
    pictures: dict[str, os.DirEntry[str]]


class LocalFolders:
    """Folders of this machine, symbolic links followed, hidden and system folders left out."""

    def is_empty(self, root: str) -> bool:
        """Whether this is a folder without any entry. Raises OSError if there is none."""
        if Path(root).is_file():
            return False
        with os.scandir(root) as entries:
            return next(entries, None) is None

    def walk(self, place: str) -> Listing:
        """Every audio file at or below a path; none if it does not exist."""
        path = Path(place)
        if not path.exists():
            return Listing()
        return _Walk(path if path.is_dir() else path.parent).listing(path)

    async def watch(self, roots: Sequence[str]) -> AsyncIterator[frozenset[str]]:
        """Paths that changed, gathered until it has been quiet for a moment."""
        present = await asyncio.to_thread(_present, roots)
        if not present:
            return
        changes = awatch(*present, debounce=_QUIET_MS, ignore_permission_denied=True)
        async for batch in changes:
            paths = frozenset(path for _change, path in batch if _matters(path))
            if paths:
                yield paths


def _present(roots: Sequence[str]) -> list[str]:
    return [root for root in roots if Path(root).exists()]


def _matters(path: str) -> bool:
    """Whether a change there can change the catalog; what has no ending may be a folder."""
    _stem, ending = _split(path.rpartition("/")[2])
    return (
        not ending
        or ending in AUDIO
        or ending in PICTURES
        or ending == LYRICS
        or (Path(path).is_dir())
    )


class _Walk:
    """One walk; it keeps what it found and which linked folders it has entered."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._real_root = str(root.resolve())
        self._linked: set[str] = set()
        self._files: list[FoundFile] = []
        self._closed: list[FailedFile] = []

    def listing(self, place: Path) -> Listing:
        cover = None
        if disc_folder(self._root.name):
            cover = _cover(self._entries(str(self._root.parent)))
        self._enter(str(self._root), cover)
        files = self._files
        if place != self._root:
            files = [file for file in files if file.path == str(place)]
        return Listing(tuple(files), tuple(self._closed))

    def _enter(self, top: str, inherited: _Cover | None) -> None:
        waiting = [(top, inherited)]
        while waiting:
            path, cover = waiting.pop()
            folder = self._entries(path)
            cover = _cover(folder) or cover
            for entry in folder.audio:
                self._add(entry, folder, cover)
            waiting.extend(
                (entry.path, cover if disc_folder(entry.name) else None)
                for entry in reversed(folder.folders)
                if self._may_enter(entry)
            )

    def _entries(self, path: str) -> _Folder:
        folder = _Folder([], [], {}, {})
        try:
            with os.scandir(path) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    _sort_in(entry, folder)
        except OSError as error:
            self._closed.append(FailedFile(path, error.strerror or str(error)))
        return folder

    def _may_enter(self, entry: os.DirEntry[str]) -> bool:
        """A linked folder is entered once, and not at all if the walk comes there anyway."""
        if not entry.is_symlink():
            return True
        real = str(Path(entry.path).resolve())
        if (real + "/").startswith(self._real_root + "/") or real in self._linked:
            return False
        self._linked.add(real)
        return not (self._real_root + "/").startswith(real + "/")

    def _add(self, entry: os.DirEntry[str], folder: _Folder, cover: _Cover | None) -> None:
        lyrics = folder.lyrics.get(_split(entry.name)[0].lower())
        try:
            marks = [] if lyrics is None else [_mark(lyrics)]
            stamp = _stamp(entry)
        except OSError as error:
            self._closed.append(FailedFile(entry.path, error.strerror or str(error)))
            return
        if cover is not None:
            marks.append(cover.mark)
        self._files.append(
            FoundFile(
                path=entry.path,
                stamp=stamp,
                sidecars="|".join(marks),
                lyrics_file=lyrics.path if lyrics else None,
                cover_file=cover.path if cover else None,
            )
        )


def _sort_in(entry: os.DirEntry[str], folder: _Folder) -> None:
    name = entry.name
    if name[0] == ".":
        return
    stem, ending = _split(name)
    if ending in AUDIO and not entry.is_dir():
        folder.audio.append(entry)
    elif ending == LYRICS:
        folder.lyrics[stem.lower()] = entry
    elif ending in PICTURES:
        folder.pictures[name.lower()] = entry
    elif name.lower() not in _SKIPPED and entry.is_dir():
        folder.folders.append(entry)


def _split(name: str) -> tuple[str, str]:
    """Stem and lower-case ending, as pathlib splits them at many times the price."""
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending.lower()}") if dot and stem else (name, "")


def _cover(folder: _Folder) -> _Cover | None:
    for name in _cover_names(folder.pictures):
        entry = folder.pictures[name]
        try:
            return _Cover(entry.path, _mark(entry))
        except OSError:
            continue
    return None


def _cover_names(pictures: dict[str, os.DirEntry[str]]) -> Iterator[str]:
    for stem in COVER_NAMES:
        yield from (name for name in pictures if _split(name)[0] == stem)


def _mark(entry: os.DirEntry[str]) -> str:
    found = entry.stat()
    return f"{entry.name}:{found.st_size}:{found.st_mtime_ns}"


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    found = entry.stat()
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino & _INODE_BITS)
