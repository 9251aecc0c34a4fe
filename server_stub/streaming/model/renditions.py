"""What is known of sources, of renditions and of how far the preparation of a library is."""

from dataclasses import dataclass, field
from typing import Literal

from server_stub.streaming.model.encoding import Loudness
from sync.wire.playback import CODECS, LADDER_KBPS, Codec

Rung = tuple[Codec, int]
LADDER: tuple[Rung, ...] = tuple((codec, kbps) for codec in CODECS for kbps in LADDER_KBPS)
FIRST_KBPS = 160
"""A track that is asked for before it is prepared starts with this rung."""

State = Literal["waiting", "working", "ready", "failed"]
_SUFFIX: dict[Codec, str] = {"aac": "m4a", "vorbis": "ogg"}
MEDIA_TYPE: dict[Codec, str] = {"aac": "audio/mp4", "vorbis": "audio/ogg"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A track's audio as imported. `revision` changes whenever the file does."""

    track_id: str
    path: bytes
    revision: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class StoredRendition:
    """A whole rendition in the blob store."""

    id: str
    track_id: str
    revision: str
    codec: Codec
    kbps: int
    size: int
    init_bytes: int
    pieces: int
    index_sha256: str
    sample_rate: int
    duration_samples: int
    wrapped_key: bytes
    created_at: float

    @property
    def rung(self) -> Rung:
        """Its place in the ladder."""
        return self.codec, self.kbps


@dataclass(frozen=True, slots=True)
class DraftRendition:
    """A rendition that an encoder was told to write. Known before its first byte exists, so that
    what a crash leaves behind is found and removed."""

    id: str
    track_id: str
    revision: str
    codec: Codec
    kbps: int
    wrapped_key: bytes
    created_at: float


@dataclass(frozen=True, slots=True)
class PreparedTrack:
    """How far one track is, and the renditions that can be played now."""

    track_id: str
    revision: str
    state: State
    reason: str
    attempts: int
    loudness: Loudness | None
    damage: str
    renditions: tuple[StoredRendition, ...]

    def rungs_of(self, revision: str) -> set[Rung]:
        """The part of the ladder that exists for this revision of the source."""
        return {one.rung for one in self.renditions if one.revision == revision}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pass over a source gave."""

    track_id: str
    revision: str
    renditions: tuple[StoredRendition, ...]
    damage: str
    loudness: Loudness | None
    whole: bool
    """Whether the ladder of this revision is complete with these."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FailedTrack:
    """A track that could not be prepared, and why."""

    track_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotedTrack:
    """A track that was prepared, and what is odd about it."""

    track_id: str
    note: str


@dataclass(frozen=True, slots=True)
class Preparation:
    """Progress over the whole library."""

    tracks: int
    ready: int
    working: int
    waiting: int
    failed: int
    renditions_ready: int
    bytes_ready: int
    failures: tuple[FailedTrack, ...] = field(default=())
    """The newest few."""
    notes: tuple[NotedTrack, ...] = field(default=())
    """The newest few."""


@dataclass(frozen=True, slots=True)
class MediaObject:
    """A rendition's file as it can be served now."""

    size: int
    etag: str
    last_modified: float
    complete: bool
    media_type: str
    codec: Codec


def data_name(rendition_id: str, codec: Codec) -> str:
    """Where the file of a rendition lies in the blob store."""
    return f"{rendition_id[:2]}/{rendition_id}.{_SUFFIX[codec]}"


def index_name(rendition_id: str) -> str:
    """Where its index lies."""
    return f"{rendition_id[:2]}/{rendition_id}.idx"
