"""Manifests: of tracks that are prepared, and of tracks whose first rendition is still growing."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from server_stub.streaming.model.encoding import Began, PieceWritten
from server_stub.streaming.model.renditions import PreparedTrack, StoredRendition
from sync.wire.index import Piece, RenditionIndex, encode_index
from sync.wire.playback import PIECE_SAMPLES, Codec, Edges, Manifest, Rendition

CHANNELS = 2


@dataclass(frozen=True, slots=True)
class PreparedManifest:
    """What a grant is made of: the manifest's exact bytes and the keys of its renditions."""

    data: bytes
    manifest: Manifest
    keys: dict[str, bytes]


def prepared_manifest(manifest: Manifest, keys: dict[str, bytes]) -> PreparedManifest:
    """Write a manifest down."""
    return PreparedManifest(msgspec.json.encode(manifest), manifest, keys)


@dataclass(slots=True)
class GrowingIndex:
    """The index of a rendition while it is written. Pieces are only ever appended."""

    codec: Codec
    init_bytes: int = 0
    init_digest: bytes = b""
    pieces: list[Piece] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of the file that are known to be whole."""
        return self.pieces[-1].end if self.pieces else self.init_bytes

    def begin(self, event: Began) -> None:
        """The file has its beginning."""
        self.init_bytes, self.init_digest = event.init_bytes, event.init_digest

    def add(self, event: PieceWritten) -> None:
        """One more piece."""
        self.pieces.append(event.at(self.size))

    def snapshot(self, count: int | None = None) -> bytes:
        """The index of the first `count` pieces, or of all there are."""
        pieces = tuple(self.pieces[:count])
        return encode_index(RenditionIndex(self.codec, self.init_bytes, self.init_digest, pieces))


def growing_rendition(rendition_id: str, kbps: int, index: GrowingIndex, pieces: int) -> Rendition:
    """A rendition of its first pieces, while more are being written."""
    return Rendition(
        id=rendition_id,
        codec=index.codec,
        kbps=kbps,
        bytes=index.pieces[pieces - 1].end if pieces else index.init_bytes,
        init_bytes=index.init_bytes,
        pieces=pieces,
        index_sha256=sha256_hex(index.snapshot(pieces)),
        complete=False,
    )


def growing_manifest(
    track_id: str, sample_rate: int, estimated_ms: int, renditions: Iterable[Rendition]
) -> Manifest:
    """A manifest whose length is the one stated in the tags, but never less than what is there."""
    listed = tuple(renditions)
    written = max((one.pieces for one in listed), default=0) * PIECE_SAMPLES
    return Manifest(
        track_id=track_id,
        sample_rate=sample_rate,
        channels=CHANNELS,
        duration_samples=max(estimated_ms * sample_rate // 1000, written),
        exact=False,
        renditions=listed,
    )


def ready_manifest(track: PreparedTrack, album_lufs: float | None = None) -> Manifest:
    """The manifest of all that is prepared of one revision of a track."""
    renditions = sorted(track.renditions, key=lambda one: one.rung)
    loudness = track.loudness
    return Manifest(
        track_id=track.track_id,
        sample_rate=renditions[0].sample_rate,
        channels=CHANNELS,
        duration_samples=renditions[0].duration_samples,
        exact=True,
        renditions=tuple(map(_stored, renditions)),
        loudness_lufs=loudness.lufs if loudness else None,
        true_peak_dbtp=loudness.true_peak_dbtp if loudness else None,
        album_loudness_lufs=album_lufs,
        edges=loudness.edges if loudness else Edges(),
    )


def sha256_hex(data: bytes) -> str:
    """How a manifest names an index."""
    return hashlib.sha256(data).hexdigest()


def _stored(rendition: StoredRendition) -> Rendition:
    return Rendition(
        id=rendition.id,
        codec=rendition.codec,
        kbps=rendition.kbps,
        bytes=rendition.size,
        init_bytes=rendition.init_bytes,
        pieces=rendition.pieces,
        index_sha256=rendition.index_sha256,
    )
