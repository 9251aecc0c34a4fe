"""Search as you type: best first, under headings, the words that matched marked."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.app import ComposeResult
from textual.containers import Horizontal

from player.errors import PlayerError
from player.screens.page import Page
from player.screens.stage import Stage, decode
from player.styles.palette import Palette
from player.styles.text import clean, clock, count
from player.widgets.artwork import artwork
from player.widgets.background import start
from player.widgets.canvas import Canvas
from player.widgets.cover import draw_picture
from player.widgets.covers import Covers
from player.widgets.frame_parts import Hint
from player.widgets.list_view import ListView, Look, playing_mark
from player.widgets.model import PlayerState, artists_of
from player.widgets.paged_view import Blank, PagedView
from player.widgets.paging import Block, Fetched
from player.widgets.painters import mark_hits, names, paint_time
from player.widgets.row import Row
from player.widgets.text_field import TextField
from sync.wire.catalog import Album, Artist, SearchHits, Track

if TYPE_CHECKING:
    from textual.timer import Timer

Hit = Track | Album | Artist

LIMIT = 30
_BEFORE = Blank("Search your library", "Type a title, an artist or an album; small typos are fine.")
_NOTHING = Blank("Nothing found", "Try fewer or shorter words.", ("esc", "clear"))


class Found(msgspec.Struct, frozen=True):
    """The engine's answer to a search."""

    tracks: tuple[Track, ...] = ()
    albums: tuple[Album, ...] = ()
    artists: tuple[Artist, ...] = ()
    took_ms: float = 0
    source: str = ""

    @property
    def rows(self) -> list[Hit]:
        """All of them, in the order of the headings."""
        return [*self.tracks, *self.albums, *self.artists]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The headings."""
        return (
            Block(len(self.tracks), "Tracks", _many(self.tracks)),
            Block(len(self.albums), "Albums", _many(self.albums)),
            Block(len(self.artists), "Artists", _many(self.artists)),
        )

    def hits(self) -> SearchHits:
        """Without the figures."""
        return SearchHits(self.tracks, self.albums, self.artists)


def _many(hits: Sequence[Hit]) -> str:
    """How many there are, or that more may be: only so many are asked for."""
    return f"the best {LIMIT}" if len(hits) >= LIMIT else f"{len(hits)}"


class HitPainter:
    """Rows of all kinds, with what matched marked."""

    header_lines = 0

    def __init__(self) -> None:
        self.words: tuple[str, ...] = ()

    def header(self, row: Row, line: int, rows: int) -> None:
        """Headings stand in the list."""

    def paint(self, row: Row, item: Hit, index: int, look: Look) -> None:
        """A track, an album or an artist."""
        if isinstance(item, Track):
            self._track(row, item, look)
        elif isinstance(item, Album):
            year = f" · {item.year}" if item.year else ""
            self._thing(
                row, item.cover or item.id, item.title, f"{names(item.artists)}{year}", look
            )
        else:
            tracks = count(item.track_count, "track")
            self._thing(row, item.cover or item.id, item.name, tracks, look)

    def _track(self, row: Row, item: Track, look: Look) -> None:
        end = row.width - 1
        room = end - 8 - 2
        album_cells = int(room * 0.28) if room >= 72 else 0
        artist_cells = int(room * 0.26) if room >= 34 else 0
        title_cells = room - album_cells - artist_cells
        x = 2
        if look.playing:
            playing_mark(row, x)
            x += 4
        mark_hits(row, x, clean(item.title), self.words, look, title_cells - x)
        at = 2 + title_cells
        row.put(at, clean(artists_of(item)), "muted", cells=max(0, artist_cells - 2))
        row.put(at + artist_cells, clean(item.album.title), "faint", cells=max(0, album_cells - 2))
        paint_time(row, end, item, look)

    def _thing(self, row: Row, art: str, title: str, second: str, look: Look) -> None:
        draw_picture(row, 2, artwork(art, 2, 1), 0)
        cells = max(20, (row.width - 6) // 2)
        mark_hits(row, 6, clean(title), self.words, look, cells - 2)
        row.put(6 + cells, second, "muted", cells=max(0, row.width - 8 - cells))

    def key(self, item: Hit) -> str:
        """Its id."""
        return item.id


class TopHit(Canvas):
    """The best track, large."""

    FILL = "surface"

    def __init__(self, palette: Palette, covers: Covers) -> None:
        super().__init__(palette, id="top-hit")
        self._covers = covers
        self.track: Track | None = None
        self.words: tuple[str, ...] = ()
        self.playing = False

    def show(self, track: Track | None, words: tuple[str, ...], *, playing: bool) -> None:
        """Show another one."""
        self.track, self.words, self.playing = track, words, playing
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """Picture and three lines."""
        track = self.track
        if track is None or len(rows) < 5:
            return
        picture = self._covers.picture(track.cover, track.album.id, (10, 5), self.repaint)
        for y in range(5):
            draw_picture(rows[y], 0, picture, y)
        room = rows[0].width - 32
        rows[1].put(13, "TOP RESULT", "accent2", bold=True)
        mark_hits(rows[2], 13, clean(track.title), self.words, Look(focused=True), room)
        parts = ("Track", clean(artists_of(track)), clean(track.album.title))
        rows[3].put(13, " · ".join((*parts, clock(track.duration_ms))), "muted", cells=room + 12)
        if self.playing:
            x = rows[2].put_right(rows[2].width - 4, "playing", "accent")
            playing_mark(rows[2], x - 4)
        for y in range(5):
            self.hot(y, 0, rows[0].width, "play_top")


class SearchPage(Page):
    """A line to type in, results below."""

    PLACE: ClassVar[str] = "go_search"
    DEBOUNCE_S: ClassVar[float] = 0.08

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, id="search")
        self.painter = HitPainter()
        self.found = Found()
        self.field = TextField(
            stage.palette, "/", hint="tracks, albums, artists", id="search-field"
        )
        self.top = TopHit(stage.palette, stage.covers)
        self.list: ListView[Hit] = ListView(stage.palette, self.painter, blank=_BEFORE, id="hits")
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Field, best hit, results."""
        with Horizontal(id="search-box"):
            yield self.field
        yield self.top
        yield self.list

    def on_mount(self) -> None:
        """Nothing is typed yet."""
        self.top.display = False
        self._show(Found(), "")

    @property
    def crumbs(self) -> Sequence[str]:
        """Search."""
        return ("Search",)

    @property
    def hints(self) -> Sequence[Hint]:
        """Keys of the rows; while typing, the ones that work then."""
        if self.field.typing:
            return (("enter", "play the best"), ("↓", "results"), ("esc", "to the results"))
        return (
            *(("enter", "play or open"), ("e", "queue"), ("E", "play next")),
            *(("/", "type"), ("y", "copy link")),
        )

    def main_view(self) -> ListView[Hit]:
        """The results."""
        return self.list

    def state_changed(self, state: PlayerState, before: PlayerState) -> None:
        """Mark what plays."""
        self.list.mark_playing(state.track.id if state.track else "")
        self._show_top()

    # -- searching

    def look_for(self, text: str) -> None:
        """Search for something that was typed elsewhere."""
        self.field.input.value = text

    def on_text_field_changed(self, event: TextField.Changed) -> None:
        """Search when the typing rests for a moment."""
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(self.DEBOUNCE_S, self._search)

    def _search(self) -> None:
        start(self, partial(self._ask, self.field.text), "search", exclusive=True)

    async def _ask(self, text: str) -> None:
        words = tuple(clean(text).casefold().split())
        if not words:
            self.painter.words = ()
            self._show(Found(), "")
            return
        try:
            answer = await self.stage.ask("search", q=" ".join(words), limit=LIMIT)
            found = decode(answer, Found)
        except PlayerError as error:
            self._fail(error)
            return
        self.painter.words = words
        where = "" if found.source in ("", "local") else f" from {found.source}"
        self._show(found, f"{len(found.rows)} in {found.took_ms:.0f} ms{where}")

    def _show(self, found: Found, note: str) -> None:
        self.found = found
        self.field.note(note)
        self.list.blank = _NOTHING if self.painter.words else _BEFORE
        self.list.group(found.blocks)
        rows = found.rows

        async def fetch(offset: int, limit: int) -> Fetched[Hit]:
            return Fetched(len(rows), rows[offset : offset + limit])

        self.list.show(fetch)
        self._show_top()

    def _fail(self, error: PlayerError) -> None:
        async def fetch(offset: int, limit: int) -> Fetched[Hit]:
            raise error

        self.field.note("")
        self.list.show(fetch)

    def _show_top(self) -> None:
        best = self.found.tracks[0] if self.found.tracks else None
        self.top.display = best is not None and self.app.size.height >= 30
        track = self.stage.state.track
        playing = track is not None and best is not None and track.id == best.id
        self.top.show(best, self.painter.words, playing=playing)

    # -- commands

    def on_text_field_entered(self, event: TextField.Entered) -> None:
        """The best hit."""
        event.stop()
        if self.list.total:
            self.list.focus()
            self._open(self.list.cursor)

    def on_paged_view_opened(self, event: PagedView.Opened) -> None:
        """Play a track, open the rest."""
        event.stop()
        self._open(event.index)

    def _open(self, index: int) -> None:
        item = self.list.pages.get(index)
        if isinstance(item, Track):
            uris = [f"segue:track:{track.id}" for track in self.found.tracks]
            self.call("play", uris=uris, start=index)
        elif isinstance(item, Album):
            self.stage.shell.open_album(item.id)
        elif isinstance(item, Artist):
            self.stage.shell.open_artist(item.id)

    def selected_uris(self) -> list[str]:
        """The link of the row."""
        item = self.list.current
        if item is None:
            return []
        kind = type(item).__name__.lower()
        return [f"segue:{kind}:{item.id}"]

    def do_filter(self) -> None:
        """Type here."""
        self.field.take_focus()

    def do_close(self) -> None:
        """From the line to the results; from there the line is cleared."""
        if self.field.typing:
            self.list.focus()
        else:
            self.field.clear()
        self.stage.shell.hints_changed()

    def on_canvas_pressed(self, event: Canvas.Pressed) -> None:
        """The best hit was clicked."""
        if event.name == "play_top":
            event.stop()
            self._open(0)
