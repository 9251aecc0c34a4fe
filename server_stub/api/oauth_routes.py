"""Signing in from a terminal: device flow (RFC 8628), tokens (RFC 6749), revocation (RFC 7009)."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.exceptions import HTTPException
from litestar.params import URLEncodedBody
from litestar.types import ControllerRouterHandler

from server_stub.accounts.errors import GrantError
from server_stub.api import problems
from server_stub.api.policy import PUBLIC, Contexts
from server_stub.api.responses import AnyRequest
from server_stub.api.services import Services
from server_stub.kernel.errors import Kind, SegueError
from sync.wire.sessions import DeviceAuthorization, OAuthError, Tokens

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
REFRESH_TOKEN = "refresh_token"
_NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
_TAGS = ["sign-in"]
_BY_KIND = {
    Kind.UNAUTHENTICATED: "invalid_grant",
    Kind.FORBIDDEN: "access_denied",
    Kind.LIMITED: "slow_down",
    Kind.UNAVAILABLE: "temporarily_unavailable",
}


class DeviceForm(msgspec.Struct, frozen=True):
    """Who asks to be signed in."""

    client_id: str = "segue"
    client_name: str = ""
    """What the user is shown."""
    scope: str = ""


class TokenForm(msgspec.Struct, frozen=True):
    """A device code or refresh token to be exchanged."""

    grant_type: str = ""
    device_code: str = ""
    refresh_token: str = ""
    client_id: str = ""
    scope: str = ""


class RevocationForm(msgspec.Struct, frozen=True):
    """A token that shall not work any more."""

    token: str = ""
    token_type_hint: str = ""


class ServerMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """Where the routes are (RFC 8414)."""

    issuer: str
    device_authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    grant_types_supported: tuple[str, ...] = (DEVICE_CODE, REFRESH_TOKEN)
    response_types_supported: tuple[str, ...] = ()
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("none",)


class MalformedTokenRequestError(SegueError):
    """The form lacks something or asks for what does not exist."""

    def __init__(self, oauth: str, detail: str) -> None:
        super().__init__(detail)
        self.oauth = oauth


def base_url(request: AnyRequest, services: Services) -> str:
    """How this server is reached, without a slash at the end."""
    configured = services.settings.network.public_url
    return (configured or str(request.base_url)).rstrip("/")


@post("/v1/oauth/device_authorization", opt=PUBLIC, tags=_TAGS, status_code=200)
async def device_authorization(
    services: Contexts, request: AnyRequest, data: URLEncodedBody[DeviceForm]
) -> Response[DeviceAuthorization]:
    """Begin to sign in: the codes, and where the user approves."""
    address = request.client.host if request.client else ""
    services.sign_in_limit.spend(f"device:{address}")
    started = await services.accounts.start_device_flow(
        (data.client_name or data.client_id)[:80], base_url(request, services)
    )
    return Response(started, headers=_NO_STORE)


@post("/v1/oauth/token", opt=PUBLIC, tags=_TAGS, status_code=200)
async def token(services: Contexts, data: URLEncodedBody[TokenForm]) -> Response[Tokens]:
    """Exchange an approved device code, or a refresh token, for tokens."""
    if data.grant_type == DEVICE_CODE:
        _need("device_code", data.device_code)
        tokens = await services.accounts.exchange_device_code(data.device_code)
    elif data.grant_type == REFRESH_TOKEN:
        _need("refresh_token", data.refresh_token)
        tokens = await services.accounts.refresh(data.refresh_token)
    else:
        code = "unsupported_grant_type" if data.grant_type else "invalid_request"
        raise MalformedTokenRequestError(code, "grant_type is missing or not supported")
    return Response(tokens, headers=_NO_STORE)


@post("/v1/oauth/revoke", opt=PUBLIC, tags=_TAGS, status_code=200)
async def revoke(services: Contexts, data: URLEncodedBody[RevocationForm]) -> None:
    """End a session by one of its tokens. An unknown token is fine too."""
    _need("token", data.token)
    await services.accounts.revoke(data.token)


@get("/.well-known/oauth-authorization-server", opt=PUBLIC, tags=_TAGS)
async def metadata(services: Contexts, request: AnyRequest) -> ServerMetadata:
    """Where the routes of this server are."""
    base = base_url(request, services)
    return ServerMetadata(
        issuer=base,
        device_authorization_endpoint=f"{base}/v1/oauth/device_authorization",
        token_endpoint=f"{base}/v1/oauth/token",
        revocation_endpoint=f"{base}/v1/oauth/revoke",
    )


def _need(name: str, value: str) -> None:
    if not value:
        raise MalformedTokenRequestError("invalid_request", f"{name} is missing")


def _refused(status: int, error: str, detail: str, retry_after_s: float | None) -> Response[Any]:
    headers = dict(_NO_STORE)
    if retry_after_s is not None:
        headers["retry-after"] = str(max(1, round(retry_after_s)))
    body = OAuthError(error=error, error_description=detail)
    return Response(body, status_code=status, media_type=MediaType.JSON, headers=headers)


def _on_segue_error(_: Request[Any, Any, Any], error: SegueError) -> Response[Any]:
    oauth = _BY_KIND.get(error.kind, "invalid_request")
    if isinstance(error, GrantError | MalformedTokenRequestError):
        oauth = error.oauth
    status = problems.STATUS[error.kind]
    # RFC 6749 §5.2: refusals are 400, apart from what is not about this request.
    kept = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    status = status if status in kept else HTTPStatus.BAD_REQUEST
    return _refused(status, oauth, error.detail, error.retry_after_s)


def _on_http_exception(_: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    return _refused(error.status_code, "invalid_request", error.detail, None)


ROUTER = Router(
    "/",
    route_handlers=[device_authorization, token, revoke],
    exception_handlers={SegueError: _on_segue_error, HTTPException: _on_http_exception},
)
HANDLERS: list[ControllerRouterHandler] = [ROUTER, metadata]
