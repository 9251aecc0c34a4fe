"""The network side: socket, TLS and the web server that stops gently."""

import asyncio
import contextlib
import ipaddress
import signal
import socket
import ssl
from collections.abc import Callable, Iterator

import uvicorn
from uvicorn.config import Config

from server_stub.api.app import Site
from server_stub.bootstrap.errors import StartError, UsageError
from server_stub.engines.embedded.authority import LocalAuthority, ServerCertificate
from server_stub.settings import NetworkSettings

KEEP_ALIVE_S = 75
"""Longer than a chunk lasts, so that a listener keeps one connection."""
RENEWAL_CHECK_S = 6 * 3600
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def certificate_names(settings: NetworkSettings) -> list[str]:
    """How this server may be called."""
    return [settings.host, socket.gethostname(), *settings.names]


def bind(settings: NetworkSettings) -> socket.socket:
    """The listening socket. Raises UsageError or StartError."""
    if settings.insecure_http and not is_loopback(settings.host):
        raise UsageError(
            f"--insecure-http is for loopback hosts, not {settings.host}",
            remedy="Leave it out: TLS needs no preparation here.",
        )
    try:
        found = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, _, _, _, address = found[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise StartError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}",
            remedy="Choose another one with --host and --port.",
        ) from error


def url_of(listening: socket.socket, settings: NetworkSettings) -> str:
    """How a client on the same network reaches the server."""
    scheme = "http" if settings.insecure_http else "https"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{listening.getsockname()[1]}"


def tls_context(certificate: ServerCertificate) -> ssl.SSLContext:
    """TLS 1.2 or newer with the server's own certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate.certificate_file, certificate.key_file)
    return context


async def keep_certificate(
    authority: LocalAuthority, names: list[str], context: ssl.SSLContext
) -> None:
    """Renew the certificate in time while the server runs; new connections get the new one."""
    while True:
        await asyncio.sleep(RENEWAL_CHECK_S)
        certificate = await asyncio.to_thread(authority.server_certificate, names)
        if certificate.renewed:
            context.load_cert_chain(certificate.certificate_file, certificate.key_file)


class WebServer(uvicorn.Server):
    """uvicorn that says when it is ready and returns when it was told to stop.

    The stock server raises the signal again afterwards, which would end the process before
    workers and database are closed.
    """

    def __init__(
        self, site: Site, settings: NetworkSettings, context: ssl.SSLContext | None
    ) -> None:
        super().__init__(_config(site, settings, context))
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept."""
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM; a second SIGINT does not wait for requests."""
        loop = asyncio.get_running_loop()
        added = []
        for number in _SIGNALS:
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, self.handle_exit, number, None)
                added.append(number)
        try:
            yield
        finally:
            for number in added:
                loop.remove_signal_handler(number)


def _config(site: Site, settings: NetworkSettings, context: ssl.SSLContext | None) -> Config:
    factory: Callable[[Config, Callable[[], ssl.SSLContext]], ssl.SSLContext] | None = None
    if context is not None:
        made = context

        def factory(_config: Config, _default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
            return made

    return Config(
        site,
        http="httptools",
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=settings.shutdown_s,
        ssl_context_factory=factory,
    )
