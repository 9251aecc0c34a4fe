"""Problem details (RFC 9457): the one table from error kinds to statuses, and how they are sent."""

import secrets
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from server_stub.kernel.errors import Kind, SegueError
from sync.wire.problems import Problem

MEDIA_TYPE = "application/problem+json"
STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.CORRUPT: 500,
}
_TITLES = {Kind.LIMITED: "Too many requests", Kind.CORRUPT: "Stored data is damaged"}
_FRAMEWORK_CODES = {
    400: "invalid-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
}
_encode = msgspec.json.Encoder().encode
_log = structlog.get_logger(__name__)

Headers = dict[str, str]
AnyRequest = Request[Any, Any, Any]


def problem(status: int, code: str, detail: str = "", *, remedy: str = "") -> Problem:
    """A problem that no typed error stands for."""
    return Problem(
        type=f"urn:segue:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        remedy=remedy,
    )


def of_error(error: SegueError) -> Problem:
    """The problem a typed error becomes."""
    status = STATUS[error.kind]
    return Problem(
        type=f"urn:segue:problem:{error.code}",
        title=_TITLES.get(error.kind, HTTPStatus(status).phrase),
        status=status,
        code=error.code,
        detail=error.detail,
        remedy=error.remedy,
        retry_after_s=error.retry_after_s,
    )


def of_failure(error: Exception, route: str) -> Problem:
    """The problem of a fault of our own: logged in full, told by a reference only."""
    reference = secrets.token_hex(4)
    _log.error("request failed", reference=reference, route=route, exc_info=error)
    return problem(
        500,
        "internal-error",
        f"The server failed; its log has the reason under {reference}.",
        remedy="Try again; if it goes on, look into the server's log.",
    )


def headers_of(refusal: Problem) -> Headers:
    """The header fields that go with a problem."""
    headers = {"cache-control": "no-store"}
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = 'Bearer realm="segue"'
    if refusal.retry_after_s is not None:
        headers["retry-after"] = str(max(1, round(refusal.retry_after_s)))
    return headers


def encode(refusal: Problem) -> bytes:
    """The body of a problem."""
    return _encode(refusal)


def response(refusal: Problem, headers: Headers | None = None) -> Response[bytes]:
    """A problem as the framework's response."""
    return Response(
        encode(refusal),
        status_code=refusal.status,
        media_type=MEDIA_TYPE,
        headers=headers_of(refusal) | (headers or {}),
    )


def on_segue_error(_: AnyRequest, error: SegueError) -> Response[bytes]:
    """Answer a typed error."""
    return response(of_error(error))


def on_http_exception(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Answer what the framework refuses: validation, unknown routes and methods."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_failure(request, error)
    code = _FRAMEWORK_CODES.get(error.status_code, "refused")
    return response(
        problem(error.status_code, code, _detail(error)),
        {name.lower(): value for name, value in (error.headers or {}).items()},
    )


def on_failure(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Answer an error nobody foresaw."""
    return response(of_failure(error, request.scope.get("path_template", "")))


def _detail(error: HTTPException) -> str:
    """What the framework says about the request, naming the fields it did not accept."""
    if not isinstance(error.extra, list):
        return "" if error.detail == HTTPStatus(error.status_code).phrase else error.detail
    found = [
        f"{item.get('key', 'body')}: {item.get('message', '')}"
        for item in error.extra
        if isinstance(item, dict)
    ]
    return "; ".join(found) or error.detail
