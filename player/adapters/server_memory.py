"""A server in memory: invented tracks over a modelled link, real licences, faults on demand."""

import hashlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from drm.format import envelope
from drm.format.licence import Terms, issue
from player.adapters.link_memory import MemoryLink
from player.errors import GoneError, PlayerError
from player.playback.ports import Clock
from sync.wire.ids import new_id
from sync.wire.index import Piece, RenditionIndex, digest, encode_index
from sync.wire.playback import (
    LADDER_KBPS,
    PIECE_SAMPLES,
    Codec,
    Grant,
    Manifest,
    MediaAddress,
    Rendition,
)

RATE = 44_100
INIT_BYTES = 700
PREROLL_BYTES = 300


@dataclass(slots=True)
class StoredRendition:
    """A file as the server keeps it."""

    id: str
    kbps: int
    key: bytes
    sealed: bytes
    pieces: tuple[Piece, ...]
    init_digest: bytes


@dataclass(slots=True)
class StoredTrack:
    """A track and how far it is prepared."""

    id: str
    duration_samples: int
    renditions: list[StoredRendition]
    known_pieces: int | None = None
    """While it grows: how many pieces are written; None when it is complete."""


@dataclass(slots=True)
class Faults:
    """What goes wrong, until it is taken back."""

    corrupt: dict[tuple[str, int], int] = field(default_factory=dict)
    """By rendition and byte: how many more answers that contain it are damaged there."""
    refuse: list[PlayerError] = field(default_factory=list)
    """Raised by the next reads, in order."""
    gone: set[str] = field(default_factory=set)
    """Tracks that are withdrawn."""
    licence_s: int = 3600
    address_s: int = 600
    for_device: str | None = None
    """Licences for this device instead of the one that asks."""
    tamper: bool = False
    alien_indexes: bool = False
    """Indexes are of a version that nobody knows, as their manifests name them."""
    wrong_indexes: bool = False
    """Indexes are not those that their manifests name."""


