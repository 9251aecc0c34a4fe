"""Now Playing: the cover as large as it fits, and the lyrics in time."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from player.errors import PlayerError
from player.screens.page import Page
from player.screens.stage import Stage, decode
from player.styles.palette import Palette
from player.styles.text import clean
from player.widgets.background import start
from player.widgets.badge import draw_steps, words
from player.widgets.canvas import Canvas
from player.widgets.cover import draw_picture
from player.widgets.covers import Covers
from player.widgets.frame_parts import Hint
from player.widgets.lyrics_model import Score
from player.widgets.lyrics_view import LyricsView
from player.widgets.model import PlayerState, artists_of
from player.widgets.row import Row
from sync.wire.catalog import Lyrics

OFFSET_STEP_MS = 100
_WORDS_BELOW = 6
_KINDS = {"word": "word-synced", "line": "line-synced", "plain": "not timed", "none": "none"}


class Sleeve(Canvas):
    """The cover and, under it, what the track is."""

    def __init__(self, palette: Palette, covers: Covers) -> None:
        super().__init__(palette, id="sleeve")
        self.state = PlayerState()
        self._covers = covers

    def show(self, state: PlayerState) -> None:
        """Show another state; time passing changes nothing here."""
        before, self.state = self.state, state
        if (state.track, state.quality) != (before.track, before.quality):
            self.repaint()

    def cover_cells(self) -> tuple[int, int]:
        """The cover's size: two columns to a line, at most 50x25."""
        below = _WORDS_BELOW + 1 if self.size.height >= 26 else 3
        lines = max(4, min(25, self.size.height - below - 1, (self.size.width - 4) // 2))
        return 2 * lines, lines

    def draw(self, rows: list[Row]) -> None:
        """Cover, title, artist, quality, credits."""
        track = self.state.track
        x = 4 if rows[0].width >= 40 else 2
        if track is None:
            if len(rows) > 4:
                rows[2].put(x, "Nothing plays", bold=True)
                rows[3].put(x, "enter on a track or an album plays it", "muted")
            return
        cells = self.cover_cells()
        picture = self._covers.picture(track.cover, track.album.id, cells, self.repaint)
        for y in range(cells[1]):
            if y + 1 < len(rows):
                draw_picture(rows[y + 1], x, picture, y)
        self._draw_words(rows[cells[1] + 2 :], x)

    def _draw_words(self, rows: list[Row], x: int) -> None:
        track = self.state.track
        if track is None or len(rows) < 2:
            return
        room = rows[0].width - x
        rows[0].put(x, clean(track.title), bold=True, cells=room)
        end = rows[1].put(x, clean(artists_of(track)), "accent", cells=room)
        rest = f" · {clean(track.album.title)}" + (f" · {track.year}" if track.year else "")
        rows[1].put(end, rest, "muted", cells=max(0, room - (end - x)))
        quality = self.state.quality
        if quality and len(rows) > 3:
            at = draw_steps(rows[3], x, quality) + 1
            at = rows[3].put(at, f"{words(quality)} kb/s")
            rows[3].put(at + 3, clean(quality.reason), "faint", cells=max(0, room - at + x - 3))
        if track.composers and len(rows) > 4:
            text = f"Written by {clean(', '.join(track.composers))}"
            rows[4].put(x, text, "faint", cells=room)


class LyricsFoot(Canvas):
    """What kind of lyrics these are and how far they are shifted."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette, id="lyrics-foot")
        self.kind = ""
        self.offset_ms = 0

    def show(self, kind: str, offset_ms: int) -> None:
        """Show what has changed."""
        self.kind, self.offset_ms = kind, offset_ms
        self.repaint()

    def draw(self, rows: list[Row]) -> None:
        """A rule and a line."""
        if not self.kind:
            return
        rows[0].rule(0, rows[0].width)
        if len(rows) < 2:
            return
        x = rows[1].put(0, "lyrics", "faint")
        x = rows[1].put(x + 1, _KINDS.get(self.kind, self.kind))
        if self.kind in ("word", "line"):
            x = rows[1].put(x + 3, "offset", "faint")
            rows[1].put(x + 1, f"{self.offset_ms / 1000:+.1f} s")


class PlayingPage(Page):
    """Cover left, lyrics right."""

    PLACE: ClassVar[str] = "go_playing"
    WANTS_RAIL: ClassVar[bool] = False

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, id="playing")
        self.offset_ms = 0
        self.sleeve = Sleeve(stage.palette, stage.covers)
        self.lyrics = LyricsView(stage.palette, self._position)
        self.foot = LyricsFoot(stage.palette)
        self._track = ""

    def compose(self) -> ComposeResult:
        """Two columns."""
        with Horizontal():
            yield self.sleeve
            with Vertical(id="lyrics-side"):
                yield self.lyrics
                yield self.foot

    def _position(self) -> float:
        return self.stage.state.position(self.stage.clock.monotonic()) + self.offset_ms

    @property
    def crumbs(self) -> Sequence[str]:
        """Now Playing."""
        return ("Now Playing",)

    @property
    def hints(self) -> Sequence[Hint]:
        """Keys of the lyrics, as far as there are any."""
        always = (("space", "pause"), ("n", "next"), ("← →", "5 s"), ("y", "copy link"))
        score = self.lyrics.score
        if score is None:
            return always
        if not score.timed:
            return (("j k", "read on"), *always)
        return (("enter", "seek to line"), ("[ ]", "lyric offset"), ("j k", "look around"), *always)

    def main_view(self) -> Widget:
        """The lyrics."""
        return self.lyrics

    def on_mount(self) -> None:
        """Show what plays."""
        self.state_changed(self.stage.state, PlayerState())

    def state_changed(self, state: PlayerState, before: PlayerState) -> None:
        """Another track, another place, or it stands still."""
        self.sleeve.show(state)
        track = state.track
        identifier = track.id if track else ""
        if state.lyrics_offset_ms != self.offset_ms:
            self.offset_ms = state.lyrics_offset_ms
            if self.lyrics.score is not None:
                self.foot.show(self.lyrics.score.lyrics.kind, self.offset_ms)
            self.lyrics.tick()
        if identifier != self._track:
            self._track = identifier
            self.lyrics.show(None, "")
            self.foot.show("", 0)
            if track is not None:
                start(self, partial(self._load, track.id), "lyrics", exclusive=True)
        running = state.status == "playing" and self.display
        self.lyrics.run(running=running, speed=state.sound.speed)

    async def _load(self, track: str) -> None:
        try:
            lyrics = decode(await self.stage.ask("lyrics", track=track), Lyrics)
        except PlayerError as error:
            words_ = "No lyrics" if error.kind == "not_found" else f"No lyrics: {error.message}"
            self.lyrics.show(None, words_)
            return
        if lyrics.kind == "none" or not lyrics.lines:
            self.lyrics.show(None, "No lyrics for this track")
            return
        self.lyrics.show(Score(lyrics))
        self.foot.show(lyrics.kind, self.offset_ms)
        self.stage.shell.hints_changed()

    def selected_uris(self) -> list[str]:
        """The link of what plays."""
        track = self.stage.state.track
        return [f"segue:track:{track.id}"] if track else []

    # -- commands

    def act(self, name: str, count: int | None = None) -> bool:
        """Movements look around in the lyrics."""
        steps = {"down": 1, "up": -1, "half_down": 5, "half_up": -5, "page_down": 9, "page_up": -9}
        if name in steps:
            self.lyrics.move(steps[name] * (count or 1))
            return True
        if name in ("top", "bottom"):
            self.lyrics.go_to(0 if name == "top" else 100_000)
            return True
        return super().act(name, count)

    def do_open(self) -> None:
        """Seek to the line."""
        self.lyrics.choose()

    def do_close(self) -> None:
        """Follow the song again."""
        self.lyrics.follow()

    def do_go_current(self) -> None:
        """Follow the song again."""
        self.lyrics.follow()

    def do_lyrics_later(self) -> None:
        """The words come too early: show them later."""
        self._shift(-OFFSET_STEP_MS)

    def do_lyrics_earlier(self) -> None:
        """The words come too late: show them earlier."""
        self._shift(OFFSET_STEP_MS)

    def _shift(self, by_ms: int) -> None:
        self.call("lyrics.offset", delta_ms=by_ms)

    def on_lyrics_view_seek_to(self, event: LyricsView.SeekTo) -> None:
        """A line was chosen."""
        event.stop()
        self.call("seek", ms=max(0, round(event.position_ms - self.offset_ms)))
