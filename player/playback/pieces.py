"""The unit that streaming hands to the sound path: one piece, verified and in the clear."""

from dataclasses import dataclass, field

from sync.wire.playback import Codec


@dataclass(frozen=True, slots=True)
class LoadedPiece:
    """65,536 samples of one rendition (fewer at the end of the track), ready to decode."""

    track_id: str
    piece: int
    rendition_id: str
    codec: Codec
    kbps: int
    init: bytes = field(repr=False)
    """The rendition file's first bytes, decrypted: decoder configuration."""
    preroll: bytes = field(repr=False)
    """The bytes just before the piece, decrypted, that warm up a fresh decoder."""
    preroll_first: int
    """Size of the first of two AAC pre-roll packets; 0 for Vorbis, whose pre-roll is pages."""
    body: bytes = field(repr=False)
    """The piece itself, decrypted: one fragment (AAC) or whole pages (Vorbis)."""
    lead: int
    """Samples a fresh decoder gives before the piece's first sample."""
    keep: int
    """Samples of this piece: PIECE_SAMPLES, or the rest at the end of the track."""
