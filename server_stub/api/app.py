"""The whole edge as one ASGI application: media on the short way, everything else routed."""

import time
from collections.abc import Callable

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from server_stub.api import (
    account_routes,
    catalog_routes,
    collection_routes,
    device_page,
    event_routes,
    grant_routes,
    link_pages,
    media,
    oauth_routes,
    operation_routes,
    playlist_routes,
    problems,
)
from server_stub.api.openapi import SPECIFICATION, document_route
from server_stub.api.policy import guard, provide_principal
from server_stub.api.reply import Message, Receive, Reply, Scope, Send
from server_stub.api.services import Services
from server_stub.kernel.errors import SegueError

_UNROUTED = "(none)"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLIENT_GONE = 499

HANDLERS: list[ControllerRouterHandler] = [
    *account_routes.HANDLERS,
    *catalog_routes.HANDLERS,
    *collection_routes.HANDLERS,
    *device_page.HANDLERS,
    *event_routes.HANDLERS,
    *grant_routes.HANDLERS,
    *link_pages.HANDLERS,
    *oauth_routes.HANDLERS,
    *operation_routes.HANDLERS,
    *playlist_routes.HANDLERS,
    document_route,
]


def create_router(services: Services) -> Litestar:
    """The framework's part: every route but media."""
    return Litestar(
        HANDLERS,
        guards=[guard],
        state=State({"services": services}),
        dependencies={
            "services": Provide(_provider(services), sync_to_thread=False),
            "principal": Provide(provide_principal, sync_to_thread=False),
        },
        exception_handlers={
            SegueError: problems.on_segue_error,
            HTTPException: problems.on_http_exception,
            Exception: problems.on_failure,
        },
        openapi_config=SPECIFICATION,
        request_max_body_size=services.settings.limits.body_bytes,
        logging_config=None,
    )


def _provider(services: Services) -> Callable[[], object]:
    def provide_services() -> object:
        return services

    return provide_services


class Site:
    """The ASGI application that the server runs."""

    def __init__(self, services: Services) -> None:
        self.router = create_router(services)
        self._media = media.MediaResponder(services.streaming, services.signer, services.metrics)
        self._metrics = services.metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count it."""
        if scope["type"] != "http":
            await self.router(scope, receive, send)  # type: ignore[arg-type]  # ASGI as ASGI
            return
        observed = _Observed(send, head=scope["method"] == "HEAD")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        started = time.perf_counter()
        self._metrics.began()
        try:
            route = await self._dispatch(scope, receive, observed)
        except BaseException:
            self._metrics.ended(method, _UNROUTED, 500, time.perf_counter() - started)
            raise
        self._metrics.ended(method, route, observed.status, time.perf_counter() - started)

    async def _dispatch(self, scope: Scope, receive: Receive, observed: "_Observed") -> str:
        """Let the one that is responsible answer; returns the route's template."""
        if scope["path"].startswith(media.PREFIX):
            await self._answer_media(scope, receive, observed)
            return media.ROUTE
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.router(scope, receive, observed)  # type: ignore[arg-type]  # ASGI as ASGI
        template: str = scope.get("path_template") or _UNROUTED
        return template

    async def _answer_media(self, scope: Scope, receive: Receive, observed: "_Observed") -> None:
        try:
            await self._media(scope, receive, observed)
        except Exception as error:
            if observed.status != _CLIENT_GONE:
                raise
            failure = problems.of_failure(error, media.ROUTE)
            await Reply(scope, observed).problem(failure)


class _Observed:
    """A `send` that notes the status and takes the body away from answers to HEAD."""

    def __init__(self, send: Send, *, head: bool) -> None:
        self._send = send
        self._head = head
        self.status = _CLIENT_GONE
        """Until an answer has begun: that nobody was there for it."""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif self._head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def create_app(services: Services) -> Site:
    """Everything under one address."""
    return Site(services)
