"""What belongs to one jump (play, seek, skip): feed, ring, timeline, and how much was heard."""

from functools import partial

from player.playback.decode import Pcm
from player.playback.pcm_feed import Block, Feed, FeedItem, TrackBegins
from player.playback.pcm_timeline import Mark, Timeline
from player.playback.pieces import LoadedPiece
from player.playback.ring import PcmRing
from player.playback.sink import AudioSink
from player.playback.sound.chain import Chain
from player.playback.sound.plan import SoundPlan
from player.playback.sound.shape import PLAIN, TrackShape

_RELEASE_BELOW_S = 1.0
"""With less than this in the ring, the end of a track does not wait for the next one any more."""


class Generation:
    """Filled and watched by the output's worker; pieces and questions come from any thread."""

    def __init__(
        self, number: int, start: tuple[str, int], sink: AudioSink, plan: SoundPlan
    ) -> None:
        self.number = number
        self.timeline = Timeline(*start)
        self.ring: PcmRing | None = None
        self.rate = 0
        self.playing = False
        """The sink has this generation's ring."""
        self.drained = False
        self._feed = Feed(*start, sink.rate_for)
        self._plan = plan
        self._chain = Chain()
        self._rest: Pcm | None = None
        self._last_begun: str | None = None

    def submit(self, piece: LoadedPiece, shape: TrackShape = PLAIN) -> None:
        """Append a piece."""
        self._feed.submit(piece, shape)

    def finish(self) -> None:
        """Nothing follows."""
        self._feed.finish()

    def next_item(self) -> FeedItem | None:
        """Decode a little further; None if no piece is left."""
        item = self._feed.next_item()
        if item is None and self.ring is not None and not self._feed.exhausted:
            low = self.ring.level_frames < _RELEASE_BELOW_S * self.rate
            return self._feed.released() if low else None
        return item

    def take(self, item: TrackBegins | Block, buffer_s: float) -> None:
        """Bring a track's beginning or a block into ring and timeline."""
        if isinstance(item, Block):
            self._write(self._chain.push(item.pcm))
            return
        if self.ring is None:
            self.rate = item.rate
            self.ring = PcmRing(int(item.rate * buffer_s))
            self._chain = Chain(partial(self._plan.steps, item.rate))
        step = item.step * self._chain.speed
        mark = Mark(self._chain.output_frame(), item.track_id, item.sample, step)
        self.timeline.begin_track(mark)

    def tracks_begun(self, heard_frames: int) -> list[str]:
        """Tracks whose first sample was heard since the last call.

        Going on in the same track after a piece that is missing is no beginning.
        """
        begun = []
        for mark in self.timeline.newly_heard(heard_frames):
            if mark.sample == 0 or mark.track_id != self._last_begun:
                begun.append(mark.track_id)
            self._last_begun = mark.track_id
        return begun

    def _write(self, pcm: Pcm) -> None:
        written = self.ring.write(pcm) if self.ring is not None else 0
        self._rest = pcm[written:] if written < len(pcm) else None

    @property
    def _rest_frames(self) -> int:
        return 0 if self._rest is None else len(self._rest)

    def has_room(self) -> bool:
        """May one more block be decoded? First writes what did not fit the last time."""
        if self._rest is not None:
            self._write(self._rest)
        return self._rest is None and (self.ring is None or self.ring.free_frames > 0)

    def settle(self) -> None:
        """No item is left at the moment: is that the end?"""
        if self._feed.exhausted and self._rest is None and self._chain.held_frames:
            self._write(self._chain.finish())
        if self.ring is not None:
            self.ring.complete(self.exhausted)

    @property
    def exhausted(self) -> bool:
        """Everything up to `finish` has been decoded."""
        return self._feed.exhausted and self._rest is None and not self._chain.held_frames

    @property
    def starved(self) -> bool:
        """Nothing decoded is left although the end has not come."""
        ring = self.ring
        return ring is not None and not ring.level_frames and not self.exhausted

    def heard_frames(self, sink: AudioSink) -> int:
        """Frames of this generation that the listener has heard."""
        if self.ring is None or not self.playing:
            return 0
        return min(sink.position_frames(), self.ring.read_frames)

    def level_s(self, heard_frames: int) -> float:
        """Seconds of audio that are here and were not heard yet, decoded or not."""
        if self.ring is None:
            return 0.0
        decoded = self.ring.written_frames + self._rest_frames + self._chain.held_frames
        waiting = self._feed.waiting_samples / self._chain.speed
        return (decoded - heard_frames + waiting) / self.rate

    def close(self) -> None:
        """The sink gets nothing of this any more."""
        if self.ring is not None:
            self.ring.close()
