"""The chunk store: ciphertext of renditions on this device, within a budget.

It never fails towards its user: a disk that is full or broken costs a notice, and for a while the
store only reads. What it gives out may be damaged; the reader verifies and tells `drop`.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection

from cache.chunks import HEAD_BYTES, Ranges, head, scan
from cache.errors import CacheError, NoRoomError
from cache.eviction import LeastRecent
from cache.ports import ChunkFiles, StoredFile

DEFAULT_BUDGET_BYTES = 2_000_000_000
TRY_AGAIN_S = 20.0
"""How long after a write that failed the next one is tried."""
OPEN_RENDITIONS = 64
"""Renditions whose ranges are kept in memory."""
SLACK = 0.02
"""Share of the budget that one eviction frees beyond what is needed, so that they are rare."""


class ChunkStore:
    """Pieces by rendition and byte range, documents by name."""

    def __init__(
        self,
        chunks: ChunkFiles,
        papers: ChunkFiles,
        *,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        papers_budget_bytes: int = 32_000_000,
        notice: Callable[[str, str], None] = lambda _text, _remedy: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`notice(text, remedy)` is for people."""
        self._chunks = chunks
        self._papers = papers
        self._budget = budget_bytes
        self._papers_budget = papers_budget_bytes
        self._notice = notice
        self._clock = clock
        self._trouble: str | None = None
        self._try_at = 0.0
        """When writing is tried again after trouble."""
        self._files = LeastRecent(self._listed(chunks))
        self._documents = LeastRecent(self._listed(papers))
        self._ranges: OrderedDict[str, Ranges] = OrderedDict()
        self._pinned: frozenset[str] = frozenset()
        self.hits = 0
        self.misses = 0

    @property
    def used_bytes(self) -> int:
        """What the store occupies."""
        return self._files.total + self._documents.total

    @property
    def budget_bytes(self) -> int:
        """What it may occupy."""
        return self._budget

    @property
    def trouble(self) -> str | None:
        """Why nothing is stored at the moment, None if all is well."""
        return self._trouble

    def set_budget(self, budget_bytes: int) -> None:
        """Allow more or less from now on."""
        self._budget = budget_bytes
        self._make_room(0)

    def pin(self, rendition_ids: Collection[str]) -> None:
        """From now on never evict these, only these."""
        self._pinned = frozenset(rendition_ids)

    # ------------------------------------------------------------------ pieces

    def get(self, rendition_id: str, start: int, end: int) -> bytes | None:
        """Stored bytes [start, end), or None if not all of them are here. They may be damaged."""
        try:
            data = self._read(rendition_id, start, end)
        except CacheError as error:
            self._give_up(error)
            data = None
        if data is None:
            self.misses += 1
        else:
            self.hits += 1
        return data

    def has(self, rendition_id: str, start: int, end: int) -> bool:
        """Whether `get` would answer, as far as is known without reading."""
        if rendition_id not in self._files:
            return False
        try:
            return self._open(rendition_id).cover(start, end) is not None
        except CacheError as error:
            self._give_up(error)
            return False

    def knows(self, rendition_id: str, start: int, end: int) -> bool:
        """Like `has`, without looking at any file: False if nothing was read of it lately."""
        ranges = self._ranges.get(rendition_id)
        return ranges is not None and ranges.cover(start, end) is not None

    def put(self, rendition_id: str, start: int, data: bytes) -> None:
        """Keep bytes that were verified."""
        if not data or not self._writes():
            return
        try:
            if self.has(rendition_id, start, start + len(data)):
                return
            if self._make_room(len(data) + HEAD_BYTES, rendition_id):
                self._append(rendition_id, start, data)
                self._recovered()
        except CacheError as error:
            self._give_up(error)

    def drop(self, rendition_id: str, start: int, end: int) -> None:
        """These bytes are damaged. A disk that errs once is not trusted with the rest of the file.

        Pieces that were fine are fetched again when they are needed.
        """
        if self.has(rendition_id, start, end):
            self._remove(rendition_id)

    def clear(self) -> None:
        """Forget everything; a store that had given up tries again."""
        self._trouble = None
        for name in self._files.names():
            self._remove(name)
        self._forget_documents(self._documents.names())

    # ------------------------------------------------------------------ documents

    def read(self, name: str) -> bytes | None:
        """A document, or None."""
        if name not in self._documents:
            return None
        self._documents.used(name)
        try:
            return self._papers.read(name, 0, self._papers_budget) or None
        except CacheError as error:
            self._give_up(error)
            return None

    def write(self, name: str, data: bytes) -> None:
        """Keep a document."""
        if not self._writes():
            return
        try:
            self._papers.replace(name, data)
        except CacheError as error:
            self._give_up(error)
            return
        self._documents.resized(name, len(data))
        excess = self._documents.total - self._papers_budget
        self._forget_documents(self._documents.victims(excess, {name}))

    # ------------------------------------------------------------------ inside

    def _listed(self, files: ChunkFiles) -> list[StoredFile]:
        try:
            return list(files.files())
        except CacheError as error:
            self._give_up(error)
            return []

    def _read(self, rendition_id: str, start: int, end: int) -> bytes | None:
        if rendition_id not in self._files or end <= start:
            return None
        parts = self._open(rendition_id).cover(start, end)
        if parts is None:
            return None
        self._files.used(rendition_id)
        pieces = [self._chunks.read(rendition_id, place, size) for place, size in parts]
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if len(data) != end - start:
            self._remove(rendition_id)  # somebody else cut or removed the file
            return None
        return data

    def _open(self, rendition_id: str) -> Ranges:
        known = self._ranges.get(rendition_id)
        if known is not None:
            self._ranges.move_to_end(rendition_id)
            return known
        ranges, whole = scan(lambda offset, size: self._chunks.read(rendition_id, offset, size))
        if whole < self._files.size_of(rendition_id):
            self._chunks.truncate(rendition_id, whole)  # the process was killed while appending
            self._files.resized(rendition_id, whole)
        if rendition_id in self._files:
            self._chunks.touch(rendition_id)
        self._ranges[rendition_id] = ranges
        while len(self._ranges) > OPEN_RENDITIONS:
            self._ranges.popitem(last=False)
        return ranges

    def _append(self, rendition_id: str, start: int, data: bytes) -> None:
        ranges = self._open(rendition_id)
        record = (head(start, len(data)), data)
        try:
            before = self._chunks.append(rendition_id, record)
        except NoRoomError:
            if not self._evict(10 * len(data), rendition_id):
                raise
            before = self._chunks.append(rendition_id, record)
        ranges.add(start, len(data), before + HEAD_BYTES)
        self._files.resized(rendition_id, before + HEAD_BYTES + len(data))

    def _forget_documents(self, names: list[str]) -> None:
        for name in names:
            self._documents.gone(name)
            try:
                self._papers.remove(name)
            except CacheError as error:
                self._give_up(error)

    def _make_room(self, size: int, growing: str = "") -> bool:
        """Whether so many more bytes fit in the budget, after eviction if need be."""
        excess = self.used_bytes + size - self._budget
        if excess <= 0:
            return True
        self._evict(excess + int(SLACK * self._budget), growing)
        return self.used_bytes + size <= self._budget

    def _evict(self, excess: int, growing: str) -> bool:
        """Remove what was not used for longest, not what is being written; did anything go?"""
        victims = self._files.victims(excess, self._pinned | {growing})
        for name in victims:
            self._remove(name)
        return bool(victims)

    def _remove(self, name: str) -> None:
        self._ranges.pop(name, None)
        self._files.gone(name)
        try:
            self._chunks.remove(name)
        except CacheError as error:
            self._give_up(error)

    def _writes(self) -> bool:
        """Whether to write: not at once again after trouble."""
        return self._trouble is None or self._clock() >= self._try_at

    def _recovered(self) -> None:
        """Something was written."""
        if self._trouble is not None:
            self._trouble = None
            self._notice("Music is kept on this device again", "")

    def _give_up(self, error: CacheError) -> None:
        self._try_at = self._clock() + TRY_AGAIN_S
        if self._trouble is not None:
            return
        self._trouble = str(error)
        if isinstance(error, NoRoomError):
            cause, remedy = "The disk is full", "make room; it is tried again by itself"
        else:
            cause, remedy = f"The cache cannot be used ({error})", "segue doctor shows its folder"
        self._notice(f"{cause}: nothing more is kept on this device, playing goes on", remedy)
