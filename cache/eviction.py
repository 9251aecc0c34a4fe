"""Which cached files go when the budget is reached: the least recently used, never a pinned one."""

from collections import OrderedDict
from collections.abc import Container, Iterable

from cache.ports import StoredFile


class LeastRecent:
    """Sizes of files in the order of their last use."""

    def __init__(self, files: Iterable[StoredFile]) -> None:
        ordered = sorted(files, key=lambda file: file.used_at)
        self._sizes = OrderedDict((file.name, file.size) for file in ordered)
        self.total = sum(self._sizes.values())

    def __contains__(self, name: object) -> bool:
        return name in self._sizes

    def used(self, name: str) -> None:
        """The file was used now."""
        if name in self._sizes:
            self._sizes.move_to_end(name)

    def resized(self, name: str, size: int) -> None:
        """The file has this size now, and was used now."""
        self.total += size - self._sizes.get(name, 0)
        self._sizes[name] = size
        self._sizes.move_to_end(name)

    def gone(self, name: str) -> None:
        """The file was removed."""
        self.total -= self._sizes.pop(name, 0)

    def size_of(self, name: str) -> int:
        """Size of a file, 0 if there is none."""
        return self._sizes.get(name, 0)

    def names(self) -> list[str]:
        """All files, least recently used first."""
        return list(self._sizes)

    def victims(self, excess: int, pinned: Container[str]) -> list[str]:
        """Files to remove so that at least `excess` bytes become free, or as many as can be."""
        chosen: list[str] = []
        for name, size in self._sizes.items():
            if excess <= 0:
                break
            if name not in pinned:
                chosen.append(name)
                excess -= size
        return chosen
