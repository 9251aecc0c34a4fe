"""A sound path without sound: counts the samples that would be heard, on the event loop's clock."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from player.playback.pieces import LoadedPiece
from player.playback.ports import SoundEvent, SoundEventKind
from player.playback.sound.plan import UNTOUCHED, SoundPlan
from player.playback.sound.shape import PLAIN, TrackShape
from sync.wire.playback import PIECE_SAMPLES


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of one piece on the timeline of a generation."""

    piece: LoadedPiece
    first: int
    """First sample in the track."""
    at: int
    """Where it begins on the timeline."""
    size: int


class MemorySound:
    """Implements `Sound` at one rate. Needs a running loop."""

    name = "memory"

    def __init__(self, rate: int = 44_100) -> None:
        self._rate = rate
        self._listener: Callable[[SoundEvent], None] = lambda _event: None
        self._timer: asyncio.TimerHandle | None = None
        self.events: list[SoundEvent] = []
        self.heard: list[Heard] = []
        """What was played, in all generations."""
        self.plan = UNTOUCHED
        self.shapes: dict[str, TrackShape] = {}
        """How each track was to sound, as it was said last."""
        self.volume = 100.0
        self.paused = False
        self._broken = ""
        self._begin("", 0, 0)

    def _begin(self, track_id: str, sample: int, generation: int) -> None:
        self._generation = generation
        self._start = (track_id, sample)
        self._line: list[Heard] = []
        self._played = 0.0
        self._since: float | None = None
        self._told = 0
        self._dry = False
        self._final = False
        self._over = False

    def play_from(self, track_id: str, sample: int, generation: int) -> None:
        """Forget all audio on its way."""
        self._settle()
        self._begin(track_id, sample, generation)
        self._schedule()

    def arrange(self, plan: SoundPlan) -> None:
        """Remembered: nothing is decoded here."""
        self.plan = plan

    def submit(self, piece: LoadedPiece, generation: int, shape: TrackShape = PLAIN) -> None:
        """Append a piece."""
        self.shapes[piece.track_id] = shape
        if generation != self._generation:
            return
        self._settle()
        begin = piece.piece * PIECE_SAMPLES
        track_id, sample = self._start
        skip = max(0, sample - begin) if not self._line and piece.track_id == track_id else 0
        end = self._line[-1].at + self._line[-1].size if self._line else 0
        self._line.append(Heard(piece, begin + skip, end, piece.keep - skip))
        self._final = False
        self._schedule()

    def finish(self, generation: int) -> None:
        """Nothing follows."""
        if generation == self._generation:
            self._final = True
            self._schedule()

    def pause(self) -> None:
        """Hold."""
        self._settle()
        self.paused = True
        self._since = None
        self._schedule()

    def resume(self) -> None:
        """Go on."""
        self.paused = False
        self._schedule()

    def set_volume(self, percent: float) -> None:
        """0 to 100."""
        self.volume = percent

    def position(self) -> tuple[str, int]:
        """(track id, sample) heard now."""
        now = self._now()
        for heard in reversed(self._line):
            if heard.at <= now:
                within = min(int(now) - heard.at, heard.size)
                return heard.piece.track_id, heard.first + within
        return self._start

    def listen(self, callback: Callable[[SoundEvent], None]) -> None:
        """Where events go."""
        self._listener = callback

    def fail(self, detail: str) -> None:
        """The audio device goes away: nothing is heard until `mend`."""
        self._settle()
        self._broken = detail
        self._since = None
        self._tell("failed", "", detail)
        self._schedule()

    def mend(self) -> None:
        """There is an audio device again."""
        self._broken = ""

    # ------------------------------------------------------------------ inside

    def _end(self) -> int:
        return self._line[-1].at + self._line[-1].size if self._line else 0

    def _now(self) -> float:
        if self._since is None:
            return self._played
        elapsed = asyncio.get_running_loop().time() - self._since
        return min(self._played + elapsed * self._rate, float(self._end()))

    def _settle(self) -> None:
        """Account for what was heard up to now."""
        if self._since is not None:
            self._played = self._now()
            self._since = asyncio.get_running_loop().time()

    def _schedule(self) -> None:
        """Play if there is something, and be back at the next thing to tell."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.paused or self._over:
            return
        if self._broken:
            self._refuse()
            return
        if self._played >= self._end():
            self._since = None
            self._out_of_audio()
            return
        if self._since is None:
            self._since = asyncio.get_running_loop().time()
        if self._dry:
            self._dry = False
            self._tell("underrun_over", self.position()[0])
        self._tell_begun()
        following = [h.at for h in self._line[self._told :] if h.at > self._played]
        due = following[0] if following else self._end()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later((due - self._played) / self._rate + 1e-6, self._tick)

    def _refuse(self) -> None:
        """A device that is not there says so when it should play, once for each jump."""
        if self._line and not self._told:
            self._over = True
            self._tell("failed", "", self._broken)

    def _tick(self) -> None:
        self._settle()
        self._schedule()

    def _tell_begun(self) -> None:
        while self._told < len(self._line) and self._line[self._told].at <= self._played:
            heard = self._line[self._told]
            before = self._line[self._told - 1] if self._told else None
            self.heard.append(heard)
            self._told += 1
            if before is None or heard.piece.piece < before.piece.piece:
                self._tell("track_started", heard.piece.track_id)

    def _out_of_audio(self) -> None:
        if self._final:
            self._over = True
            self._tell("drained", self._start[0])
        elif self._line and not self._dry:
            self._dry = True
            self._tell("underrun", self._line[-1].piece.track_id)

    def _tell(self, kind: SoundEventKind, track_id: str, detail: str = "") -> None:
        event = SoundEvent(kind, self._generation, track_id, detail)
        self.events.append(event)
        self._listener(event)
