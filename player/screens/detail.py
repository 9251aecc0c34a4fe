"""The pages of one album and of one artist."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult

from player.errors import PlayerError
from player.screens.cards import album_card, artist_card
from player.screens.page import Page
from player.screens.stage import Stage, decode
from player.styles.text import clean
from player.widgets.album_card import HeadCard
from player.widgets.background import start
from player.widgets.canvas import Canvas
from player.widgets.frame_parts import Hint
from player.widgets.list_view import ListView, Look
from player.widgets.model import Notice, PlayerState
from player.widgets.paged_view import Blank, PagedView
from player.widgets.paging import Block, Fetched
from player.widgets.painters import AlbumPainter, TrackPainter
from player.widgets.row import Row
from sync.wire.catalog import Album, Artist, Track

_MOST_ALBUMS = 500


class DetailPage(Page):
    """A head with a list below it."""

    PLACE: ClassVar[str] = "go_library"
    KIND: ClassVar[str] = ""
    view: ListView[Any]

    def __init__(self, stage: Stage, identifier: str) -> None:
        super().__init__(stage)
        self.identifier = identifier
        self._aim = ""
        self.head = HeadCard(stage.palette, stage.covers)

    def compose(self) -> ComposeResult:
        """Head and list."""
        yield self.head
        yield self.view

    @property
    def uri(self) -> str:
        """Link of the whole."""
        return f"segue:{self.KIND}:{self.identifier}"

    @property
    def hints(self) -> Sequence[Hint]:
        """Keys of the list."""
        return (
            *(("enter", "play from here"), ("e", "queue"), ("E", "play next")),
            *(("y", "copy link"), ("c", "playing row"), ("backspace", "back")),
        )

    def main_view(self) -> ListView[Any]:
        """The list."""
        return self.view

    def on_mount(self) -> None:
        """Ask for head and rows."""
        start(self, self._load_head, "rows")
        self.show_rows()

    def show_rows(self) -> None:
        """Ask for the rows."""
        raise NotImplementedError

    def show_head(self, answer: Any) -> None:
        """The head has come."""
        raise NotImplementedError

    async def _load_head(self) -> None:
        try:
            answer = await self.stage.ask("library.get", kind=self.KIND, id=self.identifier)
            self.show_head(answer)
        except PlayerError as error:
            self.stage.shell.tell(Notice(error.message, "error", error.remedy))
        self.stage.shell.hints_changed()

    def state_changed(self, state: PlayerState, before: PlayerState) -> None:
        """Mark what plays."""
        self.view.mark_playing(state.track.id if state.track else "")

    def library_changed(self) -> None:
        """Show head and rows anew."""
        start(self, self._load_head, "rows")

    def selected_uris(self) -> list[str]:
        """The link of the selected row."""
        item = self.view.current
        kind = "album" if isinstance(item, Album) else "track"
        return [f"segue:{kind}:{item.id}"] if item is not None else [self.uri]

    def do_go_current(self) -> None:
        """Put the cursor on the row that plays."""
        track = self.stage.state.track
        for index, item in self.view.pages.loaded():
            if track is not None and item.id == track.id:
                self.view.go_to(index)

    def on_canvas_pressed(self, event: Canvas.Pressed) -> None:
        """Buttons of the head."""
        if event.name == "play_album":
            event.stop()
            self.call("play", uri=self.uri)
        elif event.name == "queue_album":
            event.stop()
            self.call("queue.add", uris=[self.uri], where="end")
        elif event.name == "open_artist":
            event.stop()
            self.do_open_artist()

    def aim(self, track: str) -> None:
        """Put the cursor on a track as soon as it is here."""
        self._aim = track

    def on_paged_view_landed(self, event: PagedView.Landed) -> None:
        """The track aimed at may be here."""
        for index, item in self.view.pages.loaded():
            if self._aim and item.id == self._aim:
                self._aim = ""
                self.view.go_to(index)
                return

    def do_open_artist(self) -> None:
        """Who made this."""


class AlbumPage(DetailPage):
    """An album and its tracks."""

    KIND: ClassVar[str] = "album"

    def __init__(self, stage: Stage, identifier: str) -> None:
        super().__init__(stage, identifier)
        self.album: Album | None = None
        self.view: ListView[Track] = ListView(
            stage.palette,
            AlbumTracks(album=False, numbers="album"),
            blank=Blank("No tracks", "This album is empty."),
        )

    @property
    def crumbs(self) -> Sequence[str]:
        """Library / Albums / its title."""
        return ("Library", "Albums", self.album.title if self.album else "")

    def show_rows(self) -> None:
        """The album's tracks in order."""
        self.view.show(self.stage.tracks(album=self.identifier))

    def show_head(self, answer: Any) -> None:
        """Title, artist, year."""
        self.album = decode(answer, Album)
        self.head.show(album_card(self.album))

    def do_open_artist(self) -> None:
        """Who made this."""
        if self.album and self.album.artists:
            self.stage.shell.open_artist(self.album.artists[0].id)

    def on_paged_view_opened(self, event: PagedView.Opened) -> None:
        """Play the album from a track on."""
        event.stop()
        self.call("play", uri=self.uri, start=event.index)


