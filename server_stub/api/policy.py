"""Who may use a route. Every route declares it; one that does not is closed to everybody."""

from enum import Enum
from typing import Any

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation
from litestar.types import Scope

from server_stub.api.errors import SignInRequiredError, UndeclaredPolicyError
from server_stub.api.services import Principal, Services

OPTION = "policy"
_BEARER = "bearer "
_LOOPBACK = {"127.0.0.1", "::1"}


class Policy(Enum):
    """Who may call."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    OPERATOR = "operator"
    """A program on the server's own machine, or somebody signed in."""
    SIGNED_ADDRESS = "signed-address"
    """The address itself carries the right, signed and short-lived."""


PUBLIC = {OPTION: Policy.PUBLIC}
SIGNED_IN = {OPTION: Policy.SIGNED_IN}
OPERATOR = {OPTION: Policy.OPERATOR}
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
"""How OpenAPI is told that a route needs a token."""

SignedIn = NamedDependency[SkipValidation[Principal]]
"""A handler's parameter `principal`: whoever is signed in."""
Contexts = NamedDependency[SkipValidation[Services]]
"""A handler's parameter `services`."""

Connection = ASGIConnection[Any, Any, Any, Any]


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let a request through, or raise what refuses it."""
    policy = handler.opt.get(OPTION)
    if policy is Policy.PUBLIC:
        return
    if policy not in {Policy.SIGNED_IN, Policy.OPERATOR}:
        raise UndeclaredPolicyError("nobody may use this route")
    if policy is Policy.OPERATOR and connection.client and connection.client.host in _LOOPBACK:
        return
    field = connection.headers.get("authorization", "")
    if field[: len(_BEARER)].lower() != _BEARER:
        raise SignInRequiredError(
            "this needs a bearer token", remedy="Sign in with `segue login URL`."
        )
    services: Services = connection.app.state.services
    token = field[len(_BEARER) :].strip()
    connection.scope["user"] = await services.accounts.authenticate(token)


def provide_principal(scope: Scope) -> Any:
    """The principal that the guard found."""
    return scope["user"]
