"""The library: albums as covers or lines, artists, and the long list of tracks."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from player.screens.cards import album_card
from player.screens.page import Page
from player.screens.stage import Stage
from player.styles.text import clean
from player.widgets.album_card import SideCard
from player.widgets.background import start
from player.widgets.canvas import Canvas
from player.widgets.cover_grid import CoverGrid
from player.widgets.frame_parts import Hint
from player.widgets.list_view import ListView
from player.widgets.model import PlayerState
from player.widgets.paged_view import Blank, PagedView
from player.widgets.painters import AlbumPainter, ArtistPainter, TrackPainter
from player.widgets.tabs import Tab, Tabs
from player.widgets.text_field import TextField
from sync.wire.catalog import Album, Artist, Track

if TYPE_CHECKING:
    from player.widgets.paging import Fetch

Kind = Literal["albums", "artists", "tracks"]
KINDS: tuple[Kind, ...] = ("albums", "artists", "tracks")
SORTS: dict[Kind, tuple[str, ...]] = {
    "albums": ("default", "title", "year", "added"),
    "artists": ("default",),
    "tracks": ("default", "title", "album", "added", "year", "duration"),
}
_SORT_NAMES = {"default": "artist", "added": "newest", "duration": "length"}
COVERS_FROM = 96
"""Columns of the page (the rail takes 20 more of the terminal)."""
SIDE_FROM = 116
PLAY_AHEAD = 200
"""Tracks of a long list that are put into the queue when one of them is played."""

_EMPTY = Blank(
    "Nothing here yet",
    "The server has no music so far. Give it a folder: segue-server import PATH",
    ("ctrl+l", "look again"),
)
_NO_MATCH = Blank("Nothing matches", "No title, artist or album has these words.", ("esc", "clear"))


class LibraryPage(Page):
    """Three lists under tabs, each with its own order and place."""

    PLACE: ClassVar[str] = "go_library"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, id="library")
        palette = stage.palette
        self.kind: Kind = "albums"
        self._sorts: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        self._filter = ""
        self._shown: dict[str, tuple[Any, ...]] = {}
        self.tabs = Tabs(palette, self._tabs())
        self.field = TextField(palette, "/", hint="filter this list", id="filter")
        self.grid = CoverGrid(palette, stage.covers, blank=_EMPTY, id="covers")
        self.albums: ListView[Album] = ListView(palette, AlbumPainter(), blank=_EMPTY, id="albums")
        self.artists: ListView[Artist] = ListView(
            palette, ArtistPainter(), blank=_EMPTY, id="artists"
        )
        self.tracks: ListView[Track] = ListView(palette, TrackPainter(), blank=_EMPTY, id="tracks")
        self.side = SideCard(palette, stage.covers)
        self.side_tracks: ListView[Track] = ListView(
            palette,
            TrackPainter(album=False, artist=False, numbers="album"),
            blank=Blank(""),
            id="side-tracks",
        )
        self.side_tracks.fill = "surface"

    def compose(self) -> ComposeResult:
        """Tabs, filter and lists at the left; the chosen album at the right."""
        with Horizontal():
            with Vertical(id="library-main"):
                yield self.tabs
                yield self.field
                yield self.grid
                yield self.albums
                yield self.artists
                yield self.tracks
            with Vertical(id="library-side"):
                yield self.side
                yield self.side_tracks

    def on_mount(self) -> None:
        """Show the first list."""
        self.field.display = False
        self._arrange()

    def on_resize(self) -> None:
        """Covers or lines, one column or two."""
        self._arrange(focus=isinstance(self.screen.focused, PagedView) and self._owns_focus())

    def _owns_focus(self) -> bool:
        focused = self.screen.focused
        return focused is not None and self in focused.ancestors

    # -- what is shown

    @property
    def crumbs(self) -> Sequence[str]:
        """Library / Albums."""
        return ("Library", self.kind.capitalize())

    @property
    def hints(self) -> Sequence[Hint]:
        """Keys of the list that is shown."""
        enter = "play" if self.kind == "tracks" else "open"
        return (
            *(("enter", enter), ("space", "pause"), ("o", "sort"), ("/", "filter")),
            *(("e", "queue"), ("E", "play next"), ("tab", "next list")),
        )

    def main_view(self) -> PagedView[Any]:
        """The list that is shown."""
        if self.kind == "albums":
            return self.grid if self._covers_fit else self.albums
        return self.artists if self.kind == "artists" else self.tracks

    @property
    def _covers_fit(self) -> bool:
        return self.size.width >= COVERS_FROM and not self.stage.palette.plain

    def _tabs(self) -> tuple[Tab, ...]:
        library = self.stage.library
        if not library.revision:  # not known yet
            return tuple(Tab(kind, kind.capitalize()) for kind in KINDS)
        return (
            Tab("albums", "Albums", library.albums),
            Tab("artists", "Artists", library.artists),
            Tab("tracks", "Tracks", library.tracks),
        )

    def _arrange(self, *, focus: bool = True) -> None:
        shown = self.main_view()
        for view in (self.grid, self.albums, self.artists, self.tracks):
            view.display = view is shown
        wide = self.kind == "albums" and self.size.width >= SIDE_FROM
        self.query_one("#library-side").display = wide
        self._fill(shown)
        self._show_tabs()
        self._show_chosen()
        if focus and self.display and not self.field.typing:
            shown.focus()
        self.stage.shell.hints_changed()

    def _show_tabs(self) -> None:
        order = SORTS[self.kind][self._sorts[self.kind]]
        name = "name" if self.kind == "artists" else _SORT_NAMES.get(order, order)
        note = f"sort {name} ▼" if len(SORTS[self.kind]) > 1 else ""
        self.tabs.show(self.kind, self._tabs(), note)

    def _fill(self, view: PagedView[Any], *, again: bool = False) -> None:
        """Ask for the list if what it should show is not what it shows."""
        order = SORTS[self.kind][self._sorts[self.kind]]
        wanted = (self.kind, order, self._filter)
        name = view.id or ""
        same = self._shown.get(name) == wanted
        if same and not again:
            return
        self._shown[name] = wanted
        view.blank = _NO_MATCH if self._filter else _EMPTY
        lists: dict[str, Callable[..., Fetch[Any]]] = {
            "albums": self.stage.albums,
            "artists": self.stage.artists,
            "tracks": self.stage.tracks,
        }
        view.show(lists[self.kind](sort=order, filter=self._filter), keep_place=same)

    @property
    def _chosen(self) -> Album | None:
        """The album under the cursor."""
        album = self.main_view().current if self.kind == "albums" else None
        return album if isinstance(album, Album) else None

    def _show_chosen(self) -> None:
        album = self._chosen
        if album is None:
            return
        self.side.show(album_card(album))
        if self._shown.get("side") != (album.id,):
            self._shown["side"] = (album.id,)
            self.side_tracks.show(self.stage.tracks(album=album.id))

    def restyled(self) -> None:
        """Plain signs have no covers: the list takes their place, and their focus."""
        self._arrange(focus=self.screen.focused is None or self._owns_focus())

    # -- news

    def state_changed(self, state: PlayerState, before: PlayerState) -> None:
        """Mark what plays."""
        track = state.track
        self.tracks.mark_playing(track.id if track else "")
        self.side_tracks.mark_playing(track.id if track else "")
        self.grid.mark_playing(track.album.id if track else "")
        self.albums.mark_playing(track.album.id if track else "")
        if state.connection.state == "online" != before.connection.state:
            self._retry_failed()

    def _retry_failed(self) -> None:
        view = self.main_view()
        if view.phase == "error":
            view.retry()

    def library_changed(self) -> None:
        """Show the list anew, from the same place."""
        self._show_tabs()
        view = self.main_view()
        self._shown = {view.id or "": self._shown.get(view.id or "", ())}
        if view.phase != "quiet":
            self._fill(view, again=True)

    def on_paged_view_landed(self, event: PagedView.Landed) -> None:
        """The chosen album is known now."""
        if event.view in (self.grid, self.albums):
            self._show_chosen()

    def on_paged_view_moved(self, event: PagedView.Moved) -> None:
        """Another album is chosen."""
        if event.view in (self.grid, self.albums):
            self._show_chosen()
        self.stage.shell.hints_changed()

    # -- commands

    def on_paged_view_opened(self, event: PagedView.Opened) -> None:
        """Open an album or artist, play a track."""
        event.stop()
        item = event.view.pages.get(event.index)
        if isinstance(item, Album):
            self.stage.shell.open_album(item.id)
        elif isinstance(item, Artist):
            self.stage.shell.open_artist(item.id)
        elif event.view is self.side_tracks and self._chosen is not None:
            uri = f"segue:album:{self._chosen.id}"
            self.call("play", uri=uri, start=event.index)
        elif isinstance(item, Track):
            start(self, partial(self._play_from, event.index), "play", exclusive=True)

    async def _play_from(self, index: int) -> None:
        order = SORTS["tracks"][self._sorts["tracks"]]
        fetch = self.stage.tracks(sort=order, filter=self._filter)
        fetched = await fetch(index, PLAY_AHEAD)
        self.call("play", uris=[f"segue:track:{track.id}" for track in fetched.items], start=0)

    def selected_uris(self) -> list[str]:
        """The link of the selected row."""
        item = self.main_view().current
        return [f"segue:{self.kind[:-1]}:{item.id}"] if item is not None else []

    def act(self, name: str, count: int | None = None) -> bool:
        """In the covers, left and right move; elsewhere they change the list."""
        if name in ("pane_left", "pane_right") and self.main_view() is self.grid:
            steps = count or 1
            self.grid.sideways(steps if name == "pane_right" else -steps)
            return True
        return super().act(name, count)

    def do_pane_right(self) -> None:
        """The next list."""
        self.show_kind(KINDS[(KINDS.index(self.kind) + 1) % len(KINDS)])

    def do_pane_left(self) -> None:
        """The list before."""
        self.show_kind(KINDS[(KINDS.index(self.kind) - 1) % len(KINDS)])

    def do_next_pane(self) -> None:
        """The next list, from the covers too."""
        self.do_pane_right()

    def show_kind(self, kind: Kind) -> None:
        """Show another list."""
        if kind != self.kind:
            self._close_filter()
            self.kind = kind
            self._arrange()

    def do_sort(self) -> None:
        """The next order."""
        self._sorts[self.kind] = (self._sorts[self.kind] + 1) % len(SORTS[self.kind])
        self._fill(self.main_view())
        self._show_tabs()

    def do_filter(self) -> None:
        """Type to filter."""
        self.field.display = True
        self.field.take_focus()

    def do_close(self) -> None:
        """Leave the filter."""
        self._close_filter()
        self._arrange()

    def _close_filter(self) -> None:
        self.field.display = False
        self._filter = ""
        self.field.clear()
        self.main_view().focus()

    def on_text_field_changed(self, event: TextField.Changed) -> None:
        """Filter as typed."""
        event.stop()
        text = clean(event.text)
        if text != self._filter:
            self._filter = text
            self._fill(self.main_view())

    def on_text_field_entered(self, event: TextField.Entered) -> None:
        """On to the rows; an empty filter goes."""
        event.stop()
        self.field.display = bool(event.text)
        self.main_view().focus()

    def on_canvas_pressed(self, event: Canvas.Pressed) -> None:
        """Tabs and buttons."""
        kind = event.name.removeprefix("tab:")
        if kind in KINDS:
            event.stop()
            self.show_kind(kind)
        elif event.name in ("play_album", "queue_album") and self._chosen is not None:
            event.stop()
            uri = f"segue:album:{self._chosen.id}"
            if event.name == "play_album":
                self.call("play", uri=uri)
            else:
                self.call("queue.add", uris=[uri], where="end")
        elif event.name == "open_artist" and self._chosen is not None and self._chosen.artists:
            event.stop()
            self.stage.shell.open_artist(self._chosen.artists[0].id)
