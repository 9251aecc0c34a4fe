"""An encoder that writes bytes of the right shape at once: nothing in them can be decoded."""

import asyncio
import hashlib
from pathlib import Path

from server_stub.streaming.errors import EncoderLostError
from server_stub.streaming.model.encoding import (
    Began,
    Encoded,
    EncodeTask,
    Loudness,
    Opened,
    PieceWritten,
    Target,
)
from server_stub.streaming.model.muxing import ClearPiece
from server_stub.streaming.model.sealing import Sealer
from server_stub.streaming.ports import Watch
from sync.wire.index import digest
from sync.wire.playback import PIECE_SAMPLES, Edges

_INIT_BYTES = 700
_PREROLL_FIRST, _PREROLL = 300, 620
_SAMPLE_RATE = 44_100


class MemoryEncoder:
    """Every source has `pieces` pieces. With `held`, each round of pieces waits for a permit."""

    def __init__(self, pieces: int = 3, *, held: bool = False) -> None:
        self.tasks: list[EncodeTask] = []
        self.hurried: list[str] = []
        self.failures: list[Exception] = []
        """Raised by the next tasks, one each."""
        self.damage = ""
        """Where the next sources break off."""
        self.note = ""
        """What is odd about them."""
        self._pieces = pieces
        self._permits = asyncio.Semaphore(0) if held else None

    @property
    def capacity(self) -> int:
        """One task at a time."""
        return 1

    def permit(self, rounds: int = 1) -> None:
        """Let a held encoder write so many more pieces (of every rendition)."""
        for _ in range(rounds if self._permits else 0):
            if self._permits:
                self._permits.release()

    async def start(self) -> None:
        """Nothing to get ready."""

    async def run(self, task: EncodeTask, watch: Watch) -> Encoded:
        """Write all renditions piece by piece."""
        self.tasks.append(task)
        if self.failures:
            raise self.failures.pop(0)
        watch(Opened(task_id=task.id, sample_rate=_SAMPLE_RATE))
        files = [_Written(task.id, target, watch) for target in task.targets]
        for _ in range(self._pieces):
            if self._permits:
                await self._permits.acquire()
            for file in files:
                file.piece()
        await asyncio.sleep(0)
        quiet = Loudness(lufs=-23.0, true_peak_dbtp=-1.0, edges=Edges(lead_in=1, lead_out=2))
        return Encoded(
            task_id=task.id,
            sample_rate=_SAMPLE_RATE,
            duration_samples=self._pieces * PIECE_SAMPLES - 1,
            loudness=quiet if task.measure else None,
            damage=self.damage,
            note=self.note,
        )

    def hurry(self, task_id: str) -> None:
        """A task became urgent."""
        self.hurried.append(task_id)

    async def close(self) -> None:
        """Let held tasks fail."""
        self.failures.append(EncoderLostError("the encoder is closed"))


class _Written:
    """One rendition of pseudo-random bytes, about as long as its bit rate says."""

    def __init__(self, task_id: str, target: Target, watch: Watch) -> None:
        self._task_id, self._target, self._watch = task_id, target, watch
        self._path = Path(target.path)
        self._sealer = Sealer(target.content_key)
        self._count = 0
        data = self._sealer.beginning(self._noise(_INIT_BYTES))
        self._path.write_bytes(data)
        watch(
            Began(
                task_id=task_id,
                rendition_id=target.rendition_id,
                init_bytes=len(data),
                init_digest=digest(data),
            )
        )

    def piece(self) -> None:
        """One more piece, with the pre-roll and lead its codec would have."""
        size = self._target.kbps * 125 * PIECE_SAMPLES // _SAMPLE_RATE
        aac, follows = self._target.codec == "aac", self._count > 0
        clear = ClearPiece(
            self._noise(size),
            _PREROLL if follows else 0,
            _PREROLL_FIRST if follows and aac else 0,
            (2048 if follows else 1024) if aac else (320 if follows else 0),
        )
        self._count += 1
        sealed = self._sealer.piece(clear)
        with self._path.open("ab") as file:
            file.write(sealed.data)
        self._watch(
            PieceWritten(
                task_id=self._task_id,
                rendition_id=self._target.rendition_id,
                size=sealed.entry.size,
                preroll=sealed.entry.preroll,
                preroll_first=sealed.entry.preroll_first,
                lead=sealed.entry.lead,
                digest=sealed.entry.digest,
            )
        )

    def _noise(self, size: int) -> bytes:
        seed = f"{self._target.rendition_id}/{self._count}".encode()
        return hashlib.shake_128(seed).digest(size)
