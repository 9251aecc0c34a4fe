"""Playlists: lists of them, edits in one order, people, history."""

from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, Parameter, RequestBody

from server_stub.api.policy import BEARER, SIGNED_IN, Contexts, SignedIn
from server_stub.api.responses import AnyRequest, json
from server_stub.api.services import Principal
from sync.ot.history import Submission
from sync.wire.playlists import (
    Collaborator,
    CopyRequest,
    HistoryEntry,
    NewPlaylist,
    Person,
    PlaylistAt,
    PlaylistSummary,
    RestoreRequest,
    RevisionPage,
    RoleRequest,
)

_TAGS = ["playlists"]
_EDIT_BYTES = 4 << 20
"""An edit may hold every entry of a long playlist."""
Client = Annotated[str, Parameter(max_length=64, description="The editing session that asks.")]


def _who(principal: Principal) -> Person:
    return Person(principal.user_id, principal.name)


@get("/v1/playlists", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def playlists(
    services: Contexts, principal: SignedIn, request: AnyRequest
) -> Response[list[PlaylistSummary]]:
    """One's own playlists, those one shares and those one follows; the last changed first."""
    return json(request, await services.playlists.mine(_who(principal)))


@post(
    "/v1/playlists",
    opt=SIGNED_IN,
    security=BEARER,
    tags=_TAGS,
    request_max_body_size=_EDIT_BYTES,
)
async def create(
    services: Contexts, principal: SignedIn, data: RequestBody[NewPlaylist]
) -> PlaylistSummary:
    """Make a playlist under an id of one's own; the same again changes nothing."""
    return await services.playlists.create(_who(principal), data)


@get("/v1/users/{name:str}/playlists", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def public_playlists(
    services: Contexts, principal: SignedIn, request: AnyRequest, name: FromPath[str]
) -> Response[list[PlaylistSummary]]:
    """Public playlists of a user."""
    return json(request, await services.playlists.public_of(_who(principal), name))


@get("/v1/playlists/{playlist_id:str}", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def playlist(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    playlist_id: FromPath[str],
    client: Client = "",
) -> Response[PlaylistAt]:
    """A whole playlist as it is now: where an editing session starts."""
    return json(request, await services.playlists.whole(_who(principal), playlist_id, client))


@delete("/v1/playlists/{playlist_id:str}", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def delete_playlist(
    services: Contexts, principal: SignedIn, playlist_id: FromPath[str]
) -> None:
    """Delete one's own playlist."""
    await services.playlists.delete(_who(principal), playlist_id)


@get("/v1/playlists/{playlist_id:str}/summary", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def summary(
    services: Contexts, principal: SignedIn, request: AnyRequest, playlist_id: FromPath[str]
) -> Response[PlaylistSummary]:
    """What lists show of it."""
    return json(request, await services.playlists.summary(_who(principal), playlist_id))


@post(
    "/v1/playlists/{playlist_id:str}/operations",
    opt=SIGNED_IN,
    security=BEARER,
    tags=_TAGS,
    status_code=200,
    request_max_body_size=_EDIT_BYTES,
)
async def submit(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    playlist_id: FromPath[str],
    data: RequestBody[Submission],
) -> Response[RevisionPage]:
    """Edit. The answer is all that followed the revision the edit was made on, itself included.

    Sent again under the same client and sequence, it is answered again and applied once.
    """
    page = await services.playlists.submit(_who(principal), playlist_id, data)
    return json(request, page)


@get("/v1/playlists/{playlist_id:str}/revisions", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def revisions(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    playlist_id: FromPath[str],
    after: Annotated[int, Parameter(ge=0, description="The newest revision that is known.")] = 0,
) -> Response[RevisionPage]:
    """What followed a revision."""
    return json(request, await services.playlists.since(_who(principal), playlist_id, after))


@get("/v1/playlists/{playlist_id:str}/history", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def history(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    playlist_id: FromPath[str],
    *,
    before: Annotated[int, Parameter(ge=0, description="Only revisions before it; 0: all.")] = 0,
    limit: Annotated[int, Parameter(ge=1, le=200, description="At most so many.")] = 50,
) -> Response[list[HistoryEntry]]:
    """Who changed what, and when; newest first."""
    found = await services.playlists.history(
        _who(principal), playlist_id, before=before, limit=limit
    )
    return json(request, found)


@post(
    "/v1/playlists/{playlist_id:str}/restore",
    opt=SIGNED_IN,
    security=BEARER,
    tags=_TAGS,
    status_code=200,
)
async def restore(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    playlist_id: FromPath[str],
    data: RequestBody[RestoreRequest],
) -> Response[RevisionPage]:
    """Make it again as it was at a revision, as one more edit."""
    page = await services.playlists.restore(_who(principal), playlist_id, data.revision)
    return json(request, page)


@post("/v1/playlists/{playlist_id:str}/copy", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def copy(
    services: Contexts,
    principal: SignedIn,
    playlist_id: FromPath[str],
    data: RequestBody[CopyRequest],
) -> PlaylistSummary:
    """Make a private playlist of one's own out of what this one holds."""
    return await services.playlists.copy(_who(principal), playlist_id, data.id, data.name)


@put(
    "/v1/playlists/{playlist_id:str}/follow",
    opt=SIGNED_IN,
    security=BEARER,
    tags=_TAGS,
    status_code=204,
)
async def follow(services: Contexts, principal: SignedIn, playlist_id: FromPath[str]) -> None:
    """Have it among one's own playlists."""
    await services.playlists.follow(_who(principal), playlist_id, on=True)


@delete("/v1/playlists/{playlist_id:str}/follow", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def unfollow(services: Contexts, principal: SignedIn, playlist_id: FromPath[str]) -> None:
    """Not any more."""
    await services.playlists.follow(_who(principal), playlist_id, on=False)


@get("/v1/playlists/{playlist_id:str}/members", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def members(
    services: Contexts, principal: SignedIn, request: AnyRequest, playlist_id: FromPath[str]
) -> Response[list[Collaborator]]:
    """Who edits it, and who was invited to see it; the owner first."""
    return json(request, await services.playlists.members(_who(principal), playlist_id))


@put(
    "/v1/playlists/{playlist_id:str}/members/{name:str}",
    opt=SIGNED_IN,
    security=BEARER,
    tags=_TAGS,
    status_code=204,
)
async def share(
    services: Contexts,
    principal: SignedIn,
    playlist_id: FromPath[str],
    name: FromPath[str],
    data: RequestBody[RoleRequest],
) -> None:
    """Let somebody edit or see it."""
    await services.playlists.share(_who(principal), playlist_id, name, data.role)


@delete(
    "/v1/playlists/{playlist_id:str}/members/{name:str}",
    opt=SIGNED_IN,
    security=BEARER,
    tags=_TAGS,
)
async def unshare(
    services: Contexts, principal: SignedIn, playlist_id: FromPath[str], name: FromPath[str]
) -> None:
    """Send somebody away, or leave."""
    await services.playlists.unshare(_who(principal), playlist_id, name)


HANDLERS = [
    playlists,
    create,
    public_playlists,
    playlist,
    delete_playlist,
    summary,
    submit,
    revisions,
    history,
    restore,
    copy,
    follow,
    unfollow,
    members,
    share,
    unshare,
]