class AlbumTracks(TrackPainter):
    """Tracks numbered as on the album, under column heads."""

    def __init__(self, *, album: bool, numbers: str) -> None:
        super().__init__(album=album, numbers=numbers)
        self.header_lines = 2


class ArtistPage(DetailPage):
    """An artist: albums first, then tracks."""

    KIND: ClassVar[str] = "artist"

    def __init__(self, stage: Stage, identifier: str) -> None:
        super().__init__(stage, identifier)
        self.artist: Artist | None = None
        self._albums: list[Album] = []
        self.view: ListView[Album | Track] = ListView(
            stage.palette,
            MixedPainter(),
            blank=Blank("Nothing here", "This artist has no albums and no tracks."),
        )

    @property
    def crumbs(self) -> Sequence[str]:
        """Library / Artists / the name."""
        return ("Library", "Artists", clean(self.artist.name) if self.artist else "")

    def show_rows(self) -> None:
        """Albums and tracks as one list."""
        self.view.show(self._fetch)

    def show_head(self, answer: Any) -> None:
        """Name and figures."""
        self.artist = decode(answer, Artist)
        self.head.show(artist_card(self.artist))

    async def _fetch(self, offset: int, limit: int) -> Fetched[Album | Track]:
        if not offset:
            albums = await self.stage.albums(artist=self.identifier, sort="year")(0, _MOST_ALBUMS)
            self._albums = list(albums.items)
        ahead = len(self._albums)
        first = max(0, offset - ahead)
        tracks = await self.stage.tracks(artist=self.identifier)(first, limit)
        items: list[Album | Track] = []
        items += self._albums[offset:]
        items += tracks.items
        del items[limit:]
        blocks = (
            Block(ahead, "Albums", f"{ahead}"),
            Block(tracks.total, "Tracks", f"{tracks.total:,}"),
        )
        self.view.group(blocks)
        return Fetched(ahead + tracks.total, items)

    def on_paged_view_opened(self, event: PagedView.Opened) -> None:
        """Open an album; play the artist from a track on."""
        event.stop()
        item = event.view.pages.get(event.index)
        if isinstance(item, Album):
            self.stage.shell.open_album(item.id)
        elif isinstance(item, Track):
            self.call("play", uri=self.uri, start=event.index - len(self._albums))


class MixedPainter:
    """Albums and tracks in one list."""

    header_lines = 0

    def __init__(self) -> None:
        self._albums = AlbumPainter()
        self._tracks = TrackPainter(artist=False, numbers="none")

    def header(self, row: Row, line: int, rows: int) -> None:
        """Headings stand in the list."""

    def paint(self, row: Row, item: Album | Track, index: int, look: Look) -> None:
        """An album or a track."""
        if isinstance(item, Album):
            self._albums.paint(row, item, index, look)
        else:
            self._tracks.paint(row, item, index, look)

    def key(self, item: Album | Track) -> str:
        """Its id."""
        return item.id
