"""The server's playlists over the signed-in line."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from player.adapters.http_line import decoded
from player.errors import (
    BadAnswerError,
    ConflictError,
    GoneError,
    NotAllowedError,
    OfflineError,
    ServerBusyError,
    SignedOutError,
)
from sync.ot.history import Submission
from sync.playlists.errors import (
    PlaylistAwayError,
    PlaylistRefusedError,
    PlaylistRevisionsError,
)
from sync.wire.playlists import (
    Collaborator,
    CopyRequest,
    HistoryEntry,
    NewPlaylist,
    PlaylistAt,
    PlaylistSummary,
    RestoreRequest,
    RevisionPage,
    RoleRequest,
)

T = TypeVar("T")

_ROOT = "/v1/playlists"
_REVISIONS = "revisions-missing"


class Asking(Protocol):
    """The signed-in server, as far as playlists go."""

    async def ask(self, method: str, path: str, **body: Any) -> httpx.Response:
        """One request with the account's token. Raises PlayerError."""
        ...


class HttpPlaylists:
    """Implements `PlaylistServer`, and what only makes sense with the server at hand: people,
    history, copies. Those raise PlayerError. `server` gives the account or raises SignedOutError.
    """

    def __init__(self, server: Callable[[], Asking]) -> None:
        self._server = server

    # ------------------------------------------------------------------ merging

    async def playlists(self) -> Sequence[PlaylistSummary]:
        """Own, shared and followed ones."""
        with _merging():
            return await self._asked(list[PlaylistSummary], "GET", _ROOT)

    async def create(self, new: NewPlaylist) -> PlaylistSummary:
        """Make one; the same again changes nothing."""
        with _merging():
            return await self._asked(PlaylistSummary, "POST", _ROOT, new)

    async def whole(self, playlist_id: str, client: str) -> PlaylistAt:
        """One as it is now."""
        path = f"{_ROOT}/{playlist_id}?client={client}"
        with _merging():
            return await self._asked(PlaylistAt, "GET", path)

    async def submit(self, playlist_id: str, submission: Submission) -> RevisionPage:
        """Edit; what followed the submission's base, the edit included."""
        path = f"{_ROOT}/{playlist_id}/operations"
        with _merging():
            return await self._asked(RevisionPage, "POST", path, submission)

    async def since(self, playlist_id: str, revision: int) -> RevisionPage:
        """What followed a revision."""
        path = f"{_ROOT}/{playlist_id}/revisions?after={revision}"
        with _merging():
            return await self._asked(RevisionPage, "GET", path)

    # ------------------------------------------------------------------ with the server at hand

    async def delete(self, playlist_id: str) -> None:
        """Delete one's own."""
        await self._server().ask("DELETE", f"{_ROOT}/{playlist_id}")

    async def history(self, playlist_id: str, limit: int) -> list[HistoryEntry]:
        """Who changed what, newest first."""
        path = f"{_ROOT}/{playlist_id}/history?limit={limit}"
        return await self._asked(list[HistoryEntry], "GET", path)

    async def restore(self, playlist_id: str, revision: int) -> None:
        """Make it again as it was at a revision."""
        path = f"{_ROOT}/{playlist_id}/restore"
        await self._asked(RevisionPage, "POST", path, RestoreRequest(revision))

    async def copy(self, playlist_id: str, copy: CopyRequest) -> PlaylistSummary:
        """Make a private playlist of one's own out of what this one holds."""
        return await self._asked(PlaylistSummary, "POST", f"{_ROOT}/{playlist_id}/copy", copy)

    async def members(self, playlist_id: str) -> list[Collaborator]:
        """Who edits it, and who was invited to see it."""
        return await self._asked(list[Collaborator], "GET", f"{_ROOT}/{playlist_id}/members")

    async def share(self, playlist_id: str, name: str, role: RoleRequest) -> None:
        """Let somebody edit or see it."""
        body = {"content": msgspec.json.encode(role)}
        await self._server().ask(
            "PUT", f"{_ROOT}/{playlist_id}/members/{quote(name, safe='')}", **body
        )

    async def unshare(self, playlist_id: str, name: str) -> None:
        """Send somebody away, or leave."""
        await self._server().ask("DELETE", _member(playlist_id, name))

    async def follow(self, playlist_id: str, on: bool) -> None:
        """Have it among one's own playlists, or not any more."""
        await self._server().ask("PUT" if on else "DELETE", f"{_ROOT}/{playlist_id}/follow")

    async def _asked(
        self, kind: type[T], method: str, path: str, body: msgspec.Struct | None = None
    ) -> T:
        content = {} if body is None else {"content": msgspec.json.encode(body)}
        response = await self._server().ask(method, path, **content)
        return decoded(response.content, kind)


def _member(playlist_id: str, name: str) -> str:
    return f"{_ROOT}/{playlist_id}/members/{quote(name, safe='')}"


@contextmanager
def _merging() -> Iterator[None]:
    """Turn the player's errors into those of merging."""
    try:
        yield
    except ServerBusyError as error:
        raise PlaylistAwayError(error.message, retry_after_s=error.retry_after_s or 0.0) from error
    except (OfflineError, SignedOutError) as error:
        raise PlaylistAwayError(error.message) from error
    except ConflictError as error:
        if error.code == _REVISIONS:
            raise PlaylistRevisionsError(error.message) from error
        raise PlaylistRefusedError(error.message) from error
    except (NotAllowedError, GoneError, BadAnswerError) as error:
        raise PlaylistRefusedError(error.message) from error
