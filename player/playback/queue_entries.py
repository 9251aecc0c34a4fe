"""Entries of the play queue: their names, their tracks and why they are there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Section = Literal["played", "now", "yours", "context"]
OriginKind = Literal["yours", "context"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Why entries are in the queue."""

    kind: OriginKind
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as a list shows it."""

    entry: str
    track_id: str
    section: Section
    reason: str


@dataclass(slots=True)
class EntryBooks:
    """What is known of every entry that the order or an undo step may name."""

    tracks: dict[int, str] = field(default_factory=dict)
    origins: dict[int, Origin] = field(default_factory=dict)
    heard: set[int] = field(default_factory=set)
    following: int = 1

    def enter(self, track_ids: Sequence[str], origin: Origin) -> list[int]:
        """Numbers for new entries."""
        numbers = range(self.following, self.following + len(track_ids))
        self.following += len(track_ids)
        self.tracks.update(zip(numbers, track_ids, strict=True))
        self.origins.update(dict.fromkeys(numbers, origin))
        return list(numbers)

    def keep_only(self, numbers: set[int]) -> None:
        """Forget all others."""
        self.tracks = {n: t for n, t in self.tracks.items() if n in numbers}
        self.origins = {n: o for n, o in self.origins.items() if n in numbers}
        self.heard &= numbers


def entry_name(number: int) -> str:
    """How an entry is called outside."""
    return f"e{number}"


def entry_number(entry: str) -> int:
    """The number behind a name. Raises KeyError if it is none."""
    if not entry[1:].isdigit() or entry[0] != "e":
        raise KeyError(entry)
    return int(entry[1:])
