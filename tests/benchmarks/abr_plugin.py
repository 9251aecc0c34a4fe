"""The player's own adaptation as a plug-in of the bitrate bench.

    python abrbench.py --plugin REPOSITORY/tests/benchmarks/abr_plugin.py:Segue \\
        --controllers BBA0,HlsJs --sub 7 --pipe 1 ...

Nothing is decided here: estimate, quality choice and the leaving of requests are the production
classes with their production numbers, and `engine_options` puts load control's numbers into the
bench's words. Of the bench only its plug-in interface is used: `decide`, `on_download`, `abandon`.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the bench's Python need not know us

from player.playback.bandwidth import LinkEstimator, Transfer
from player.playback.load_control import LoadNumbers
from player.playback.quality import BufferMap, Flight, QualityView, Rung

CHUNK_S = 10
"""The bench's unit of prefetch."""
PIECES_A_CHUNK = 7
"""Of 1.43 s; ours are 1.49 s at 44.1 kHz."""


class Segue:
    """One listener's evening: a fresh estimate, nothing remembered of the network."""

    def __init__(self):
        self.link = LinkEstimator()
        self.rule = BufferMap()
        self.chosen = {}
        """Rung by (track, piece)."""
        self.playing = None
        """Rung fetched last in playing order."""

    def decide(self, state):
        """The rung of the piece about to be requested."""
        early = state.kind == "prefetch" and not state.stalled
        view = QualityView(
            rungs=_rungs(state),
            previous=self.chosen.get((state.track, state.chunk - 1)),
            buffer_s=state.buffer_s,
            target_s=state.buffer_max,
            estimate=self.link.estimate(),
            piece_s=state.chunk_s,
            playing=self.playing,
            early=early,
        )
        rung = self.rule.choose(view).rung
        self._note(state, rung)
        return rung

    def on_download(self, nbytes, seconds, ttfb=0.0):
        """A piece is here, or a good part of one that was left."""
        self.link.observe(Transfer(nbytes, seconds - ttfb, ttfb or None))

    def abandon(self, state, inflight):
        """A lower rung for the piece in flight, None to go on."""
        seconds = inflight.elapsed - inflight.ttfb
        flight = Flight(
            rung=inflight.q,
            size=inflight.size,
            received=inflight.got,
            seconds=seconds,
            piece_s=inflight.dur,
            buffer_s=state.buffer_s,
            target_s=state.buffer_max,
            rungs=_rungs(state),
            estimate=self.link.estimate(),
            foreseen=self.link.foresee(Transfer(inflight.got, seconds)),
        )
        rung = self.rule.leave_for(flight)
        if rung is not None:
            self._note(state, rung)
        return rung

    def _note(self, state, rung):
        self.chosen[state.track, state.chunk] = rung
        if state.kind == "play":
            self.playing = rung


def engine_options(*, restless):
    """What the bench's engine must be told to be ours, for a listener who skips or does not."""
    numbers = LoadNumbers()
    pace = numbers.restless if restless else numbers.calm
    target_s = pace.target_s
    early = min(pace.early_from_s, target_s)
    return [
        *("--sub", str(PIECES_A_CHUNK), "--pipe", "1", "--bmax", f"{target_s:g}"),
        *("--prefetch", f"{numbers.early_s / CHUNK_S:.0f}", "--engine"),
        f"{target_s:g},{target_s:g},0,{target_s:g},{early:g},{pace.start_s:g}",
    ]


def _rungs(state):
    """Real sizes of what is next in this track, which ends with a piece of another length."""
    ahead = []
    for seconds, sizes in state.next:
        ahead.append((seconds, sizes))
        if abs(seconds - state.chunk_s) > 1e-6:
            break
    total_s = sum(seconds for seconds, _ in ahead)
    return tuple(
        Rung(kbps, int(ahead[0][1][rung]), sum(sizes[rung] for _, sizes in ahead) / total_s)
        for rung, kbps in enumerate(state.bitrates)
    )
