"""What a listener heard: reports in, history and counts out."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import Parameter, RequestBody

from server_stub.api.policy import BEARER, SIGNED_IN, Contexts, SignedIn
from server_stub.api.responses import AnyRequest, json
from sync.wire.events import ListenPage, PlayCounts, Receipt, ReportBatch

_TAGS = ["listening"]
Limit = Annotated[int, Parameter(ge=1, le=200, description="At most so many.")]


@post("/v1/events", opt=SIGNED_IN, security=BEARER, tags=_TAGS, status_code=200)
async def report(
    services: Contexts, principal: SignedIn, request: AnyRequest, data: RequestBody[ReportBatch]
) -> Response[Receipt]:
    """Tell what was played, skipped, sought, downloaded and searched. Each id counts once."""
    receipt = await services.listening.report(principal.user_id, principal.session_id, data)
    return json(request, receipt)


@get("/v1/me/history", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def history(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    limit: Limit = 50,
    cursor: Annotated[str | None, Parameter(description="`next` of the page before.")] = None,
) -> Response[ListenPage]:
    """What the listener heard, newest first."""
    return json(request, await services.listening.history(principal.user_id, limit, cursor))


@get("/v1/me/plays", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def plays(
    services: Contexts, principal: SignedIn, request: AnyRequest, limit: Limit = 50
) -> Response[PlayCounts]:
    """How often the listener played what, most played first."""
    return json(request, await services.listening.plays(principal.user_id, limit))


HANDLERS = [report, history, plays]
