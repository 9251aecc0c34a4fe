"""What the edge asks of the contexts, in its own words, and the bundle it is given."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from server_stub.api.limits import AttemptLimit
from server_stub.api.metrics import Metrics
from server_stub.api.playlist_ports import Playlists
from server_stub.api.signing import AddressSigner
from server_stub.catalog.model.queries import AlbumQuery, PageRequest, TrackQuery
from server_stub.settings import Settings
from sync.wire.catalog import Album, Artist, ChangePage, Genre, Lyrics, Page, SearchHits, Track
from sync.wire.collection import Mark, MarkKind, MarkPage
from sync.wire.events import ListenPage, PlayCounts, Receipt, ReportBatch
from sync.wire.intents import Intent, Verdicts
from sync.wire.playback import Codec, Manifest
from sync.wire.sessions import Device, DeviceAuthorization, DeviceRegistration, Tier, Tokens

GrantKind = Literal["stream", "offline"]
"""A licence to listen now, or one to keep."""


class Picture(Protocol):
    """A cover as it is sent."""

    @property
    def data(self) -> bytes:
        """The encoded picture."""
        ...

    @property
    def media_type(self) -> str:
        """What it is encoded in."""
        ...


class Catalog(Protocol):
    """What is in the library."""

    async def tracks(self, query: TrackQuery, page: PageRequest) -> Page[Track]: ...

    async def track(self, track_id: str) -> Track: ...

    async def albums(self, query: AlbumQuery, page: PageRequest) -> Page[Album]: ...

    async def album(self, album_id: str) -> Album: ...

    async def artists(self, page: PageRequest) -> Page[Artist]: ...

    async def artist(self, artist_id: str) -> Artist: ...

    async def genres(self) -> Sequence[Genre]: ...

    async def lyrics(self, track_id: str) -> Lyrics: ...

    async def art(self, art_id: str, size_px: int | None) -> Picture: ...

    async def changes(self, after: int, limit: int) -> ChangePage: ...

    async def search(self, text: str, limit: int) -> SearchHits: ...

    async def revision(self) -> int: ...


class PreparedManifest(Protocol):
    """A manifest with the content keys of the renditions it names."""

    @property
    def data(self) -> bytes:
        """Its exact bytes."""
        ...

    @property
    def manifest(self) -> Manifest:
        """The same, decoded."""
        ...

    @property
    def keys(self) -> dict[str, bytes]:
        """Content key by rendition id."""
        ...


class MediaObject(Protocol):
    """A stored rendition as it is now."""

    @property
    def size(self) -> int:
        """Bytes that can be read."""
        ...

    @property
    def etag(self) -> str:
        """A strong tag; it changes when bytes do."""
        ...

    @property
    def last_modified(self) -> float:
        """Unix time."""
        ...

    @property
    def complete(self) -> bool:
        """Whether no more bytes will follow."""
        ...

    @property
    def media_type(self) -> str:
        """Of the clear file."""
        ...


class Media(Protocol):
    """Stored bytes of renditions."""

    async def media(self, rendition_id: str) -> MediaObject: ...

    async def read(self, rendition_id: str, start: int, end: int) -> bytes: ...

    async def index(self, rendition_id: str, pieces: int | None = None) -> bytes: ...


class Streaming(Media, Protocol):
    """Renditions: their manifests, their bytes and how far their preparation is."""

    async def manifest(self, track_id: str, *, codec: Codec) -> PreparedManifest: ...

    async def progress(self) -> Any: ...


class Principal(Protocol):
    """Who is signed in."""

    @property
    def user_id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def tier(self) -> Tier: ...

    @property
    def region(self) -> str: ...

    @property
    def session_id(self) -> str: ...


class Accounts(Protocol):
    """Who may come in."""

    async def authenticate(self, access_token: str) -> Principal: ...

    async def start_device_flow(self, client_name: str, base_url: str) -> DeviceAuthorization: ...

    async def approve(self, user_code: str, name: str, password: str) -> Any: ...

    async def deny(self, user_code: str, name: str, password: str) -> Any: ...

    async def exchange_device_code(self, device_code: str) -> Tokens: ...

    async def refresh(self, refresh_token: str) -> Tokens: ...

    async def revoke(self, token: str) -> Any: ...

    async def end_session(self, user_id: str, session_id: str) -> Any: ...


class Licensing(Protocol):
    """Devices and licences."""

    async def register_device(
        self, user_id: str, registration: DeviceRegistration, session_id: str = ""
    ) -> Device: ...

    async def devices(self, user_id: str) -> Sequence[Device]: ...

    async def revoke_device(self, user_id: str, device_id: str) -> str: ...

    async def issue(
        self,
        *,
        user_id: str,
        tier: Tier,
        region: str,
        device_id: str,
        kind: GrantKind,
        rights: Mapping[str, tuple[bytes, Mapping[str, bytes]]],
    ) -> bytes: ...

    async def public_key(self) -> bytes: ...


class Collection(Protocol):
    """What each listener marked."""

    async def changes(self, user_id: str, after: int, limit: int) -> MarkPage: ...

    async def newest(
        self, user_id: str, kind: MarkKind, *, limit: int, after: int = 0
    ) -> Sequence[Mark]: ...


class Listening(Protocol):
    """What each listener heard."""

    async def report(self, user_id: str, session_id: str, batch: ReportBatch) -> Receipt: ...

    async def history(self, user_id: str, limit: int, cursor: str | None) -> ListenPage: ...

    async def plays(self, user_id: str, limit: int) -> PlayCounts: ...


IntentHandler = Callable[[str, Sequence[Intent]], Awaitable[Verdicts]]
"""Does what consecutive intents of one kind, by one user (id), ask for."""


class LogWorker(Protocol):
    """A consumer of the event log."""

    @property
    def consumer(self) -> Any: ...

    @property
    def progress(self) -> Any: ...

    async def lag(self) -> int: ...


Check = Callable[[], Awaitable[str]]
"""Looks at something the server needs: "" if it is well, else what is wrong."""


@dataclass(frozen=True)
class Services:
    """Everything a route may use, made once in bootstrap."""

    catalog: Catalog
    streaming: Streaming
    accounts: Accounts
    licensing: Licensing
    collection: Collection
    playlists: Playlists
    listening: Listening
    intents: Mapping[str, IntentHandler]
    """Who does what a listener did elsewhere, by the kind of intent."""
    signer: AddressSigner
    settings: Settings
    metrics: Metrics
    sign_in_limit: AttemptLimit
    authority_pem: bytes = b""
    """The certificate of the server's own authority; empty without TLS."""
    consumers: Sequence[LogWorker] = ()
    """What follows the event log in the background."""
    checks: dict[str, Check] = field(default_factory=dict)
    """What readiness depends on, by name."""
