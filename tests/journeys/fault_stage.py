"""A player on virtual time whose server is an HTTP origin behind a proxy that goes wrong."""

import asyncio
import datetime
import ipaddress
import ssl
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from player.adapters.http_line import HttpLine
from player.adapters.server_http import HttpServer
from player.adapters.session_http import HttpDoor
from player.bootstrap.servers import CurrentServer
from player.engine.profiles import ServerProfile
from player.engine.tokens import TokenKeeper
from player.playback.announce import wrong_clock
from player.playback.playback_world import SystemClock
from player.settings import NetworkSettings
from sync.wire.sessions import Tokens
from tests.journeys.fault_origin import FaultOrigin, WideLink
from tests.journeys.fault_proxy import FaultProxy
from tests.player.playback.stage import Stage

HOST = "music.test"
VOLUME = 37


class Drawer:
    """A vault in memory."""

    def __init__(self):
        self._kept = {}

    def secret(self, name):
        return self._kept.get(name)

    def keep(self, name, secret):
        self._kept[name] = secret

    def forget(self, name):
        self._kept.pop(name, None)


class Authority:
    """Makes certificates for one name."""

    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fault authority")])
        self.certificate = self._signed(self._name, self._key.public_key(), authority=True)

    def client(self):
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def server(self, *, days=30):
        """A server's side; with negative `days` the certificate is out of date."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        certificate = self._signed(name, key.public_key(), days=days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pem = serialization.Encoding.PEM
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        with tempfile.TemporaryDirectory() as folder:
            chain = Path(folder) / "server.pem"
            chain.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, *plain))
            context.load_cert_chain(chain)
        return context

    def _signed(self, name, public_key, *, days=30, authority=False):
        now = datetime.datetime.now(datetime.UTC)
        begun = now - datetime.timedelta(days=60)
        names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begun)
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self._key, hashes.SHA256())
        )


class FaultStage(Stage):
    """Goes wrong where `proxy.faults`, `origin` and the host's `names` say."""

    def __init__(self, *, kbps=1200, secure=False):
        self.current = CurrentServer()
        self.wall_ahead_s = 0.0
        self.slept_s = 0.0
        super().__init__(kbps=kbps)
        self.link = self.server.link = WideLink(self.clock, self.link.rate, latency_s=0.03)
        self.origin = FaultOrigin(self.server, self.server_clock)
        self.authority = Authority() if secure else None
        self.proxy = None
        self.tokens = None
        self.ended = False
        self.names = {}

    def build(self):
        """The player's clock is the product's, on virtual time; the server has one of its own."""
        self.server_clock = self.clock
        self.clock = SystemClock(
            monotonic=self.server_clock.monotonic,
            elapsed=lambda: self.server_clock.monotonic() + self.slept_s,
            wall=lambda: self.server_clock.unix() + self.wall_ahead_s,
            on_wrong=lambda ahead_s: self.notices.append(wrong_clock(ahead_s)),
        )
        super().build()

    def store_said(self, text, remedy):
        self.notices.append(("warn", text, remedy))

    def media(self):
        """The HTTP adapter, once it is known where the proxy listens."""
        return self.current

    @asynccontextmanager
    async def on(self):
        """Everything listens, somebody is signed in, and the player runs."""
        self.names = asyncio.get_running_loop().names
        self.names[HOST] = "127.0.0.1"
        await self.origin.start()
        self.proxy = FaultProxy(self.origin.port, tls=self.authority and self.authority.server())
        await self.proxy.start()
        http = await self._sign_in()
        try:
            async with self.running():
                yield self
        finally:
            await http.close()
            await self.tokens.close()
            await self.proxy.refuse()
            await self.origin.close()

    async def _sign_in(self):
        url = f"{'https' if self.authority else 'http'}://{HOST}:{self.proxy.port}"
        context = self.authority.client() if self.authority else ssl.create_default_context()
        door = HttpDoor(HttpLine(url, context, NetworkSettings()))
        self.tokens = TokenKeeper(url, door, Drawer(), self._end, self.clock.monotonic)
        first = Tokens(access_token="access-1", expires_in=100_000, refresh_token="refresh-1")
        await self.tokens.accept(first)
        line = HttpLine(url, context, NetworkSettings(), on_date=self.clock.told)
        http = HttpServer(line, self.tokens, "device-1")
        self.current.use(http, ServerProfile(url=url))
        return http

    async def sign_in_again(self):
        """What the person does at the login page."""
        self.origin.access.add("access-9")
        self.origin.refresh.add("refresh-9")
        fresh = Tokens(access_token="access-9", expires_in=100_000, refresh_token="refresh-9")
        await self.tokens.accept(fresh)
        self.controller.session_changed()

    def _end(self):
        self.ended = True

    def texts(self):
        """What the listener was told."""
        return [text for _level, text, _detail in self.notices]
