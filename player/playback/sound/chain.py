"""Runs processors one after the other over one unbroken run of frames."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from player.playback.decode import CHANNELS, Pcm
from player.playback.sound.processor import NOTHING, QUANTUM, Processor, Stretcher


class Steps(NamedTuple):
    """What a chain is made of; none of it leaves the samples untouched."""

    stretcher: Stretcher | None = None
    processors: Sequence[Processor] = ()


class Chain:
    """Frames in, frames out, in step: output frame k belongs to input frame k * speed.

    Latency is compensated: the first frame that comes out is the first that went in, and after
    `finish` exactly as many came out as went in (round(count / speed) at another speed). A chain
    without steps hands on the very arrays it is given.
    """

    def __init__(self, make: Callable[[], Steps] = Steps) -> None:
        """`make` gives fresh steps, at once and for whatever follows a `finish`."""
        self._make = make
        self._base_in = self._base_out = 0
        self._begin()

    def _begin(self) -> None:
        self._stretcher, self._processors = self._make()
        self._speed = 1.0 if self._stretcher is None else self._stretcher.speed
        self._skip = self._latency = sum(step.latency for step in self._processors)
        self._in = self._taken = self._given = 0
        self._waiting: list[Pcm] = []
        self._waiting_frames = 0

    @property
    def idle(self) -> bool:
        """Nothing is changed."""
        return self._stretcher is None and not self._processors

    @property
    def speed(self) -> float:
        """Input frames per output frame."""
        return self._speed

    @property
    def taken_frames(self) -> int:
        """Frames that went in since the beginning."""
        return self._base_in + self._in

    @property
    def held_frames(self) -> int:
        """Output frames that are owed for what went in."""
        return round(self._in / self._speed) - self._given

    def output_frame(self) -> int:
        """Where the next input frame comes out, counted from the beginning."""
        return self._base_out + round(self._in / self._speed)

    def push(self, pcm: Pcm) -> Pcm:
        """Take frames; give what is ready."""
        self._in += len(pcm)
        if self._stretcher is not None:
            pcm = self._stretcher.push(pcm)
        return self._count(self._processed(pcm) if self._processors else pcm)

    def finish(self) -> Pcm:
        """The rest of everything that went in. What is pushed later begins a run of its own."""
        if not self._in:
            return NOTHING
        rest: list[Pcm] = []
        if self._stretcher is not None:
            rest.append(self._stretcher.finish())
        if self._processors:
            rest = [self._processed(pcm) for pcm in rest]
            missing = self._taken + self._latency
            padding = -missing % QUANTUM + self._latency
            rest.append(self._processed(np.zeros((padding, CHANNELS), np.float32)))
        owed = self.held_frames
        out = self._count(np.concatenate([NOTHING, *rest])[:owed])
        self._base_in += self._in
        self._base_out += round(self._in / self._speed)
        self._begin()
        return out

    def _count(self, pcm: Pcm) -> Pcm:
        self._given += len(pcm)
        return pcm

    def _processed(self, pcm: Pcm) -> Pcm:
        self._waiting.append(pcm)
        self._waiting_frames += len(pcm)
        self._taken += len(pcm)
        if self._waiting_frames < QUANTUM:
            return NOTHING
        whole = np.concatenate(self._waiting) if len(self._waiting) > 1 else self._waiting[0]
        end = len(whole) - len(whole) % QUANTUM
        out = [self._run(whole[at : at + QUANTUM]) for at in range(0, end, QUANTUM)]
        self._waiting, self._waiting_frames = [whole[end:]], len(whole) - end
        ready = np.concatenate(out) if len(out) > 1 else out[0]
        skipped = min(self._skip, len(ready))
        self._skip -= skipped
        return ready[skipped:]

    def _run(self, block: Pcm) -> Pcm:
        for step in self._processors:
            block = step.process(block)
        return block
