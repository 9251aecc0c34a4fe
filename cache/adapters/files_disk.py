"""The folder as a folder: one file per name, appended with one write, replaced by a rename."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cache.errors import CacheError, NoRoomError, UnwritableError
from cache.ports import StoredFile

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNFINISHED = ".part"


class DiskFiles:
    """Files below a folder, which is made when it is missing, readable by its owner only.

    Nothing is flushed to the medium on purpose: after a crash of the machine the bytes are fetched
    again, which is cheaper than waiting for the disk at every piece.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self) -> Iterator[StoredFile]:
        """All files, in no order; leftovers of a crash are removed."""
        with _translated():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.scandir(self._folder) as entries:
                listed = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        for entry in listed:
            if entry.name.endswith(_UNFINISHED):
                with suppress(OSError):
                    Path(entry.path).unlink()
                continue
            with suppress(FileNotFoundError):
                stat = entry.stat(follow_symlinks=False)
                yield StoredFile(entry.name, stat.st_size, stat.st_mtime)

    def append(self, name: str, parts: Sequence[bytes]) -> int:
        """Add bytes at the end, in one go; the size of the file before. All of them or none."""
        size = sum(map(len, parts))
        with self._writing(name, os.O_RDWR | os.O_CREAT) as descriptor:
            before = os.lseek(descriptor, 0, os.SEEK_END)
            try:
                written = os.writev(descriptor, parts)
                if written < size:
                    rest = b"".join(parts)[written:]
                    while rest:
                        rest = rest[os.write(descriptor, rest) :]
            except OSError:
                os.ftruncate(descriptor, before)
                raise
        return before

    def read(self, name: str, offset: int, size: int) -> bytes:
        """Bytes from an offset, fewer at the end of the file, none if there is no such file."""
        path = self._folder / name
        with _translated(), suppress(FileNotFoundError), _opened(path, os.O_RDONLY) as descriptor:
            return os.pread(descriptor, size, offset)
        return b""

    def replace(self, name: str, data: bytes) -> None:
        """Give a file new content, all or nothing."""
        unfinished = name + _UNFINISHED
        try:
            with self._writing(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as descriptor:
                rest = data
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            with _translated():
                (self._folder / unfinished).replace(self._folder / name)
        except CacheError:
            with suppress(OSError):
                (self._folder / unfinished).unlink()
            raise

    def truncate(self, name: str, size: int) -> None:
        """Cut a file."""
        with _translated():
            os.truncate(self._folder / name, size)

    def touch(self, name: str) -> None:
        """Note that the file was used now."""
        with suppress(OSError):
            os.utime(self._folder / name)

    def remove(self, name: str) -> None:
        """Forget a file; fine if there is none."""
        with _translated():
            (self._folder / name).unlink(missing_ok=True)

    @contextmanager
    def _writing(self, name: str, flags: int) -> Iterator[int]:
        with _translated():
            if not self._folder.is_dir():
                self._folder.mkdir(mode=0o700, parents=True)
            with _opened(self._folder / name, flags) as descriptor:
                yield descriptor


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoomError(error.strerror or "no space left") from error
        raise UnwritableError(error.strerror or str(error)) from error


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
