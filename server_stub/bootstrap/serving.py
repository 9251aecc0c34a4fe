"""`serve`: everything in one process, from the lock on the data folder to the last checkpoint."""

import asyncio
import os
import shutil
import socket
import ssl
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import text

from server_stub.api.app import create_app
from server_stub.api.limits import AttemptLimit
from server_stub.api.metrics import Metrics
from server_stub.api.services import Services
from server_stub.api.signing import AddressSigner
from server_stub.bootstrap import composition
from server_stub.bootstrap.composition import Ground
from server_stub.bootstrap.events import Events, events, listening
from server_stub.bootstrap.folder import DataFolder
from server_stub.bootstrap.listener import (
    WebServer,
    bind,
    certificate_names,
    keep_certificate,
    tls_context,
    url_of,
)
from server_stub.catalog.model.scan import ImportSummary
from server_stub.catalog.service import Importer
from server_stub.engines.embedded.authority import LocalAuthority
from server_stub.kernel.clock import SystemClock
from server_stub.kernel.events.telling import Teller
from server_stub.settings import Settings
from server_stub.streaming.service import StreamingService
from sync.wire.collection import MARK_INTENT
from sync.wire.events import REPORT_KINDS

LOW_DISK_BYTES = 200 << 20
RETENTION_S = 86_400
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ready:
    """What is announced when the server accepts."""

    url: str
    authority_sha256: str
    """Empty without TLS."""


@dataclass(frozen=True)
class ServeRequest:
    """What the command line asked for."""

    folder: DataFolder
    settings: Settings
    announce: Callable[[Ready], None]
    imports: Sequence[Path] = ()
    watch: bool = False


async def serve(request: ServeRequest) -> None:
    """Run until told to stop. Raises UsageError or StartError before it is ready."""
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(bind(request.settings.network))
        request.folder.make()
        stack.enter_context(request.folder.served())
        ground = await asyncio.to_thread(
            Ground.open, request.folder, request.settings, SystemClock()
        )
        stack.callback(ground.database.close)
        await _Server(request, ground, listening).run(stack)
    _log.info("stopped")


class _Server:
    """One run of the server."""

    def __init__(self, request: ServeRequest, ground: Ground, listening: socket.socket) -> None:
        self._request = request
        self._ground = ground
        self._listening = listening
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self, stack: AsyncExitStack) -> None:
        """Open what remains, serve, and close it in the opposite order."""
        settings, ground = self._ground.settings, self._ground
        accounts = composition.accounts(ground)
        stack.callback(accounts.close)
        streaming = composition.streaming(ground)
        stack.push_async_callback(streaming.close)
        authority_pem, fingerprint, context = await self._secured()
        collection = composition.collection(ground)
        spine = await stack.enter_async_context(events(ground))
        heard = listening(ground, spine.kept)
        teller = Teller(spine.kept)
        stack.push_async_callback(teller.close)
        services = Services(
            catalog=composition.catalog(ground.folder, ground.database),
            streaming=streaming,
            accounts=accounts,
            licensing=composition.licensing(ground, teller),
            collection=collection,
            playlists=composition.playlists(ground),
            listening=heard,
            intents={MARK_INTENT: collection.marked} | dict.fromkeys(REPORT_KINDS, heard.reported),
            signer=AddressSigner(ground.secrets.address_key, ground.clock),
            settings=settings,
            metrics=Metrics(),
            sign_in_limit=AttemptLimit(
                settings.limits.sign_in_attempts, settings.limits.sign_in_window_s, ground.clock
            ),
            authority_pem=authority_pem,
            consumers=spine.workers,
            checks={
                "database": self._check_database,
                "blobs": self._check_blobs,
                "workers": self._check_workers,
            },
        )
        stack.push_async_callback(self._stop_tasks)
        self._start("workers", streaming.run_workers())
        for worker in spine.workers:
            self._start(f"consumer {worker.consumer.name}", worker.run())
        self._start("retention", self._retain(spine))
        if self._request.imports:
            importer = composition.importer(ground.database, ground.clock)
            self._start("import", self._import(importer, streaming))
        await self._serve(WebServer(create_app(services), settings.network, context), fingerprint)

    async def _serve(self, web: WebServer, fingerprint: str) -> None:
        url = url_of(self._listening, self._ground.settings.network)
        serving = asyncio.create_task(web.serve(sockets=[self._listening]))
        announcing = asyncio.create_task(web.ready.wait())
        await asyncio.wait({serving, announcing}, return_when=asyncio.FIRST_COMPLETED)
        if announcing.done():
            _log.info("serving", url=url)
            self._request.announce(Ready(url, fingerprint))
        announcing.cancel()
        await serving

    async def _secured(self) -> tuple[bytes, str, ssl.SSLContext | None]:
        """The authority's certificate and fingerprint, and the context to serve with."""
        network = self._ground.settings.network
        if network.insecure_http:
            return b"", "", None
        authority = LocalAuthority(self._ground.folder.tls, self._ground.clock)
        names = certificate_names(network)
        certificate = await asyncio.to_thread(authority.server_certificate, names)
        context = tls_context(certificate)
        self._start("certificate", keep_certificate(authority, names, context))
        return certificate.authority_pem, certificate.fingerprint, context

    def _start(self, name: str, work: Coroutine[None, None, None]) -> None:
        self._tasks[name] = asyncio.create_task(_logged(name, work), name=name)

    async def _stop_tasks(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _import(self, importer: Importer, streaming: StreamingService) -> None:
        """Import the folders, and follow them if that was asked for."""
        if not self._request.watch:
            _report(await importer.run(self._request.imports))
            streaming.library_changed()
            return
        async for summary in importer.follow(self._request.imports):
            _report(summary)
            streaming.library_changed()

    async def _retain(self, spine: Events) -> None:
        """Once a day, drop the events that are older than the settings want to keep them."""
        days = self._ground.settings.events.keep_days
        while days:
            await spine.forget_older_than(days, self._ground.clock.now())
            await asyncio.sleep(RETENTION_S)

    async def _check_database(self) -> str:
        await self._ground.database.read(lambda connection: connection.execute(text("SELECT 1")))
        return ""

    async def _check_blobs(self) -> str:
        folder = self._ground.folder.blobs
        if not os.access(folder, os.R_OK | os.W_OK):
            return f"{folder} cannot be read and written"
        free = shutil.disk_usage(folder).free
        return "" if free >= LOW_DISK_BYTES else f"only {free >> 20} MiB are free"

    async def _check_workers(self) -> str:
        return "the background work has stopped" if self._tasks["workers"].done() else ""


def _report(summary: ImportSummary) -> None:
    _log.info(
        "imported",
        added=summary.added,
        updated=summary.updated,
        removed=summary.removed,
        failed=[f"{failed.path}: {failed.reason}" for failed in summary.failed[:20]],
    )


async def _logged(name: str, work: Coroutine[None, None, None]) -> None:
    """Background work whose failure is told; readiness shows that it is gone."""
    try:
        await work
    except Exception:
        _log.exception("background work failed", work=name)
        raise
