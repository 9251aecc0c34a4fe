"""Rows of a list that may be very long: fetched page by page, forgotten when far away."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE = 100
KEPT_PAGES = 24


@dataclass(frozen=True)
class Fetched(Generic[T]):
    """A part of a list and how long the whole is."""

    total: int
    items: Sequence[T]


Fetch = Callable[[int, int], Awaitable[Fetched[T]]]
"""Called with (offset, limit). Raises PlayerError."""


class Pages(Generic[T]):
    """The loaded pages of one list, least recently used ones dropped."""

    def __init__(self, *, size: int = PAGE, keep: int = KEPT_PAGES) -> None:
        self.size = size
        self.total: int | None = None
        self._keep = keep
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()
        self._wanted: set[int] = set()

    def __len__(self) -> int:
        return sum(len(page) for page in self._pages.values())

    def get(self, index: int) -> T | None:
        """A row, if it is here."""
        page, place = divmod(index, self.size)
        items = self._pages.get(page)
        if items is None or place >= len(items):
            return None
        self._pages.move_to_end(page)
        return items[place]

    def loaded(self) -> Iterable[tuple[int, T]]:
        """Every row that is here, with its index."""
        for page, items in self._pages.items():
            for place, item in enumerate(items):
                yield page * self.size + place, item

    def claim(self, first: int, last: int) -> list[int]:
        """The pages of these rows that nobody has asked for yet; they count as asked for now."""
        if self.total is not None:
            last = min(last, self.total - 1)
        pages = range(max(0, first) // self.size, max(0, last) // self.size + 1)
        fresh = [p for p in pages if p not in self._pages and p not in self._wanted]
        self._wanted.update(fresh)
        return fresh

    def put(self, page: int, fetched: Fetched[T]) -> None:
        """Keep a page that has arrived."""
        self._wanted.discard(page)
        self.total = fetched.total
        self._pages[page] = fetched.items
        while len(self._pages) > self._keep:
            self._pages.popitem(last=False)

    def give_up(self, page: int) -> None:
        """A page did not come; it may be asked for again."""
        self._wanted.discard(page)


@dataclass(frozen=True)
class Block:
    """A run of rows under an optional heading."""

    rows: int
    title: str = ""
    note: str = ""
    faint: bool = False


@dataclass(frozen=True)
class Place:
    """What stands on a line: a row (its index), a heading (its block) or nothing."""

    row: int | None = None
    block: Block | None = None


class Outline:
    """Where rows and headings stand: row index to line and back, for any length."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._spans: list[tuple[int, int, Block]] = []
        line = row = 0
        for block in blocks:
            if not block.rows:
                continue
            if block.title:
                line += 2 if line else 1
            self._spans.append((line, row, block))
            line += block.rows
            row += block.rows
        self.lines = line
        self.rows = row

    def line_of(self, row: int) -> int:
        """The line a row stands on."""
        for line, first, block in self._spans:
            if first <= row < first + block.rows:
                return line + row - first
        return 0

    def at(self, line: int) -> Place:
        """What stands on a line."""
        for start, first, block in self._spans:
            if start <= line < start + block.rows:
                return Place(row=first + line - start)
            if block.title and line == start - 1:
                return Place(block=block)
        return Place()
