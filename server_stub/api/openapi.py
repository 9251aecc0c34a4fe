"""OpenAPI 3.1, generated from the routes; field descriptions come from the structs' own source."""

import ast
import inspect
import re
from functools import cache
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from server_stub.api import oauth_routes, operation_routes, preparation
from server_stub.api.openapi_words import FIELDS, PARAMETERS
from server_stub.api.policy import PUBLIC
from sync.ot import history, model
from sync.wire import catalog, collection, events, intents, playback, playlists, sessions
from sync.wire import problems as problem_details

_MODULES = (
    catalog,
    collection,
    events,
    intents,
    playback,
    playlists,
    history,
    model,
    problem_details,
    sessions,
    oauth_routes,
    operation_routes,
    preparation,
)

_REF = "#/components/schemas/"
_END = re.compile(r"\.(?:\s|$)|\n")
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_MEDIA_TYPES = {
    "/v1/art/{cover}": ("image/jpeg", "image/png", "image/webp", "image/gif"),
    "/v1/authority": ("application/x-pem-file",),
}

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
    """Add what the docstrings say, and what every operation may answer besides its result."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    _, refusals = msgspec.json.schema_components(
        (problem_details.Problem, sessions.OAuthError), ref_template=_REF + "{name}"
    )
    schemas.update(refusals)
    for name, schema in schemas.items():
        _describe_fields(name, schema)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _describe_operation(path, method, operation)


def _describe_fields(name: str, schema: dict[str, Any]) -> None:
    known = field_descriptions().get(schema.get("title", name).partition("[")[0], {})
    schema.setdefault("description", known.get("", ""))
    for field, details in schema.get("properties", {}).items():
        said = known.get(field) or FIELDS.get(field)
        if said:
            details.setdefault("description", said)


def _describe_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    operation["summary"] = _END.split(operation["description"])[0]
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in PARAMETERS:
            parameter.setdefault("description", PARAMETERS[parameter["name"]])
    answers = operation["responses"]
    answers.pop("400", None)
    media_types = _MEDIA_TYPES.get(path)
    if media_types:
        answers["200"]["content"] = dict.fromkeys(media_types, _BINARY)
    if method == "get" and "catalog" in operation["tags"]:
        answers["304"] = {"description": "What the caller holds is current"}
    if path == "/health/ready":
        answers["503"] = {**answers["200"], "description": "Something that is needed is not there"}
    oauth = path.startswith("/v1/oauth/")
    answers["default"] = _refusal("OAuthError") if oauth else _refusal("Problem")


def _refusal(name: str) -> dict[str, Any]:
    media_type = "application/json" if name == "OAuthError" else "application/problem+json"
    return {
        "description": "Refused, with the reason",
        "content": {media_type: {"schema": {"$ref": _REF + name}}},
    }


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
