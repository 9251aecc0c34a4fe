"""What an album says of itself, drawn from its tracks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

ALBUM_GENRES = 5


@dataclass(frozen=True, slots=True)
class AlbumTrack:
    """The part of a track that its album is drawn from."""

    disc: int
    number: int
    duration_ms: int
    year: int | None
    label: str | None
    cover: str | None
    genres: Sequence[str]


@dataclass(frozen=True, slots=True)
class AlbumSummary:
    """An album's own figures."""

    track_count: int
    duration_ms: int
    year: int | None
    label: str | None
    cover: str | None
    genres: tuple[str, ...]


def summarise(tracks: Iterable[AlbumTrack]) -> AlbumSummary:
    """Counts are sums; year, label and genres go by majority; the first cover is the album's."""
    ordered = sorted(tracks, key=lambda track: (track.disc, track.number))
    genres = Counter(genre for track in ordered for genre in track.genres)
    return AlbumSummary(
        track_count=len(ordered),
        duration_ms=sum(track.duration_ms for track in ordered),
        year=_majority([track.year for track in ordered if track.year]),
        label=_majority([track.label for track in ordered if track.label]),
        cover=next((track.cover for track in ordered if track.cover), None),
        genres=tuple(genre for genre, _count in genres.most_common(ALBUM_GENRES)),
    )


def _majority(values: list[T]) -> T | None:
    return Counter(values).most_common(1)[0][0] if values else None
