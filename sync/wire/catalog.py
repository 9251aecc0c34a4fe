"""The catalog as it travels: tracks, albums, artists, lyrics, pages and changes."""

from typing import Generic, Literal, TypeVar

import msgspec

LyricsKind = Literal["none", "plain", "line", "word"]
EntityKind = Literal["track", "album", "artist"]

T = TypeVar("T")


class ArtistRef(msgspec.Struct, frozen=True):
    """An artist named by something else."""

    id: str
    name: str


class AlbumRef(msgspec.Struct, frozen=True):
    """An album named by something else."""

    id: str
    title: str


class Gain(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """ReplayGain as tagged: gains in dB, peaks as linear sample values."""

    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None


class Track(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recording on one album."""

    id: str
    title: str
    artists: tuple[ArtistRef, ...]
    album: AlbumRef
    duration_ms: int
    disc: int = 1
    number: int = 0
    year: int | None = None
    genres: tuple[str, ...] = ()
    cover: str | None = None
    """Id of the cover picture, for `/v1/art/{cover}`; it changes when the picture does."""
    lyrics: LyricsKind = "none"
    isrc: str | None = None
    recording_mbid: str | None = None
    label: str | None = None
    composers: tuple[str, ...] = ()
    gain: Gain | None = None
    added_at: int = 0
    """Unix time in milliseconds."""
    damage: str | None = None
    """Why the file cannot be played to its end, if so."""


class Album(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A release: a set of tracks in order."""

    id: str
    title: str
    artists: tuple[ArtistRef, ...]
    track_count: int
    duration_ms: int
    year: int | None = None
    genres: tuple[str, ...] = ()
    cover: str | None = None
    label: str | None = None
    release_mbid: str | None = None
    compilation: bool = False
    added_at: int = 0


class Artist(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Someone who made tracks or albums."""

    id: str
    name: str
    album_count: int = 0
    track_count: int = 0
    cover: str | None = None
    artist_mbid: str | None = None


class Genre(msgspec.Struct, frozen=True):
    """A genre and how many tracks carry it."""

    name: str
    track_count: int


class LyricWord(msgspec.Struct, frozen=True):
    """A word (with its trailing space, if any) and the moment it begins."""

    start_ms: int
    text: str


class LyricLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line; `start_ms` is None in plain lyrics, `words` is empty below word level."""

    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    words: tuple[LyricWord, ...] = ()


class Lyrics(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Lyrics of one track, lines sorted by start."""

    track_id: str
    kind: LyricsKind
    lines: tuple[LyricLine, ...]
    language: str | None = None


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list; `next` is the cursor of the following part, None at the end."""

    items: tuple[T, ...]
    next: str | None = None
    total: int | None = None


class SearchHits(msgspec.Struct, frozen=True):
    """What a search found, best first."""

    tracks: tuple[Track, ...] = ()
    albums: tuple[Album, ...] = ()
    artists: tuple[Artist, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entity as it is now; none of the three bodies is set when it was removed."""

    seq: int
    kind: EntityKind
    id: str
    track: Track | None = None
    album: Album | None = None
    artist: Artist | None = None


class ChangePage(msgspec.Struct, frozen=True):
    """Changes after a cursor, in order; pass `next` as the following cursor."""

    items: tuple[Change, ...]
    next: int
    more: bool