class MemoryServer:
    """Implements `MediaServer`."""

    def __init__(
        self, link: MemoryLink, clock: Clock, device_key: X25519PrivateKey, *, seed: int = 1
    ) -> None:
        self.link = link
        self.faults = Faults()
        self.tracks: dict[str, StoredTrack] = {}
        self.reads: list[tuple[str, int, int | None]] = []
        self.grants = 0
        self.hang_ups = 0
        self._clock = clock
        self._random = Random(seed)
        self._signing_key = Ed25519PrivateKey.generate()
        self._device_key = device_key
        self.device_id = "device-1"

    @property
    def public_key(self) -> bytes:
        """What licences are verified with."""
        return self._signing_key.public_key().public_bytes_raw()

    def add_track(self, track_id: str, seconds: float, *, growing: int | None = None) -> None:
        """Invent a track in all rates; `growing` says how many pieces are written so far."""
        samples = int(seconds * RATE)
        renditions = [self._encoded(kbps, samples) for kbps in LADDER_KBPS]
        self.tracks[track_id] = StoredTrack(track_id, samples, renditions, growing)

    def _encoded(self, kbps: int, samples: int) -> StoredRendition:
        """Noise in the form of a rendition, with sizes that vary as real ones do."""
        key = envelope.new_content_key()
        count = -(-samples // PIECE_SAMPLES)
        usual = kbps * 125 * PIECE_SAMPLES / RATE
        sizes = [int(usual * self._random.uniform(0.85, 1.15)) for _piece in range(count)]
        clear = self._random.randbytes(INIT_BYTES + sum(sizes))
        sealed = envelope.apply(key, 0, clear)
        pieces = []
        offset = INIT_BYTES
        for number, size in enumerate(sizes):
            preroll = PREROLL_BYTES if number else 0
            held = digest(sealed[offset - preroll : offset + size])
            lead = 2048 if number else 1024
            pieces.append(Piece(offset, size, preroll, preroll // 2, lead, held))
            offset += size
        init_digest = digest(sealed[:INIT_BYTES])
        return StoredRendition(new_id(), kbps, key, sealed, tuple(pieces), init_digest)

    # ------------------------------------------------------------------ the port

    async def grant(self, track_ids: Sequence[str], codec: Codec) -> Grant:
        """The right to stream tracks."""
        self.grants += 1
        await self.link.round_trip()
        manifests: dict[str, bytes] = {}
        media: dict[str, MediaAddress] = {}
        rights: dict[str, tuple[bytes, dict[str, bytes]]] = {}
        now = int(self._clock.unix())
        for track_id in track_ids:
            if track_id in self.faults.gone or track_id not in self.tracks:
                raise GoneError("no such track")
            track = self.tracks[track_id]
            manifest = msgspec.json.encode(self._manifest(track, codec))
            manifests[track_id] = manifest
            keys = {rendition.id: rendition.key for rendition in self._offered(track)}
            rights[track_id] = (hashlib.sha256(manifest).digest(), keys)
            for rendition_id in keys:
                until = f"?e={now + self.faults.address_s}"
                data, index = f"/media/{rendition_id}.m4a", f"/media/{rendition_id}.idx"
                media[rendition_id] = MediaAddress(data + until, index + until)
        licence = self._licence(rights, now)
        return Grant(
            licence=licence,
            manifests=manifests,
            media=media,
            media_expires_at=now + self.faults.address_s,
        )

    async def read(self, path: str, start: int, end: int | None) -> AsyncGenerator[bytes, None]:
        """Bytes of a file or index over the link."""
        self.reads.append((path, start, end))
        await self.link.round_trip()
        if self.faults.refuse:
            raise self.faults.refuse.pop(0)
        name, _, query = path.removeprefix("/media/").partition("?e=")
        if self._clock.unix() >= int(query):
            raise GoneError("the address has expired")
        rendition_id, _, kind = name.partition(".")
        data = self._content(rendition_id, kind)[start:end]
        async for block in self.link.deliver(self._damaged(rendition_id, kind, start, data)):
            yield block

    def hang_up(self) -> None:
        """There are no connections; how often it was asked for is counted."""
        self.hang_ups += 1

    # ------------------------------------------------------------------ inside

    def _offered(self, track: StoredTrack) -> list[StoredRendition]:
        """While a track grows there is one rendition."""
        return track.renditions if track.known_pieces is None else track.renditions[:1]

    def _index(self, track: StoredTrack, stored: StoredRendition) -> bytes:
        pieces = stored.pieces[: track.known_pieces]
        written = encode_index(RenditionIndex("aac", INIT_BYTES, stored.init_digest, pieces))
        return b"SGI9" + written[4:] if self.faults.alien_indexes else written

    def _manifest(self, track: StoredTrack, codec: Codec) -> Manifest:
        complete = track.known_pieces is None
        renditions = [
            Rendition(
                id=stored.id,
                codec=codec,
                kbps=stored.kbps,
                bytes=stored.pieces[: track.known_pieces][-1].end,
                init_bytes=INIT_BYTES,
                pieces=len(stored.pieces[: track.known_pieces]),
                index_sha256=hashlib.sha256(self._index(track, stored)).hexdigest(),
                complete=complete,
            )
            for stored in self._offered(track)
        ]
        return Manifest(
            track_id=track.id,
            sample_rate=RATE,
            channels=2,
            duration_samples=track.duration_samples,
            exact=complete,
            renditions=tuple(renditions),
        )

    def _licence(self, rights: dict[str, tuple[bytes, dict[str, bytes]]], now: int) -> bytes:
        terms = Terms(
            id=new_id(),
            issuer="memory",
            device_id=self.faults.for_device or self.device_id,
            account_id="account-1",
            tier="premium",
            region="DE",
            kind="stream",
            max_kbps=LADDER_KBPS[-1],
            issued_at=now,
            expires_at=now + self.faults.licence_s,
        )
        public = self._device_key.public_key().public_bytes_raw()
        signing = Ed25519PrivateKey.generate() if self.faults.tamper else self._signing_key
        return issue(terms, rights, public, signing)

    def _content(self, rendition_id: str, kind: str) -> bytes:
        for track in self.tracks.values():
            for stored in track.renditions:
                if stored.id == rendition_id:
                    if kind == "idx":
                        return self._index(track, stored)
                    return stored.sealed[: stored.pieces[: track.known_pieces][-1].end]
        raise GoneError("no such rendition")

    def _damaged(self, rendition_id: str, kind: str, start: int, data: bytes) -> bytes:
        if kind == "idx" and self.faults.wrong_indexes:
            return bytes(len(data))
        for (damaged, at), times in list(self.faults.corrupt.items()):
            if kind != "idx" and damaged == rendition_id and start <= at < start + len(data):
                if times <= 1:
                    del self.faults.corrupt[damaged, at]
                else:
                    self.faults.corrupt[damaged, at] = times - 1
                wrong = bytearray(data)
                wrong[at - start] ^= 0xFF
                return bytes(wrong)
        return data

    def grow(self, track_id: str, pieces: int | None) -> None:
        """The encoder has written so many pieces now, or everything (None)."""
        self.tracks[track_id] = replace(self.tracks[track_id], known_pieces=pieces)
