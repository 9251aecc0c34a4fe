"""What the streaming half of the player asks of the world, in its own words.

Implementations: `player.adapters.server_http` and `server_memory` (MediaServer),
`drm.rights.Rights` (Rights), `cache.front.StoreFront` (PieceStore and Papers),
`player.playback.output.Output` (Sound).
Nothing here blocks for long; only MediaServer waits for the network.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from player.playback.pieces import LoadedPiece
from player.playback.sound.plan import SoundPlan
from player.playback.sound.shape import PLAIN, TrackShape
from sync.wire.catalog import Track
from sync.wire.playback import Codec, Grant


class MediaServer(Protocol):
    """The server, as far as playing needs it. Raises the errors of `player.errors`:

    OfflineError (cannot connect, cut in the middle, timed out), ServerBusyError (come back
    later), ServerFailedError (5xx), SignedOutError, NotAllowedError (403, and 401 of an address),
    GoneError (404, 410, 412, 416), BadAnswerError (the rest).
    """

    async def grant(self, track_ids: Sequence[str], codec: Codec) -> Grant:
        """The right to stream the tracks on this device."""
        ...

    def read(self, path: str, start: int, end: int | None) -> AsyncGenerator[bytes, None]:
        """Bytes [start, end) of a signed address as they arrive, from one Range request.

        An `end` of None means up to the end. A shorter answer than asked for raises OfflineError
        after the bytes that came. Closing the generator ends the request.
        """
        ...

    def hang_up(self) -> None:
        """Connections of before are not to be trusted: from now on new ones are made."""
        ...


class Rights(Protocol):
    """Licences of this device. Raises `drm.errors.DrmError` subclasses."""

    def admit(self, blob: bytes) -> object:
        """Check a licence and take its rights on."""
        ...

    def content_key(self, track_id: str, rendition_id: str) -> bytes:
        """The key of a rendition, as long as a licence holds."""
        ...

    def manifest(self, track_id: str, data: bytes) -> bytes:
        """The manifest bytes, if they are what the licence signed."""
        ...


class PieceStore(Protocol):
    """Ciphertext on this device; a store that cannot write says so by itself and answers None.

    `get` waits for a disk, though not for long; the other calls return at once.
    """

    async def get(self, rendition_id: str, start: int, end: int) -> bytes | None:
        """Stored bytes [start, end), or None if not all of them are here. They may be damaged."""
        ...

    def has(self, rendition_id: str, start: int, end: int) -> bool:
        """Whether `get` would answer, as far as is known without reading."""
        ...

    def put(self, rendition_id: str, start: int, data: bytes) -> None:
        """Keep bytes that were verified."""
        ...

    def drop(self, rendition_id: str, start: int, end: int) -> None:
        """Forget bytes that turned out to be damaged."""
        ...

    def pin(self, rendition_ids: frozenset[str]) -> None:
        """From now on never evict these (what plays and what comes next), only these."""
        ...

    @property
    def used_bytes(self) -> int:
        """What the store occupies."""
        ...

    @property
    def budget_bytes(self) -> int:
        """What it may occupy."""
        ...


class Papers(Protocol):
    """Small documents kept beside the pieces, so that they can be played without the server."""

    async def read(self, name: str) -> bytes | None:
        """A document, or None. Waits for a disk, though not for long."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Keep a document."""
        ...


class Clock(Protocol):
    """Time; tests own it."""

    def monotonic(self) -> float:
        """Seconds that never go back, as `time.monotonic`."""
        ...

    def elapsed(self) -> float:
        """Like `monotonic`, but it goes on while the machine sleeps."""
        ...

    def unix(self) -> float:
        """Wall time in seconds."""
        ...


SoundEventKind = Literal["track_started", "underrun", "underrun_over", "drained", "failed"]


@dataclass(frozen=True, slots=True)
class SoundEvent:
    """Something that happened on the way to the ear, seen from the listener's side.

    `track_started`: the first sample of the next track (or of this one) is heard. `underrun`: there
    was nothing to play; `underrun_over`: it sounds again. `drained`: everything up to the last
    piece marked final was heard. `failed`: the audio device or a decoder gave up, `detail` says
    why.
    """

    kind: SoundEventKind
    generation: int
    track_id: str = ""
    detail: str = ""


class Sound(Protocol):
    """Decoding and the audio device: takes pieces in playing order, says what is heard.

    Every call returns at once. `generation` grows with every jump (play, seek, skip); events and
    pieces of an older one are ignored.
    """

    def play_from(self, track_id: str, sample: int, generation: int) -> None:
        """Forget all audio on its way; the next piece submitted contains `sample` of the track."""
        ...

    def arrange(self, plan: SoundPlan) -> None:
        """Process like this from the next `play_from` on."""
        ...

    def submit(self, piece: LoadedPiece, generation: int, shape: TrackShape = PLAIN) -> None:
        """Append a piece: the one after the last, or piece 0 of the track that follows.

        `shape` says how its track is to sound, as far as is known by now.
        """
        ...

    def finish(self, generation: int) -> None:
        """Nothing follows what was submitted: when it was heard, that is the end (`drained`).

        A piece that is submitted before that takes it back.
        """
        ...

    def pause(self) -> None:
        """Hold."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def set_volume(self, percent: float) -> None:
        """0 to 100; 0 is silence."""
        ...

    def position(self) -> tuple[str, int]:
        """(track id, sample) heard now."""
        ...

    def listen(self, callback: Callable[[SoundEvent], None]) -> None:
        """Where events go; called from any thread."""
        ...

    @property
    def name(self) -> str:
        """Which sink it is."""
        ...


class Catalogue(Protocol):
    """What the library knows of tracks."""

    def track(self, track_id: str) -> Track | None:
        """A track, or None if it is not known here."""
        ...
