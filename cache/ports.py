"""What the store needs of a disk: a flat folder of append-only files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the folder."""

    name: str
    size: int
    used_at: float
    """Unix time of the last write or `touch`."""


class ChunkFiles(Protocol):
    """Files by name (letters and digits, and `-`). Raises NoRoomError or UnwritableError.

    A file may end in the middle of what was appended last if the process was killed there.
    """

    def files(self) -> Iterator[StoredFile]:
        """All files, in no order."""
        ...

    def append(self, name: str, parts: Sequence[bytes]) -> int:
        """Add bytes at the end, in one go; the size of the file before. All of them or none."""
        ...

    def read(self, name: str, offset: int, size: int) -> bytes:
        """Bytes from an offset, fewer at the end of the file, none if there is no such file."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Give a file new content, all or nothing."""
        ...

    def truncate(self, name: str, size: int) -> None:
        """Cut a file."""
        ...

    def touch(self, name: str) -> None:
        """Note that the file was used now."""
        ...

    def remove(self, name: str) -> None:
        """Forget a file; fine if there is none."""
        ...
