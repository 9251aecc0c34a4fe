"""For operators: health, metrics, the preparation of renditions and the server's authority."""

import asyncio
import math

import msgspec
from litestar import Response, get

from server_stub.api.metrics import CONTENT_TYPE
from server_stub.api.policy import BEARER, OPERATOR, PUBLIC, SIGNED_IN, Contexts
from server_stub.api.preparation import PreparationProgress, told
from server_stub.api.services import Check, LogWorker
from server_stub.kernel.errors import NotFoundError

_CHECK_TIMEOUT_S = 5.0
_TAGS = ["operation"]


class Health(msgspec.Struct, frozen=True):
    """Whether the server can do its work."""

    status: str
    """`ok` or `failing`."""
    checks: dict[str, str]
    """By name: `ok`, or what is wrong."""


@get("/health/live", opt=PUBLIC, tags=_TAGS)
async def live() -> Health:
    """Whether the process answers."""
    return Health("ok", {})


@get("/health/ready", opt=PUBLIC, tags=_TAGS)
async def ready(services: Contexts) -> Response[Health]:
    """Whether everything that requests need is there."""
    names = list(services.checks)
    found = await asyncio.gather(*(_outcome(services.checks[name]) for name in names))
    failing = any(found)
    health = Health(
        "failing" if failing else "ok",
        {name: wrong or "ok" for name, wrong in zip(names, found, strict=True)},
    )
    return Response(
        health, status_code=503 if failing else 200, headers={"cache-control": "no-store"}
    )


async def _outcome(check: Check) -> str:
    try:
        return await asyncio.wait_for(check(), _CHECK_TIMEOUT_S)
    except TimeoutError:
        return "no answer in time"
    except Exception as error:  # noqa: BLE001 -- a check that fails in any way is an answer
        return f"{type(error).__name__}: {error}"[:200]


@get("/metrics", opt=OPERATOR, include_in_schema=False)
async def metrics(services: Contexts) -> Response[bytes]:
    """Everything counted, for Prometheus."""
    progress = msgspec.to_builtins(await services.streaming.progress())
    services.metrics.preparation({k: v for k, v in progress.items() if isinstance(v, int)})
    for worker in services.consumers:
        services.metrics.consumer(
            worker.consumer.name,
            lag=await _lag(worker),
            handled=worker.progress.handled,
            failures=worker.progress.failures,
        )
    return Response(services.metrics.exposition(), headers={"content-type": CONTENT_TYPE})


async def _lag(worker: LogWorker) -> float:
    """How far a consumer is behind; not a number when its log does not answer."""
    try:
        return await asyncio.wait_for(worker.lag(), _CHECK_TIMEOUT_S)
    except Exception:  # noqa: BLE001 -- what is counted must be told even if this cannot be
        return math.nan


@get("/v1/preparation", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def preparation(services: Contexts) -> Response[PreparationProgress]:
    """How many tracks are ready, in work or failed."""
    progress = told(await services.streaming.progress())
    return Response(progress, headers={"cache-control": "no-store"})


@get("/v1/authority", opt=PUBLIC, tags=["sign-in"])
async def authority(services: Contexts) -> Response[bytes]:
    """The certificate (PEM) of this server's own authority, for a client to pin."""
    if not services.authority_pem:
        raise NotFoundError("this server does not use TLS of its own")
    return Response(
        services.authority_pem,
        headers={"content-type": "application/x-pem-file", "cache-control": "no-cache"},
    )


HANDLERS = [live, ready, metrics, preparation, authority]
