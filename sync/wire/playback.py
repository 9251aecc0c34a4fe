"""What a player needs before the first audio byte: manifest, media addresses and the grant."""

from typing import Literal

import msgspec

PIECE_SAMPLES = 65_536
CHUNK_PIECES = 8
CHUNK_SAMPLES = PIECE_SAMPLES * CHUNK_PIECES
LADDER_KBPS = (96, 160, 320)
CROSSFADE_SAMPLES = 256

Codec = Literal["vorbis", "aac"]
CODECS: tuple[Codec, ...] = ("aac", "vorbis")


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """One encoded file of a track. Offsets and sizes are bytes of the stored (encrypted) file."""

    id: str
    codec: Codec
    kbps: int
    """The rung of the ladder; the real rate follows from `bytes`."""
    bytes: int
    init_bytes: int
    """The file's first bytes, up to piece 0: decoder configuration."""
    pieces: int
    index_sha256: str
    """SHA-256 of the index as stored, hexadecimal."""
    complete: bool = True
    """False while the encoder is still writing: ask again for more pieces."""


class Edges(msgspec.Struct, frozen=True):
    """Digital or near silence at the ends of a track, in samples."""

    lead_in: int = 0
    lead_out: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All renditions of one track. Its bytes are signed (by digest) in the licence."""

    track_id: str
    sample_rate: int
    channels: int
    duration_samples: int
    """Exact when `exact`; else estimated from the tags while the first rendition is written."""
    exact: bool
    renditions: tuple[Rendition, ...]
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    album_loudness_lufs: float | None = None
    """Of all tracks of the album, when the server has measured every one of them."""
    edges: Edges = Edges()


class MediaAddress(msgspec.Struct, frozen=True):
    """Signed, short-lived paths on the server for a rendition's file and its index."""

    data: str
    index: str


class GrantRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the right to play tracks on a device."""

    device_id: str
    track_ids: tuple[str, ...]
    kind: Literal["stream", "offline"] = "stream"
    codec: Codec = "aac"
    """Which codec a track that is not prepared yet should be started in."""


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """The right to play: a signed licence, the manifests it names and where their media lie."""

    licence: bytes
    manifests: dict[str, bytes]
    """By track id: the exact JSON bytes of the manifest, whose SHA-256 the licence holds."""
    media: dict[str, MediaAddress]
    """By rendition id."""
    media_expires_at: int
    """Unix time in seconds after which the addresses must be asked for again."""


def manifest_from_bytes(data: bytes) -> Manifest:
    """Decode a manifest. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return msgspec.json.decode(data, type=Manifest)
