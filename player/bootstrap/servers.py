"""How the session gets at servers, and what stands for "the server" and "the rights" meanwhile."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from drm.rights import DeviceKey, Rights
from player.adapters.http_line import HttpLine, server_address, trust
from player.adapters.server_http import HttpServer
from player.adapters.session_http import HttpDoor, inspect, seal_of
from player.engine.ports import Account, Door, Seal
from player.engine.profiles import ServerProfile
from player.engine.tokens import TokenKeeper
from player.errors import SignedOutError
from player.settings import NetworkSettings
from sync.wire.playback import Codec, Grant


class HttpGate:
    """Servers over HTTPS."""

    def __init__(
        self, network: NetworkSettings, on_date: Callable[[float], None] = lambda unix: None
    ) -> None:
        """`on_date` hears what time it is at the server."""
        self._network = network
        self._on_date = on_date

    def address(self, text: str) -> str:
        """The base address of a server as typed."""
        return server_address(text)

    async def inspect(self, url: str) -> Seal:
        """How an unknown server can be trusted."""
        return await inspect(url, self._network)

    def seal(self, authority: bytes) -> Seal:
        """A certificate the person gave."""
        return seal_of(authority)

    def door(self, profile: ServerProfile) -> Door:
        """The way in."""
        return HttpDoor(self._line(profile, lambda ok, detail: None))

    def account(
        self,
        profile: ServerProfile,
        tokens: TokenKeeper,
        on_contact: Callable[[bool, str], None],
    ) -> HttpServer:
        """The signed-in side."""
        return HttpServer(self._line(profile, on_contact), tokens, profile.device_id)

    def _line(self, profile: ServerProfile, on_contact: Callable[[bool, str], None]) -> HttpLine:
        authority = profile.authority.encode() if profile.authority else None
        return HttpLine(profile.url, trust(authority), self._network, on_contact, self._on_date)


class CurrentServer:
    """Whatever server the session uses now, as playback and library need it."""

    def __init__(self) -> None:
        self._server: HttpServer | None = None
        self.origin = ""

    def use(self, account: Account | None, profile: ServerProfile | None) -> None:
        """Another server from now on, or none."""
        self._server = account if isinstance(account, HttpServer) else None
        self.origin = profile.url if profile else ""

    def signed_in(self) -> HttpServer:
        """The server. Raises SignedOutError."""
        if self._server is None:
            raise SignedOutError("nobody is signed in")
        return self._server

    def feed(self) -> tuple[HttpServer, str]:
        """The catalog's changes, and whose they are. Raises SignedOutError."""
        return self.signed_in(), self.origin

    async def grant(self, track_ids: Sequence[str], codec: Codec) -> Grant:
        """The right to stream tracks."""
        return await self.signed_in().grant(track_ids, codec)

    async def read(self, path: str, start: int, end: int | None) -> AsyncGenerator[bytes, None]:
        """Bytes of a signed address as they arrive."""
        stream = self.signed_in().read(path, start, end)
        try:
            async for data in stream:
                yield data
        finally:
            await stream.aclose()

    def hang_up(self) -> None:
        """Connections of before are not to be trusted."""
        if self._server is not None:
            self._server.hang_up()


class CurrentRights:
    """The rights of this device at the server that the session uses now."""

    def __init__(self, device_key: X25519PrivateKey, unix: Callable[[], float] = time.time) -> None:
        self._device_key = device_key
        self._unix = unix
        self._rights: Rights | None = None
        self.on_licence: Callable[[int, int], None] = lambda max_kbps, issued_at: None
        """Told what each admitted licence allows, and when it was issued."""

    def use(self, profile: ServerProfile | None) -> None:
        """Another server from now on, or none."""
        self._rights = None
        if profile is not None and profile.device_id:
            device = DeviceKey(profile.device_id, self._device_key)
            self._rights = Rights(device, profile.licence_key, self._unix)

    def admit(self, blob: bytes) -> object:
        """Check a licence and take its rights on."""
        licence = self._present().admit(blob)
        self.on_licence(licence.max_kbps, licence.issued_at)
        return licence

    def content_key(self, track_id: str, rendition_id: str) -> bytes:
        """The key of a rendition."""
        return self._present().content_key(track_id, rendition_id)

    def manifest(self, track_id: str, data: bytes) -> bytes:
        """The manifest, if a licence names it."""
        return self._present().manifest(track_id, data)

    def _present(self) -> Rights:
        if self._rights is None:
            raise SignedOutError("nobody is signed in")
        return self._rights
