"""OpenAPI 3.1, generated from the routes; field descriptions come from the structs' own source."""

import ast
import inspect
from functools import cache
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from server_stub.api import oauth_routes, operation_routes
from server_stub.api.policy import PUBLIC
from sync.wire import catalog, collection, events, intents, playback, problems, sessions

_MODULES = (
    catalog,
    collection,
    events,
    intents,
    playback,
    problems,
    sessions,
    oauth_routes,
    operation_routes,
)

SPECIFICATION = OpenAPIConfig(
    title="Segue",
    version="1.0.0",
    description="A self-hosted streaming service: library, rights and media of one server.",
    components=Components(
        security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}
    ),
    use_handler_docstrings=True,
    openapi_router=Router("/openapi", opt=PUBLIC, include_in_schema=False, route_handlers=[]),
)


@get("/openapi.json", opt=PUBLIC, include_in_schema=False)
async def document_route(request: Request[Any, Any, Any]) -> Response[bytes]:
    """This interface, described."""
    document = request.app.openapi_schema.to_schema()
    _describe(document)
    return Response(
        msgspec.json.encode(document),
        headers={
            "content-type": "application/vnd.oai.openapi+json;version=3.1",
            "cache-control": "public, max-age=3600",
        },
    )


def _describe(document: dict[str, Any]) -> None:
    """Add what the docstrings say to the components' schemas."""
    described = field_descriptions()
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        known = described.get(schema.get("title", name).partition("[")[0])
        if known is None:
            continue
        schema.setdefault("description", known.get("", ""))
        for field, details in schema.get("properties", {}).items():
            if field in known:
                details.setdefault("description", known[field])


@cache
def field_descriptions() -> dict[str, dict[str, str]]:
    """By class and field: the string below the field; the class's own docstring under ""."""
    found: dict[str, dict[str, str]] = {}
    for module in _MODULES:
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = {"": ast.get_docstring(node) or ""} | _fields_of(node)
    return found


def _fields_of(node: ast.ClassDef) -> dict[str, str]:
    described = {}
    for statement, following in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            described[statement.target.id] = inspect.cleandoc(following.value.value)
    return described
