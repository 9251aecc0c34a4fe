"""The folder in memory, with a capacity, and a switch that makes it fail."""

from collections.abc import Iterator, Sequence

from cache.errors import NoRoomError, UnwritableError
from cache.ports import StoredFile


class MemoryFiles:
    """Files in a dictionary; time is a counter."""

    def __init__(self, capacity_bytes: int | None = None) -> None:
        self.contents: dict[str, bytearray] = {}
        self.capacity_bytes = capacity_bytes
        """How many bytes fit, None for any number."""
        self.broken = False
        """While true, everything raises UnwritableError."""
        self._used_at: dict[str, float] = {}
        self._ticks = 0.0

    def files(self) -> Iterator[StoredFile]:
        """All files, in no order."""
        self._check()
        for name, content in self.contents.items():
            yield StoredFile(name, len(content), self._used_at[name])

    def append(self, name: str, parts: Sequence[bytes]) -> int:
        """Add bytes at the end, in one go; the size of the file before. All of them or none."""
        self._check(sum(map(len, parts)))
        content = self.contents.setdefault(name, bytearray())
        before = len(content)
        for part in parts:
            content += part
        self.touch(name)
        return before

    def read(self, name: str, offset: int, size: int) -> bytes:
        """Bytes from an offset, fewer at the end of the file, none if there is no such file."""
        self._check()
        return bytes(self.contents.get(name, b"")[offset : offset + size])

    def replace(self, name: str, data: bytes) -> None:
        """Give a file new content, all or nothing."""
        self._check(len(data) - len(self.contents.get(name, b"")))
        self.contents[name] = bytearray(data)
        self.touch(name)

    def truncate(self, name: str, size: int) -> None:
        """Cut a file."""
        self._check()
        del self.contents[name][size:]

    def touch(self, name: str) -> None:
        """Note that the file was used now."""
        self._ticks += 1
        self._used_at[name] = self._ticks

    def remove(self, name: str) -> None:
        """Forget a file; fine if there is none."""
        self._check()
        self.contents.pop(name, None)
        self._used_at.pop(name, None)

    def _check(self, more: int = 0) -> None:
        if self.broken:
            raise UnwritableError("the memory was told to fail")
        held = sum(map(len, self.contents.values()))
        if self.capacity_bytes is not None and more > 0 and held + more > self.capacity_bytes:
            raise NoRoomError("no space left in memory")
