"""The play queue: one list in playing order, a current entry, and memory for shuffle and undo.

Entries are numbers inside and `e12` outside, tracks and origins lie in dictionaries beside the
order, so that a context of 100,000 tracks costs a few milliseconds to play, shuffle or edit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, get_args

from player.playback.queue_entries import (
    EntryBooks,
    Origin,
    OriginKind,
    Row,
    Section,
    entry_name,
    entry_number,
)
from player.playback.queue_order import shuffled, unshuffled

Repeat = Literal["off", "all", "one"]
REPEATS: tuple[Repeat, ...] = get_args(Repeat)

UNDO_STEPS = 50
UNDO_ENTRIES = 1_000_000
"""Entries all undo steps hold together, a bound on memory with huge queues."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What one undo brings back. Lists are never changed once they are in a step."""

    order: list[int]
    natural: list[int] | None
    index: int | None


class PlayQueue:
    """What plays, what comes next and why. Methods named as commands change `revision`."""

    def __init__(self, random: Random | None = None) -> None:
        self._random = random or Random()
        self._books = EntryBooks()
        self._order: list[int] = []
        self._natural: list[int] | None = None
        """The order before shuffling, None while shuffle is off."""
        self._index: int | None = None
        self._undo: list[_Step] = []
        self.repeat: Repeat = "off"
        self.revision = 0

    def __len__(self) -> int:
        return len(self._order)

    @property
    def index(self) -> int | None:
        """Place of the current entry in the order."""
        return self._index

    @property
    def current(self) -> str | None:
        """The current entry."""
        return None if self._index is None else entry_name(self._order[self._index])

    @property
    def shuffle(self) -> bool:
        """Whether the order is shuffled."""
        return self._natural is not None

    def track_of(self, entry: str) -> str:
        """Track of an entry, also of one that has left the queue lately. Raises KeyError."""
        return self._books.tracks[entry_number(entry)]

    def holds(self, entry: str) -> bool:
        """Whether the entry is in the queue."""
        try:
            return entry_number(entry) in self._order
        except KeyError:
            return False

    # ------------------------------------------------------------------ what follows

    def upcoming(self, count: int) -> list[str]:
        """Entries that follow by themselves when nobody touches anything, at most `count`."""
        if self._index is None:
            return []
        if self.repeat == "one":
            return [entry_name(self._order[self._index])] * count
        following = self._order[self._index + 1 : self._index + 1 + count]
        if self.repeat == "all":
            while len(following) < count:
                following = following + self._order[: count - len(following)]
        return [entry_name(number) for number in following]

    def advance(self) -> str | None:
        """The current track ended by itself: go to what follows. None at the end."""
        if self._index is not None and self.repeat == "one":
            return self.current
        return self.skip()

    def skip(self) -> str | None:
        """Go to the next entry, also when one track repeats. None at the end."""
        if self._index is None:
            return None
        if self._index + 1 < len(self._order):
            return self._go(self._index + 1)
        return self._go(0) if self.repeat == "all" else None

    def back(self) -> str | None:
        """Go to the entry before. None at the beginning."""
        if self._index is None:
            return None
        if self._index > 0:
            return self._go(self._index - 1)
        return self._go(len(self._order) - 1) if self.repeat == "all" else None

    def rewind(self) -> str | None:
        """Go to the first entry, as after the end of everything."""
        return self._go(0) if self._order else None

    def jump(self, entry: str) -> str:
        """Go to an entry. Your own entries that are jumped over still come next.

        Raises KeyError if it is not in the queue.
        """
        target = self._place(entry)
        start = -1 if self._index is None else self._index
        if target > start and self._kind(self._order[target]) == "context":
            between = self._order[start + 1 : target]
            yours = [number for number in between if self._kind(number) == "yours"]
            if yours:
                rest = [number for number in between if self._kind(number) == "context"]
                head = [*self._order[: start + 1], *rest, self._order[target]]
                self._order = [*head, *yours, *self._order[target + 1 :]]
                target -= len(yours)
        self._go(target)
        return entry

    # ------------------------------------------------------------------ edits

    def play(self, track_ids: Sequence[str], *, start: int | None = 0, reason: str = "") -> str:
        """Replace the context and make its track `start` current; yours to come are kept.

        Without a start it begins anywhere if shuffled, else with the first.
        Raises ValueError without tracks or with a start outside.
        """
        if not track_ids:
            raise ValueError("nothing to play")
        if start is None:
            start = self._random.randrange(len(track_ids)) if self.shuffle else 0
        if not 0 <= start < len(track_ids):
            raise ValueError(f"no track {start} among {len(track_ids)}")
        self._remember()
        yours = self._yours_ahead()
        fresh = self._books.enter(track_ids, Origin("context", reason))
        self._order = [*fresh[: start + 1], *yours, *fresh[start + 1 :]]
        self._index = start
        if self.shuffle:
            self._natural = fresh
            self._reshuffle()
        return self._go(self._index)

    def add(self, track_ids: Sequence[str], *, where: str = "end", reason: str = "") -> list[str]:
        """Put tracks right after the current one (`next`) or after all others of yours (`end`)."""
        if not track_ids:
            return []
        self._remember()
        words = reason or ("you play it next" if where == "next" else "you added it")
        fresh = self._books.enter(track_ids, Origin("yours", words))
        at = 0 if self._index is None else self._index + 1
        if where != "next":
            while at < len(self._order) and self._kind(self._order[at]) == "yours":
                at += 1
        self._order = [*self._order[:at], *fresh, *self._order[at:]]
        if self._index is None:
            self._index = 0
        self.revision += 1
        return [entry_name(number) for number in fresh]

    def move(self, entry: str, to: int) -> None:
        """Bring an entry to a place in the list; among yours it becomes one of yours.

        Raises KeyError if it is not in the queue.
        """
        place = self._place(entry)
        self._remember()
        order = self._order.copy()
        number = order.pop(place)
        to = max(0, min(to, len(order)))
        order.insert(to, number)
        current = None if self._index is None else self._order[self._index]
        self._order = order
        self._index = None if current is None else order.index(current)
        following = order[to + 1] if to + 1 < len(order) else None
        ahead = self._index is not None and to > self._index
        if ahead and following is not None and self._kind(following) == "yours":
            self._books.origins[number] = Origin("yours", "you moved it here")
        self.revision += 1

    def remove(self, entries: Sequence[str]) -> bool:
        """Take entries out. True if the current one was among them: what followed is current."""
        numbers = {entry_number(entry) for entry in entries} & set(self._order)
        if not numbers:
            return False
        self._remember()
        index = self._index
        gone = index is not None and self._order[index] in numbers
        earlier = 0 if index is None else len(numbers.intersection(self._order[:index]))
        self._order = _without(self._order, numbers)
        if self._natural is not None:
            self._natural = _without(self._natural, numbers)
        self._index = None
        if index is not None and self._order:
            self._index = min(index - earlier, len(self._order) - 1)
        if gone and self._index is not None:
            self._go(self._index)
        self.revision += 1
        return gone

    def clear(self) -> None:
        """Take out everything but the current entry."""
        if self._index is None or len(self._order) == 1:
            return
        self._remember()
        current = self._order[self._index]
        self._order, self._index = [current], 0
        if self._natural is not None:
            self._natural = [number for number in self._natural if number == current]
        self.revision += 1

    def set_shuffle(self, on: bool) -> None:
        """Shuffle what was not heard yet, or restore the order; the current entry stays."""
        if on == self.shuffle:
            return
        self.revision += 1
        if on:
            self._natural = [n for n in self._order if self._kind(n) == "context"]
            self._reshuffle()
            return
        natural, self._natural = self._natural or [], None
        current = None if self._index is None else self._order[self._index]
        self._order = unshuffled(self._order, natural, current)
        self._index = None if current is None else self._order.index(current)

    def set_repeat(self, mode: Repeat) -> None:
        """Repeat nothing, everything or the current track."""
        self.repeat = mode
        self.revision += 1

    def undo(self) -> bool | None:
        """Take the last edit back. What plays goes on if the restored queue has it.

        True if another entry is current now, False if not, None if there is nothing to undo.
        """
        if not self._undo:
            return None
        step = self._undo.pop()
        playing = None if self._index is None else self._order[self._index]
        if self.shuffle != (step.natural is not None):
            step = self._as_shuffled(step)
        self._order, self._natural, self._index = step.order, step.natural, step.index
        self.revision += 1
        if playing is not None and playing in self._order:
            self._index = self._order.index(playing)
            return False
        return playing is not None or self._index is not None

    # ------------------------------------------------------------------ views

    def rows(self, offset: int, limit: int) -> list[Row]:
        """A window of the list."""
        offset = max(0, offset)
        window = self._order[offset : offset + max(0, limit)]
        return [self._row(place, number) for place, number in enumerate(window, offset)]

    def saved(self) -> dict[str, Any]:
        """Everything as plain values, without the undo steps."""
        used = list(dict.fromkeys([*self._order, *(self._natural or [])]))
        origins = list({self._books.origins[number]: None for number in used})
        numbers = {origin: place for place, origin in enumerate(origins)}
        return {
            "entries": used,
            "tracks": [self._books.tracks[number] for number in used],
            "origin_of": [numbers[self._books.origins[number]] for number in used],
            "origins": [[origin.kind, origin.reason] for origin in origins],
            "heard": sorted(self._books.heard.intersection(used)),
            "order": self._order,
            "natural": self._natural,
            "index": self._index,
            "repeat": self.repeat,
            "following": self._books.following,
        }

    @classmethod
    def restored(cls, saved: dict[str, Any], random: Random | None = None) -> "PlayQueue":
        """A queue from `saved`. Raises ValueError, KeyError or TypeError if it is anything else."""
        queue = cls(random)
        origins = [Origin(kind, reason) for kind, reason in saved["origins"]]
        used = [int(number) for number in saved["entries"]]
        queue._books = EntryBooks(
            tracks=dict(zip(used, saved["tracks"], strict=True)),
            origins={n: origins[o] for n, o in zip(used, saved["origin_of"], strict=True)},
            heard=set(saved["heard"]),
            following=int(saved["following"]),
        )
        queue._order = list(saved["order"])
        queue._natural = None if saved["natural"] is None else list(saved["natural"])
        queue._index = saved["index"]
        if saved["repeat"] not in REPEATS:
            raise ValueError(f"no such repeat: {saved['repeat']}")
        queue.repeat = saved["repeat"]
        inside = queue._index is None or 0 <= queue._index < len(queue._order)
        if not inside or not set(queue._order) <= set(used):
            raise ValueError("the saved queue contradicts itself")
        return queue

    # ------------------------------------------------------------------ inside

    def _row(self, place: int, number: int) -> Row:
        origin = self._books.origins[number]
        section: Section = origin.kind
        if self._index is not None and place <= self._index:
            section = "now" if place == self._index else "played"
        return Row(entry_name(number), self._books.tracks[number], section, origin.reason)

    def _go(self, index: int) -> str:
        self._index = index
        self._books.heard.add(self._order[index])
        self.revision += 1
        return entry_name(self._order[index])

    def _place(self, entry: str) -> int:
        try:
            return self._order.index(entry_number(entry))
        except ValueError:
            raise KeyError(entry) from None

    def _kind(self, number: int) -> OriginKind:
        return self._books.origins[number].kind

    def _yours_ahead(self) -> list[int]:
        ahead = self._order[0 if self._index is None else self._index + 1 :]
        return [number for number in ahead if self._kind(number) == "yours"]

    def _reshuffle(self) -> None:
        current = None if self._index is None else self._order[self._index]
        yours = set(self._yours_ahead())
        self._order = shuffled(self._order, current, yours, self._books.heard, self._random)
        self._index = None if current is None else self._order.index(current)

    def _as_shuffled(self, step: _Step) -> _Step:
        """The step in the shuffle mode of today: shuffle itself is not an edit."""
        current = None if step.index is None else step.order[step.index]
        if step.natural is not None:
            order, natural = unshuffled(step.order, step.natural, current), None
        else:
            order = step.order
            natural = [number for number in order if self._kind(number) == "context"]
        return _Step(order, natural, None if current is None else order.index(current))

    def _remember(self) -> None:
        self._undo.append(_Step(self._order, self._natural, self._index))
        held = sum(len(step.order) for step in self._undo)
        while len(self._undo) > UNDO_STEPS or (held > UNDO_ENTRIES and len(self._undo) > 1):
            held -= len(self._undo.pop(0).order)
        if len(self._books.tracks) > 2 * (held + len(self._order)) + 1000:
            self._forget_unused()

    def _forget_unused(self) -> None:
        used = set(self._order).union(self._natural or ())
        for step in self._undo:
            used.update(step.order, step.natural or ())
        self._books.keep_only(used)


def _without(order: list[int], numbers: set[int]) -> list[int]:
    return [number for number in order if number not in numbers]
