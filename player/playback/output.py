"""Decoding and the audio device: takes pieces in playing order, says what is heard.

One worker thread decodes into a ring; the sink copies from it. The worker sleeps until a piece
comes, the ring runs low or something is due to be heard, so an idle player costs nothing.
"""

import threading
import time
from collections.abc import Callable

from player.playback.errors import SinkLostError
from player.playback.output_generation import Generation
from player.playback.output_watch import Look, UnderrunWatch
from player.playback.pcm_feed import Block, PieceFailed
from player.playback.pieces import LoadedPiece
from player.playback.ports import SoundEvent, SoundEventKind
from player.playback.sink import AudioSink
from player.playback.sound.plan import UNTOUCHED, SoundPlan
from player.playback.sound.shape import PLAIN, TrackShape
from sync.wire.playback import PIECE_SAMPLES

BUFFER_S = 3.0
_REFILL_BELOW = 0.66
_STARVED_LOOK_S = 0.02
_SOON_S = 0.005
_LATER_S = 0.5


class Output:
    """Implements the port `Sound` over any sink."""

    def __init__(
        self,
        sink: AudioSink,
        *,
        buffer_s: float = BUFFER_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sink = sink
        self._buffer_s = buffer_s
        self._clock = clock
        self._plan = UNTOUCHED
        self._current: Generation | None = None
        self._served: Generation | None = None
        self._watch = UnderrunWatch()
        self._underruns = 0
        self._made_frames = 0
        self._worked_s = 0.0
        self._paused = False
        self._closing = False
        self._lost = ""
        self._wake = threading.Event()
        self._sink_turn = threading.Lock()
        self._listener: Callable[[SoundEvent], None] = _nobody
        self._worker = threading.Thread(target=self._work, name="segue-sound", daemon=True)

    def start(self) -> None:
        """Open the sink and begin to work. Raises SinkUnavailableError."""
        self._sink.open(self._sink_lost)
        self._worker.start()

    def close(self) -> None:
        """Stop; returns when worker and sink are gone."""
        self._closing = True
        generation, self._current = self._current, None
        if generation is not None:
            generation.close()
        self._wake.set()
        if self._worker.is_alive():
            self._worker.join()
        with self._sink_turn:
            self._sink.close()

    def listen(self, callback: Callable[[SoundEvent], None]) -> None:
        """Where events go; called from the worker's thread, which must not be kept waiting."""
        self._listener = callback

    def play_from(self, track_id: str, sample: int, generation: int) -> None:
        """Forget all audio on its way; the next piece submitted contains `sample` of the track."""
        before = self._current
        start = (track_id, sample)
        self._current = Generation(generation, start, self._sink, self._plan)
        if before is not None:
            before.close()
        self._wake.set()

    def arrange(self, plan: SoundPlan) -> None:
        """Process like this from the next `play_from` on."""
        self._plan = plan

    def submit(self, piece: LoadedPiece, generation: int, shape: TrackShape = PLAIN) -> None:
        """Append a piece: the one after the last, or piece 0 of the track that follows."""
        current = self._current
        if current is not None and current.number == generation:
            current.submit(piece, shape)
            self._wake.set()

    def finish(self, generation: int) -> None:
        """Nothing follows what was submitted: when it was heard, that is the end (`drained`)."""
        current = self._current
        if current is not None and current.number == generation:
            current.finish()
            self._wake.set()

    def pause(self) -> None:
        """Hold."""
        with self._sink_turn:
            self._paused = True
            self._sink.pause()
        self._wake.set()

    def resume(self) -> None:
        """Go on."""
        with self._sink_turn:
            self._paused = False
            self._sink.resume()
        self._wake.set()

    def set_volume(self, percent: float) -> None:
        """0 to 100; 0 is silence."""
        with self._sink_turn:
            self._sink.set_volume(percent)

    def position(self) -> tuple[str, int]:
        """(track id, sample) heard now; a jump counts from the moment it was asked for."""
        while True:
            current = self._current
            if current is None:
                return "", 0
            place = current.timeline.locate(current.heard_frames(self._sink))
            if current is self._current:
                return place

    def level_s(self) -> float:
        """Seconds of audio that were submitted and not heard yet."""
        current = self._current
        return 0.0 if current is None else current.level_s(current.heard_frames(self._sink))

    @property
    def name(self) -> str:
        """Which sink it is."""
        return self._sink.name

    @property
    def latency_s(self) -> float:
        """From the ring to the ear, as the sink knows it."""
        return self._sink.latency_s

    @property
    def decode_s(self) -> float:
        """CPU time of decoding and processing a piece, the mean of all so far."""
        return self._worked_s * PIECE_SAMPLES / max(PIECE_SAMPLES, self._made_frames)

    @property
    def underruns(self) -> int:
        """Audible holes so far."""
        return self._underruns + self._watch.count

    def _sink_lost(self, reason: str) -> None:
        self._lost = reason or "the audio device went away"
        self._wake.set()

    def _work(self) -> None:
        while not self._closing:
            self._wake.clear()
            generation = self._current
            if generation is not self._served:
                self._change(generation)
            self._tell_lost()
            delay = None if generation is None else self._serve(generation)
            self._wake.wait(delay)

    def _change(self, generation: Generation | None) -> None:
        self._served = generation
        self._underruns += self._watch.count
        self._watch = UnderrunWatch()
        with self._sink_turn:
            self._sink.silence()

    def _tell_lost(self) -> None:
        lost, self._lost = self._lost, ""
        if lost:
            self._tell("failed", "", lost)

    def _serve(self, generation: Generation) -> float | None:
        """Decode what there is room for, tell what was heard; how long to sleep then."""
        while generation is self._current and generation.has_room():
            began_s = time.thread_time()
            item = generation.next_item()
            self._worked_s += time.thread_time() - began_s
            if item is None:
                break
            if isinstance(item, Block):
                self._made_frames += len(item.pcm)
            if isinstance(item, PieceFailed):
                self._tell("failed", item.track_id, f"piece {item.piece}: {item.reason}")
                continue
            generation.take(item, self._buffer_s)
            self._hand_over(generation)
        generation.settle()
        self._ask_for_refill(generation)
        return self._look(generation)

    def _hand_over(self, generation: Generation) -> None:
        """Give the sink the ring as soon as there is sound in it."""
        ring = generation.ring
        if generation.playing or ring is None or not ring.written_frames:
            return
        with self._sink_turn:
            if generation is not self._current:
                return
            try:
                self._sink.play(ring, generation.rate)
            except SinkLostError as error:
                self._lost = error.message
            generation.playing = True

    def _ask_for_refill(self, generation: Generation) -> None:
        ring = generation.ring
        if ring is not None:
            ring.alert_below(int(ring.capacity_frames * _REFILL_BELOW), self._wake.set)

    def _look(self, generation: Generation) -> float | None:
        """Tell what was newly heard; seconds until the next look, None if only a wake-up helps."""
        ring = generation.ring
        if ring is None or not generation.playing:
            self._look_at_nothing(generation)
            return None
        heard = generation.heard_frames(self._sink)
        if generation is not self._current:
            return 0.0
        for track_id in generation.tracks_begun(heard):
            self._tell("track_started", track_id)
        now_s = self._clock()
        look = Look(now_s, heard, ring.written_frames, generation.starved, self._paused)
        change = self._watch.look(look)
        if change is not None:
            self._tell(change, generation.timeline.locate(heard)[0])
        if ring.ended and heard >= ring.written_frames:
            self._tell_drained(generation, heard)
            return None
        generation.drained = False
        return self._next_look_s(generation, heard)

    def _look_at_nothing(self, generation: Generation) -> None:
        """There is no sound yet; perhaps there will be none."""
        if generation.exhausted:
            self._tell_drained(generation, 0)

    def _tell_drained(self, generation: Generation, heard: int) -> None:
        if not generation.drained:
            generation.drained = True
            self._tell("drained", generation.timeline.locate(heard)[0])

    def _next_look_s(self, generation: Generation, heard: int) -> float | None:
        if self._paused:
            return None
        if not heard:
            return _SOON_S
        if generation.starved or self._watch.in_hole:
            return _STARVED_LOOK_S
        due = generation.timeline.next_mark()
        if due is None and generation.exhausted and generation.ring is not None:
            due = generation.ring.written_frames
        if due is None:
            return _LATER_S
        return min(max((due - heard) / generation.rate, _SOON_S), _LATER_S)

    def _tell(self, kind: SoundEventKind, track_id: str, detail: str = "") -> None:
        generation = self._served
        number = 0 if generation is None else generation.number
        self._listener(SoundEvent(kind, number, track_id, detail))


def _nobody(_event: SoundEvent) -> None:
    """Nobody listens yet."""
