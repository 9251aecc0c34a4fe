"""JSON answers of the framework's routes: validators, caching and compression."""

import gzip
from typing import Any

import msgspec
from litestar import MediaType, Request, Response

from server_stub.api.conditions import matches

GZIP_FROM_BYTES = 2048
_GZIP_LEVEL = 5
_encode = msgspec.json.Encoder().encode

AnyRequest = Request[Any, Any, Any]


def revision_tag(revision: int) -> str:
    """The validator of everything that follows from the catalog as it is now.

    Weak, since the same answer may travel compressed or not.
    """
    return f'W/"catalog-{revision}"'


def is_current(request: AnyRequest, etag: str) -> bool:
    """Whether the caller holds this version already."""
    field = request.headers.get("if-none-match")
    return field is not None and matches(field, etag, weak=True)


def not_modified(etag: str, cache_control: str) -> Response[Any]:
    """Say that the caller's copy is good."""
    return Response(
        None,
        status_code=304,
        headers={"etag": etag, "cache-control": cache_control, "vary": "Accept-Encoding"},
    )


def json(
    request: AnyRequest, value: object, *, etag: str = "", cache_control: str = "no-store"
) -> Response[Any]:
    """A value as JSON, compressed when that pays and the caller takes it."""
    body = _encode(value)
    headers = {"cache-control": cache_control, "vary": "Accept-Encoding"}
    if etag:
        headers["etag"] = etag
    if len(body) >= GZIP_FROM_BYTES and accepts_gzip(request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(body, media_type=MediaType.JSON, headers=headers)


def accepts_gzip(field: str) -> bool:
    """Whether an `Accept-Encoding` field allows gzip."""
    weights: dict[str, str] = {}
    for element in field.lower().split(","):
        coding, _, parameters = element.strip().partition(";")
        weights[coding.strip()] = parameters.replace(" ", "")
    weight = weights.get("gzip", weights.get("*"))
    return weight is not None and weight not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
