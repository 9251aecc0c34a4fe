"""Hands pieces to the sound path in playing order, the next track's not before it is due."""

from collections.abc import Callable, Sequence

from player.playback.lane import Lane
from player.playback.ports import Sound
from player.playback.sound.shape import PLAIN, TrackShape
from sync.wire.playback import PIECE_SAMPLES


class Feeder:
    """Knows which piece the sound path wants next. A generation is one uninterrupted feeding."""

    def __init__(
        self, sound: Sound, shape_of: Callable[[Lane], TrackShape] = lambda _lane: PLAIN
    ) -> None:
        self._sound = sound
        self._shape_of = shape_of
        self.generation = 0
        self._lane: Lane | None = None
        self._number = 0
        self.finished = False
        """Whether the sound path was told that nothing follows."""

    @property
    def began(self) -> bool:
        """Whether a place was found to feed from since the last jump."""
        return self._lane is not None

    def silence(self, track_id: str) -> None:
        """Stop what sounds; where to go on is not known to the sample yet."""
        self.generation += 1
        self._lane = None
        self.finished = False
        self._sound.play_from(track_id, 0, self.generation)

    def begin(self, lane: Lane, sample: int) -> None:
        """Feed from a sample of a lane."""
        self.generation += 1
        self._lane, self._number = lane, sample // PIECE_SAMPLES
        self.finished = False
        self._sound.play_from(lane.track_id, sample, self.generation)

    def strayed(self, lanes: Sequence[Lane]) -> bool:
        """Whether pieces were handed over that the queue no longer wants."""
        return self._lane is not None and self._lane not in lanes[:2]

    def feed(self, lanes: Sequence[Lane], *, due: bool, queue_ended: bool) -> None:
        """Submit what is here. `due`: the first lane is near its end, so the next may follow."""
        if not queue_ended:
            self.finished = False  # something follows after all: it joins on as if always known
        while self._lane is not None and not self.finished:
            piece = self._lane.pieces.get(self._number)
            total = self._lane.total_pieces
            if piece is not None and (total is None or self._number < total):
                self._sound.submit(piece, self.generation, self._shape_of(self._lane))
                self._number += 1
            elif total is not None and self._number >= total and due:
                if not self._next_lane(lanes, queue_ended=queue_ended):
                    return
            else:
                return

    def _next_lane(self, lanes: Sequence[Lane], *, queue_ended: bool) -> bool:
        if self._lane is lanes[0] and len(lanes) > 1:
            self._lane, self._number = lanes[1], 0
            return True
        if self._lane is lanes[0] and queue_ended:
            self.finished = True
            self._sound.finish(self.generation)
        return False
