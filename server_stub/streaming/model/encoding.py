"""What is asked of an encoder, and what it tells while it works. These travel between processes."""

import msgspec

from sync.wire.index import Piece
from sync.wire.playback import Codec, Edges


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One rendition to write."""

    rendition_id: str
    codec: Codec
    kbps: int
    content_key: bytes
    path: str
    """Where the encrypted file grows."""


class EncodeTask(msgspec.Struct, frozen=True, kw_only=True):
    """One pass over a source that writes all targets."""

    id: str
    source: bytes
    """Path of the source file, as the file system has it."""
    targets: tuple[Target, ...]
    measure: bool = False
    """Whether to measure loudness and silent edges in this pass."""
    urgent: bool = False
    """Somebody waits to hear this: it goes before all that is not urgent."""


class Loudness(msgspec.Struct, frozen=True, kw_only=True):
    """EBU R128; None where the track is silent."""

    lufs: float | None
    true_peak_dbtp: float | None
    edges: Edges


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """The source is readable; its renditions will have this rate."""

    task_id: str
    sample_rate: int


class Began(msgspec.Struct, frozen=True, kw_only=True, tag="began"):
    """A rendition's first bytes are in its file."""

    task_id: str
    rendition_id: str
    init_bytes: int
    init_digest: bytes


class PieceWritten(msgspec.Struct, frozen=True, kw_only=True, tag="piece"):
    """One more piece is in the file."""

    task_id: str
    rendition_id: str
    size: int
    preroll: int
    preroll_first: int
    lead: int
    digest: bytes

    def at(self, offset: int) -> Piece:
        """The index entry of this piece, which begins at `offset`."""
        return Piece(offset, self.size, self.preroll, self.preroll_first, self.lead, self.digest)


class Encoded(msgspec.Struct, frozen=True, kw_only=True, tag="encoded"):
    """All targets are whole and on disk."""

    task_id: str
    sample_rate: int
    duration_samples: int
    loudness: Loudness | None = None
    damage: str = ""
    """Where and why the source broke off, if it did."""
    note: str = ""
    """What is odd about a source that is whole."""


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """The task ended without renditions."""

    task_id: str
    reason: str
    permanent: bool
    """The source is at fault: trying again does not help."""


EncodeEvent = Opened | Began | PieceWritten | Encoded | Failed
