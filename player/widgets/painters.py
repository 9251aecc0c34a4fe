"""How rows of tracks, albums and artists are drawn, and which columns fit."""

from dataclasses import dataclass

from player.styles.text import clean, clock
from player.widgets.artwork import artwork
from player.widgets.cover import draw_picture
from player.widgets.list_view import Look, playing_mark
from player.widgets.model import QueueRow, artists_of
from player.widgets.row import Row
from sync.wire.catalog import Album, Artist, ArtistRef, Track

_TITLE_AT = 7
_TIME = 8
"""Cells for a time and the gap before it."""
_LEAST_TITLE = 20


@dataclass(frozen=True)
class Columns:
    """Where the columns of a track row begin and how wide they are; zero: not shown."""

    title: int
    title_cells: int
    artist: int
    artist_cells: int
    album: int
    album_cells: int
    time_end: int


def columns(width: int, rows: int, *, album: bool = True, artist: bool = True) -> Columns:
    """Share out a width. Dropped in this order: album, then artist; the title keeps 20 cells."""
    title = max(_TITLE_AT, len(str(rows)) + 4)
    end = width - 1
    room = end - _TIME - title
    if album and artist and room >= 72:
        artist_cells, album_cells = int(room * 0.25), int(room * 0.30)
    elif artist and room >= _LEAST_TITLE + 10:
        artist_cells, album_cells = max(10, int(room * 0.34)), 0
    else:
        artist_cells = album_cells = 0
    title_cells = room - artist_cells - album_cells
    artist_at = title + title_cells
    return Columns(
        *(title, title_cells - 2, artist_at, max(0, artist_cells - 2)),
        *(artist_at + artist_cells, max(0, album_cells - 2), end),
    )


class TrackPainter:
    """Tracks with number, title, artist, album and time."""

    def __init__(self, *, album: bool = True, artist: bool = True, numbers: str = "row") -> None:
        self.header_lines = 2 if numbers == "row" else 0
        self.rows = 0
        self._album = album
        self._artist = artist
        self._numbers = numbers

    def header(self, row: Row, line: int, rows: int) -> None:
        """Names of the columns, then a rule."""
        if line == 1:
            row.rule(1, row.width - 3)
            return
        self.rows = rows
        place = columns(row.width - 2, rows, album=self._album, artist=self._artist)
        row.put_right(place.title - 2, "#", "muted")
        row.put(place.title, "Title", "muted")
        if place.artist_cells:
            row.put(place.artist, "Artist", "muted")
        if place.album_cells:
            row.put(place.album, "Album", "muted")
        row.put_right(place.time_end, "Time", "muted")

    def paint(self, row: Row, item: Track, index: int, look: Look) -> None:
        """One track."""
        place = columns(row.width, self.rows, album=self._album, artist=self._artist)
        number = index + 1 if self._numbers == "row" else item.number or index + 1
        if look.playing:
            playing_mark(row, place.title - 5)
        else:
            row.put_right(place.title - 2, f"{number}", "faint")
        paint_title(row, place.title, item, place.title_cells, look)
        if place.artist_cells:
            row.put(place.artist, clean(artists_of(item)), "muted", cells=place.artist_cells)
        if place.album_cells:
            row.put(place.album, clean(item.album.title), "faint", cells=place.album_cells)
        paint_time(row, place.time_end, item, look)

    def key(self, item: Track) -> str:
        """The track's id."""
        return item.id


def paint_title(row: Row, x: int, item: Track, cells: int, look: Look) -> None:
    """A track's title: accent when it plays, bold when it plays or has the focus."""
    role = "accent" if look.playing else "text"
    row.put(x, clean(item.title), role, bold=look.playing or look.focused, cells=cells)


def paint_time(row: Row, end: int, item: Track, look: Look) -> None:
    """A track's length, and a sign before it when the file breaks off."""
    x = row.put_right(end, clock(item.duration_ms), "text" if look.focused else "faint")
    if item.damage:
        row.put(x - 2, "!", "warn", bold=True)


class AlbumPainter:
    """Albums as lines: a sliver of the cover, title, artist, year, tracks."""

    header_lines = 0

    def header(self, row: Row, line: int, rows: int) -> None:
        """Albums need no column heads."""

    def paint(self, row: Row, item: Album, index: int, look: Look) -> None:
        """One album."""
        draw_picture(row, 2, artwork(item.cover or item.id, 2, 1), 0)
        end = row.width - 2
        if look.playing:
            playing_mark(row, end - 3)
        tracks = row.put_right(end - 5, f"{item.track_count} tr", "faint")
        year = min(tracks - 2, end - 12)
        if item.year:
            year = row.put_right(year, str(item.year), "faint")
        room = year - 8
        title_cells = max(_LEAST_TITLE, int(room * 0.55))
        role = "accent" if look.playing else "text"
        bold = look.focused or look.playing
        row.put(6, clean(item.title), role, bold=bold, cells=title_cells - 2)
        artist_cells = room - title_cells
        if artist_cells >= 6:
            row.put(6 + title_cells, names(item.artists), "muted", cells=artist_cells)

    def key(self, item: Album) -> str:
        """The album's id."""
        return item.id


class ArtistPainter:
    """Artists as lines: a sliver of a picture, name, albums, tracks."""

    header_lines = 0

    def header(self, row: Row, line: int, rows: int) -> None:
        """Artists need no column heads."""

    def paint(self, row: Row, item: Artist, index: int, look: Look) -> None:
        """One artist."""
        draw_picture(row, 2, artwork(item.cover or item.id, 2, 1), 0)
        end = row.width - 2
        row.put_right(end, f"{item.track_count:,} tr", "faint")
        row.put_right(end - 10, f"{item.album_count:,} al", "faint")
        row.put(6, clean(item.name), bold=look.focused, cells=end - 28)

    def key(self, item: Artist) -> str:
        """The artist's id."""
        return item.id


def in_full(item: object) -> str:
    """A track, album or artist in one text without end."""
    if isinstance(item, QueueRow):
        return " · ".join(part for part in (in_full(item.track), clean(item.reason)) if part)
    if isinstance(item, Track):
        album = clean(item.album.title)
        return " · ".join((clean(item.title), clean(artists_of(item)), album))
    if isinstance(item, Album):
        return f"{clean(item.title)} · {names(item.artists)}"
    return clean(item.name) if isinstance(item, Artist) else ""


def names(artists: tuple[ArtistRef, ...]) -> str:
    """Who made it, in one text."""
    return clean(", ".join(artist.name for artist in artists))


def mark_hits(row: Row, x: int, text: str, words: tuple[str, ...], look: Look, cells: int) -> None:
    """A text with the searched words bold and underlined in accent."""
    text = row.fitted(text, cells)
    folded = text.casefold()
    hit = [False] * len(text)
    if len(folded) == len(text):
        for word in words:
            start = folded.find(word) if word else -1
            while start >= 0:
                hit[start : start + len(word)] = [True] * len(word)
                start = folded.find(word, start + 1)
    run = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or hit[place] != hit[run]:
            piece = text[run:place]
            x = row.put_marked(x, piece) if hit[run] else row.put(x, piece, bold=look.focused)
            run = place
