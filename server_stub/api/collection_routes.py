"""What the listener marked, and what the listener did: marks and intents."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, Parameter, RequestBody

from server_stub.api.policy import BEARER, SIGNED_IN, Contexts, SignedIn
from server_stub.api.responses import AnyRequest, json
from server_stub.api.services import Services
from server_stub.kernel.errors import InvalidError
from sync.wire.collection import Mark, MarkKind, MarkPage
from sync.wire.ids import is_id
from sync.wire.intents import Intent, IntentBatch, Verdicts

_TAGS = ["collection"]
_BATCH = 500
_BATCH_BYTES = 4 << 20
"""An edit of a playlist may name thousands of tracks."""
Limit = Annotated[int, Parameter(ge=1, le=500, description="At most so many.")]


@get("/v1/marks/changes", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def mark_changes(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    after: Annotated[int, Parameter(ge=0, description="The cursor: 0, or `next` of a page.")] = 0,
    limit: Limit = 500,
) -> Response[MarkPage]:
    """Marks that changed after a cursor, each once as it is now; value 0: taken away."""
    return json(request, await services.collection.changes(principal.user_id, after, limit))


@get("/v1/marks/{kind:str}", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def marks(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    kind: FromPath[MarkKind],
    limit: Limit = 100,
    after: Annotated[int, Parameter(ge=0, description="Leave so many out.")] = 0,
) -> Response[list[Mark]]:
    """Standing marks of a kind (liked, saved, followed, rated), latest first."""
    found = await services.collection.newest(principal.user_id, kind, limit=limit, after=after)
    return json(request, found)


@post(
    "/v1/intents",
    opt=SIGNED_IN,
    security=BEARER,
    tags=_TAGS,
    status_code=200,
    request_max_body_size=_BATCH_BYTES,
)
async def intents(
    services: Contexts, principal: SignedIn, request: AnyRequest, data: RequestBody[IntentBatch]
) -> Response[Verdicts]:
    """What the listener did, in order. Each id is applied once however often it is sent."""
    if len(data.intents) > _BATCH:
        raise InvalidError(f"at most {_BATCH} intents fit a request", remedy="Send them in parts.")
    applied: set[str] = set()
    refused: dict[str, str] = {}
    held: set[str] = set()
    for kind, run in groupby(data.intents, key=lambda intent: intent.kind):
        due = [intent for intent in run if intent.key not in held]
        verdicts = await _verdicts(services, principal.user_id, kind, due)
        applied |= verdicts.applied
        refused |= verdicts.refused
        held |= {intent.key for intent in due if intent.id in verdicts.refused}
    return json(request, Verdicts(applied=frozenset(applied), refused=refused))


async def _verdicts(services: Services, user_id: str, kind: str, due: Sequence[Intent]) -> Verdicts:
    """What becomes of consecutive intents of one kind."""
    malformed = {intent.id: "its id is malformed" for intent in due if not is_id(intent.id)}
    due = [intent for intent in due if intent.id not in malformed]
    handler = services.intents.get(kind)
    if handler is None:
        reason = f"this server does not know what “{kind[:40]}” is; it may be older than the player"
        return Verdicts(refused=malformed | {intent.id: reason for intent in due})
    verdicts = await handler(user_id, due)
    return Verdicts(applied=verdicts.applied, refused=malformed | verdicts.refused)


HANDLERS = [mark_changes, marks, intents]
