"""One track's PCM, sample by sample, from pieces of whatever renditions were chosen.

While consecutive pieces come from the same rendition one decoder runs on, so the result is bit for
bit its linear decode. Where the rendition changes, the new one starts ahead of the border with its
pre-roll, and the last CROSSFADE_SAMPLES before the border go over from the old into the new.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from player.playback.decode import CHANNELS, Pcm, RenditionRun
from player.playback.demux import (
    AAC_FRAME_SAMPLES,
    StreamSetup,
    packets_of,
    preroll_packets,
    setup_of,
)
from player.playback.errors import PieceDamagedError, PieceOrderError
from player.playback.pieces import LoadedPiece
from sync.wire.playback import CROSSFADE_SAMPLES, PIECE_SAMPLES

_NOTHING: Pcm = np.zeros((0, CHANNELS), np.float32)
_RISE: Pcm = (
    0.5 - 0.5 * np.cos(np.pi * (np.arange(CROSSFADE_SAMPLES) + 0.5) / CROSSFADE_SAMPLES)
).astype(np.float32)[:, None]


class TrackDecoder:
    """Decodes pieces in order, from any sample on.

    The last CROSSFADE_SAMPLES of a piece are held back until it is known what follows: the next
    piece, or the end of the track (`finish`).
    """

    def __init__(self, start: int = 0) -> None:
        self.position = start
        """The track sample that is given out next."""
        self._expected = start // PIECE_SAMPLES
        self._end = start
        self._held = _NOTHING
        """Decoded and not given out; begins at `position` and may reach beyond the piece."""
        self._run: RenditionRun | None = None
        self._rendition_id = ""

    def decode(self, piece: LoadedPiece) -> Iterator[Pcm]:
        """Blocks of PCM. Raises PieceDamagedError (then `conceal`) or PieceOrderError."""
        if piece.piece != self._expected:
            raise PieceOrderError(f"piece {piece.piece} came where {self._expected} was due")
        begin = piece.piece * PIECE_SAMPLES
        self._end = begin + piece.keep
        if self._run is not None and piece.rendition_id == self._rendition_id:
            blocks = self._run.decode(packets_of(piece.codec, piece.body))
        else:
            blocks = self._switch(piece, begin)
        yield from self._hold_back(blocks)
        if self.position + len(self._held) < self._end:
            raise PieceDamagedError(
                f"piece {piece.piece} ends {self._end - self.position - len(self._held)} "
                "samples before its border"
            )
        self._expected += 1

    def finish(self) -> Pcm:
        """The rest of the track, when no piece follows."""
        rest = self._held[: max(0, self._end - self.position)]
        self.position += len(rest)
        self._held = _NOTHING
        self._run = None
        return rest

    def conceal(self, piece: LoadedPiece) -> Pcm:
        """What was decoded of a damaged piece, then silence up to its border."""
        self._end = piece.piece * PIECE_SAMPLES + piece.keep
        missing = max(0, self._end - self.position - len(self._held))
        self._held = np.concatenate([self._held, np.zeros((missing, CHANNELS), np.float32)])
        self._expected = piece.piece + 1
        return self.finish()

    def _hold_back(self, blocks: Iterable[Pcm]) -> Iterator[Pcm]:
        """Give out all but what a change of rendition at the border could touch."""
        limit = self._end - CROSSFADE_SAMPLES
        for block in blocks:
            self._held = np.concatenate([self._held, block]) if len(self._held) else block
            ready = min(limit - self.position, len(self._held))
            if ready > 0:
                out, self._held = self._held[:ready], self._held[ready:]
                self.position += ready
                yield out

    def _switch(self, piece: LoadedPiece, border: int) -> Iterator[Pcm]:
        """A fresh decoder; its output from `position` on, crossfaded with what is held."""
        old, self._held = self._held[: max(0, border - self.position)], _NOTHING
        self._run = None
        run, packets = _fresh_run(piece, border, self.position)
        faded = 0
        for block in run.decode(packets):
            skip = max(0, self.position + len(self._held) - (run.position - len(block)))
            block = block[skip:]
            mixed = min(len(old) - faded, len(block))
            if mixed > 0:
                at = CROSSFADE_SAMPLES - len(old) + faded
                rise = _RISE[at : at + mixed]
                block[:mixed] = old[faded : faded + mixed] * (1 - rise) + block[:mixed] * rise
                faded += mixed
            yield block
        self._run, self._rendition_id = run, piece.rendition_id


def _fresh_run(piece: LoadedPiece, border: int, target: int) -> tuple[RenditionRun, list[bytes]]:
    """A decoder and the packets to give it, so that its output from `target` on is exact."""
    setup: StreamSetup = setup_of(piece.codec, piece.init)
    packets = preroll_packets(piece) + packets_of(piece.codec, piece.body)
    position = border - piece.lead
    if piece.codec == "aac":
        # A frame is exact if the packet before it was decoded too: start there.
        unneeded = max(0, (target - position) // AAC_FRAME_SAMPLES - 1)
        packets = packets[unneeded:]
        position += unneeded * AAC_FRAME_SAMPLES
    return RenditionRun(setup, position), packets
