"""A small stage for tests of the edge: contexts that hold a handful of things in memory."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import msgspec

from server_stub.accounts.errors import (
    AuthorizationPendingError,
    InvalidGrantError,
    TokenRejectedError,
    UserCodeUnknownError,
    WrongPasswordError,
)
from server_stub.accounts.model import Principal
from server_stub.api.app import create_app
from server_stub.api.limits import AttemptLimit
from server_stub.api.metrics import Metrics
from server_stub.api.services import Services
from server_stub.api.signing import AddressSigner
from server_stub.catalog.errors import TrackNotFoundError
from server_stub.collection.service import CollectionService
from server_stub.engines.memory.collection import MemoryMarks, MemoryTargets
from server_stub.engines.memory.events import MemoryEvents
from server_stub.engines.memory.listening import MemoryListening
from server_stub.engines.memory.playlists import MemoryPeople, MemoryPlaylists
from server_stub.kernel.clock import ManualClock
from server_stub.kernel.errors import NotFoundError
from server_stub.kernel.events.consuming import Reading, Worker
from server_stub.kernel.events.projections import Projecting
from server_stub.kernel.events.types import Vocabulary
from server_stub.listening.events import TYPES
from server_stub.listening.service import ListeningService
from server_stub.playlists.service import PlaylistsService
from server_stub.settings import Settings
from sync.wire.catalog import (
    Album,
    AlbumRef,
    Artist,
    ArtistRef,
    ChangePage,
    Genre,
    Lyrics,
    Page,
    SearchHits,
    Track,
)
from sync.wire.ids import encode
from sync.wire.playback import Manifest, Rendition
from sync.wire.sessions import Device, DeviceAuthorization, Tokens

TOKEN = "premium-token"
FREE_TOKEN = "free-token"
USER = encode(1)
OTHER_USER = encode(4)
DEVICE = encode(2)
TRACK = encode(10)
ALBUM = encode(11)
ARTIST = encode(12)
RENDITIONS = {kbps: encode(100 + kbps) for kbps in (96, 160, 320)}
GROWING = encode(500)
MODIFIED = 1_700_000_000
AUTHORITY = b"-----BEGIN CERTIFICATE-----\n"


def track(number: int = 0) -> Track:
    return Track(
        id=encode(10 + 1000 * number),
        title=f"Song <{number}> & more",
        artists=(ArtistRef(ARTIST, 'The "Band"'),),
        album=AlbumRef(ALBUM, "First"),
        duration_ms=240_000,
    )


@dataclass
class FakePicture:
    data: bytes
    media_type: str


class FakeCatalog:
    def __init__(self):
        self.revision_number = 7
        self.queries = []

    async def revision(self):
        return self.revision_number

    async def tracks(self, query, page):
        self.queries.append((query, page))
        return Page(tuple(track(n) for n in range(page.limit)), next="cursor", total=1000)

    async def track(self, track_id):
        if track_id != TRACK:
            raise TrackNotFoundError("there is no such track")
        return track()

    async def albums(self, query, page):
        self.queries.append((query, page))
        return Page((await self.album(ALBUM),))

    async def album(self, album_id):
        return Album(
            id=ALBUM, title="First", artists=(ArtistRef(ARTIST, "Band"),), track_count=1,
            duration_ms=240_000, year=1999,
        )  # fmt: skip

    async def artists(self, page):
        return Page((await self.artist(ARTIST),))

    async def artist(self, artist_id):
        return Artist(id=ARTIST, name="Band", album_count=1, track_count=1)

    async def genres(self):
        return (Genre("folk", 1),)

    async def lyrics(self, track_id):
        return Lyrics(track_id=track_id, kind="none", lines=())

    async def art(self, art_id, size_px):
        return FakePicture(f"{art_id}@{size_px}".encode(), "image/jpeg")

    async def changes(self, after, limit):
        return ChangePage((), after, more=False)

    async def search(self, text, limit):
        return SearchHits(tracks=(track(),))


@dataclass
class Stored:
    data: bytes
    etag: str
    complete: bool = True
    media_type: str = "audio/mp4"
    last_modified: float = MODIFIED + 0.25

    @property
    def size(self):
        return len(self.data)


@dataclass
class Prepared:
    data: bytes
    manifest: Manifest
    keys: dict


@dataclass
class Progress:
    tracks: int = 3
    ready: int = 2


class FakeStreaming:
    """Three complete renditions and one that grows; reads can be made to fail or fall short."""

    def __init__(self):
        self.files = {
            rid: Stored(bytes((i * 7 + kbps) % 256 for i in range(5000)), f"tag-{kbps}")
            for kbps, rid in RENDITIONS.items()
        }
        self.files[GROWING] = Stored(bytes(range(100)), "tag-growing-1", complete=False)
        self.broken = ""

    async def media(self, rendition_id):
        if rendition_id not in self.files:
            raise NotFoundError("there is no such rendition")
        return self.files[rendition_id]

    async def read(self, rendition_id, start, end):
        if self.broken == "raise":
            raise OSError("the disk is gone")
        data = self.files[rendition_id].data[start:end]
        return data[:-1] if self.broken == "short" else data

    async def index(self, rendition_id, pieces=None):
        return f"index of {rendition_id} {pieces}".encode()

    async def manifest(self, track_id, *, codec):
        if track_id != TRACK:
            raise TrackNotFoundError("there is no such track")
        renditions = tuple(
            Rendition(id=rid, codec="aac", kbps=kbps, bytes=5000, init_bytes=10, pieces=3,
                      index_sha256="00", complete=kbps != 160)
            for kbps, rid in RENDITIONS.items()
        )  # fmt: skip
        manifest = Manifest(track_id=track_id, sample_rate=44_100, channels=2,
                            duration_samples=1, exact=True, renditions=renditions)  # fmt: skip
        # Not what a fresh encoding would give: the bytes must travel as they are.
        data = b" " + msgspec.json.encode(manifest)
        return Prepared(data, manifest, {rid: bytes(32) for rid in RENDITIONS.values()})

    async def progress(self):
        return Progress()


@dataclass
class FakeAccounts:
    decisions: list = field(default_factory=list)
    revoked: list = field(default_factory=list)
    clients: list = field(default_factory=list)
    ended: list = field(default_factory=list)

    async def authenticate(self, access_token):
        tiers = {TOKEN: "premium", FREE_TOKEN: "free"}
        if access_token not in tiers:
            raise TokenRejectedError("the token is not valid")
        return Principal(USER, "ada", tiers[access_token], "DE", encode(3))

    async def start_device_flow(self, client_name, base_url):
        self.clients.append(client_name)
        return DeviceAuthorization(
            device_code="device-code", user_code="BCDF-GHJK", verification_uri=f"{base_url}/device",
            verification_uri_complete=f"{base_url}/device?user_code=BCDF-GHJK",
            expires_in=600, interval=5,
        )  # fmt: skip

    async def approve(self, user_code, name, password):
        self._check(user_code, password)
        self.decisions.append(("approve", user_code, name))

    async def deny(self, user_code, name, password):
        self._check(user_code, password)
        self.decisions.append(("deny", user_code, name))

    def _check(self, user_code, password):
        if user_code != "BCDF-GHJK":
            raise UserCodeUnknownError("nobody waits under this code")
        if password != "secret-word":
            raise WrongPasswordError("name and password do not belong together")

    async def exchange_device_code(self, device_code):
        if device_code == "pending":
            raise AuthorizationPendingError("nobody has approved yet")
        if device_code != "device-code":
            raise InvalidGrantError("unknown device code")
        return Tokens(access_token="a", refresh_token="r", expires_in=600)

    async def refresh(self, refresh_token):
        return Tokens(access_token="b", refresh_token="s", expires_in=600)

    async def end_session(self, user_id, session_id):
        self.ended.append(session_id)

    async def revoke(self, token):
        self.revoked.append(token)


class FakeLicensing:
    def __init__(self):
        self.issued = []
        self.removed = []

    async def register_device(self, user_id, registration, session_id=""):
        return Device(id=DEVICE, name=registration.name, created_at=1)

    async def devices(self, user_id):
        return (Device(id=DEVICE, name="laptop", created_at=1),)

    async def revoke_device(self, user_id, device_id):
        self.removed.append((user_id, device_id))
        return encode(3)

    async def issue(self, **terms):
        self.issued.append(terms)
        return b"licence"

    async def public_key(self):
        return b"k" * 32


@dataclass
class Stage:
    """The site on fakes, and how to talk to it."""

    settings: Settings = field(default_factory=Settings)
    clock: ManualClock = field(default_factory=ManualClock)
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    streaming: FakeStreaming = field(default_factory=FakeStreaming)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    licensing: FakeLicensing = field(default_factory=FakeLicensing)
    checks: dict = field(default_factory=dict)

    def __post_init__(self):
        targets = MemoryTargets({"track": [TRACK], "album": [ALBUM], "artist": [ARTIST]})
        names = {USER: "ada", OTHER_USER: "bob"}
        self.playlists = PlaylistsService(MemoryPlaylists(names), MemoryPeople(names), self.clock)
        self.collection = CollectionService(MemoryMarks(), targets, self.clock)
        self.log = MemoryEvents(self.clock)
        heard = MemoryListening()
        self.listening = ListeningService(self.log, heard, self.clock)
        reading = Reading(self.log, Vocabulary(TYPES))
        self.worker = Worker(self.log, Projecting(heard, reading))
        self.signer = AddressSigner(b"s" * 32, self.clock)
        self.services = Services(
            catalog=self.catalog,
            streaming=self.streaming,
            accounts=self.accounts,
            licensing=self.licensing,
            collection=self.collection,
            playlists=self.playlists,
            listening=self.listening,
            intents={"marked": self.collection.marked, "played": self.listening.reported},
            consumers=[self.worker],
            signer=self.signer,
            settings=self.settings,
            metrics=Metrics(),
            sign_in_limit=AttemptLimit(3, 300, self.clock),
            authority_pem=AUTHORITY,
            checks=self.checks,
        )
        self.site = create_app(self.services)

    def address(self, kbps=96, *, ttl_s=60, device=DEVICE, growing_pieces=None, rendition=None):
        return self.signer.address(
            rendition or RENDITIONS[kbps],
            "aac",
            device,
            expires_at=self.signer.expiry(ttl_s),
            growing_pieces=growing_pieces,
        )

    @asynccontextmanager
    async def client(self, token=TOKEN, peer="203.0.113.9"):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.site, client=(peer, 1), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="https://segue.test", headers=headers
        ) as client:
            yield client


async def well():
    return ""


async def ill():
    await asyncio.sleep(0)
    return "the disk is full"
