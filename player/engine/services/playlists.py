"""Playlists as commands: made and edited here at once, shared and looked back at on the server."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from player.engine.belongings import Belongings
from player.engine.links import Links
from player.engine.services.desk import Entry, Nothing, Table
from player.engine.services.playlist_args import (
    AddArgs,
    ChangeArgs,
    CopyArgs,
    CreateArgs,
    FollowArgs,
    HistoryArgs,
    Named,
    RestoreArgs,
    RowsArgs,
    ShareArgs,
    ShowArgs,
)
from player.errors import NotFoundError, OfflineError, PlayerError, UsageError
from sync.errors import OutboxFullError
from sync.library import Library
from sync.ot import edits
from sync.ot.errors import InvalidOperationError
from sync.ot.model import (
    Describe,
    Operation,
    Playlist,
    Rename,
    SetVisibility,
)
from sync.ot.model import Entry as Line
from sync.playlists.errors import (
    PlaylistAwayError,
    PlaylistRefusedError,
    PlaylistUnknownError,
)
from sync.playlists.ports import Local
from sync.playlists.service import Playlists
from sync.wire.ids import new_id, parse_uri
from sync.wire.playlists import (
    Collaborator,
    CopyRequest,
    HistoryEntry,
    PlaylistSummary,
    RoleRequest,
)

_REMEDY = "segue playlist list"


class PlaylistHall(Protocol):
    """What needs the server at hand. Raises PlayerError."""

    async def delete(self, playlist_id: str) -> None: ...

    async def history(self, playlist_id: str, limit: int) -> list[HistoryEntry]: ...

    async def restore(self, playlist_id: str, revision: int) -> None: ...

    async def copy(self, playlist_id: str, copy: CopyRequest) -> PlaylistSummary: ...

    async def members(self, playlist_id: str) -> list[Collaborator]: ...

    async def share(self, playlist_id: str, name: str, role: RoleRequest) -> None: ...

    async def unshare(self, playlist_id: str, name: str) -> None: ...

    async def follow(self, playlist_id: str, on: bool) -> None: ...


class PlaylistService:
    """Commands over the playlists of the account in use."""

    def __init__(
        self, belongings: Belongings, hall: PlaylistHall, links: Links, library: Library
    ) -> None:
        self._belongings = belongings
        self._hall = hall
        self._links = links
        self._library = library

    def commands(self) -> Table:
        """By name."""
        return {
            "playlist.list": Entry(Nothing, self.list),
            "playlist.show": Entry(ShowArgs, self.show),
            "playlist.create": Entry(CreateArgs, self.create),
            "playlist.add": Entry(AddArgs, self.add),
            "playlist.remove": Entry(RowsArgs, self.remove),
            "playlist.move": Entry(RowsArgs, self.move),
            "playlist.change": Entry(ChangeArgs, self.change),
            "playlist.undo": Entry(Named, self.undo),
            "playlist.redo": Entry(Named, self.redo),
            "playlist.delete": Entry(Named, self.delete),
            "playlist.share": Entry(ShareArgs, self.share),
            "playlist.unshare": Entry(ShareArgs, self.unshare),
            "playlist.members": Entry(Named, self.members),
            "playlist.follow": Entry(FollowArgs, self.follow),
            "playlist.copy": Entry(CopyArgs, self.copy),
            "playlist.history": Entry(HistoryArgs, self.history),
            "playlist.restore": Entry(RestoreArgs, self.restore),
            "playlist.retry": Entry(Named, self.retry),
            "playlist.drop": Entry(Named, self.drop),
        }

    # ------------------------------------------------------------------ here

    async def list(self, _: Nothing) -> dict[str, Any]:
        """Every playlist, by name."""
        playlists = self._playlists
        return {
            "items": [self._shown(local) for local in playlists.all()],
            "trouble": playlists.trouble,
        }

    async def show(self, args: ShowArgs) -> dict[str, Any]:
        """Rows of one, with their tracks as far as the library knows them."""
        playlist_id = await self._found(args.playlist)
        playlist = await self._asked(playlist_id)
        begin = max(0, args.offset)
        rows = [
            {"entry": line.id, "number": at + 1, "track": self._track(line.track)}
            for at, line in enumerate(playlist.items)
            if begin <= at < begin + args.limit
        ]
        return {
            **self._shown(self._playlists.known(playlist_id) or Local(id=playlist_id)),
            "name": playlist.name,
            "description": playlist.description,
            "visibility": playlist.visibility,
            "total": len(playlist.items),
            "rows": rows,
        }

    async def create(self, args: CreateArgs) -> dict[str, Any]:
        """Make an empty playlist."""
        playlist = Playlist(
            args.name.strip(), description=args.description, visibility=args.visibility
        )
        if not playlist.name:
            raise UsageError("a playlist needs a name", remedy="segue playlist create NAME")
        playlist_id = await _written(self._playlists.create(playlist))
        return {"id": playlist_id, "uri": f"segue:playlist:{playlist_id}", "name": playlist.name}

    async def add(self, args: AddArgs) -> dict[str, Any]:
        """Put tracks, albums or artists into it."""
        playlist_id = await self._found(args.playlist)
        uris = args.uris or (await self._links.best(args.query),)
        tracks = [track for link in uris for track in (await self._links.tracks(link))[0]]
        lines = [Line(new_id(), track) for track in tracks]

        def wish(playlist: Playlist) -> Operation:
            size = len(playlist.items)
            gap = size if args.at is None else max(0, min(args.at - 1, size))
            return edits.insert(gap, lines)

        await self._edited(playlist_id, wish)
        return {"added": len(lines)}

    async def remove(self, args: RowsArgs) -> dict[str, Any]:
        """Take rows out."""
        return await self._with_rows(args, edits.remove)

    async def move(self, args: RowsArgs) -> dict[str, Any]:
        """Bring rows together before the row of another number; past the end: to the end."""

        def wish(playlist: Playlist, chosen: set[str]) -> Operation:
            gap = max(0, min(args.to - 1, len(playlist.items)))
            return edits.move(playlist, chosen, gap)

        return await self._with_rows(args, wish)

    async def change(self, args: ChangeArgs) -> dict[str, Any]:
        """Another name, description or visibility."""
        wanted: list[Rename | Describe | SetVisibility] = []
        if args.name is not None:
            if not args.name.strip():
                raise UsageError("a playlist needs a name")
            wanted.append(Rename(args.name.strip()))
        if args.description is not None:
            wanted.append(Describe(args.description))
        if args.visibility is not None:
            wanted.append(SetVisibility(args.visibility))
        playlist_id = await self._found(args.playlist)
        await self._edited(playlist_id, lambda _: tuple(wanted))
        return {}

    async def undo(self, args: Named) -> dict[str, Any]:
        """Take the last edit back."""
        playlist_id = await self._found(args.playlist)
        return {"undone": await _written(self._playlists.undo(playlist_id))}

    async def redo(self, args: Named) -> dict[str, Any]:
        """Take the last undo back."""
        playlist_id = await self._found(args.playlist)
        return {"redone": await _written(self._playlists.redo(playlist_id))}

    async def retry(self, args: Named) -> dict[str, Any]:
        """Send a refused edit again."""
        await self._playlists.retry(await self._found(args.playlist))
        return {}

    async def drop(self, args: Named) -> dict[str, Any]:
        """Give a refused edit up."""
        await self._playlists.drop(await self._found(args.playlist))
        return {}

    # ------------------------------------------------------------------ with the server at hand

    async def delete(self, args: Named) -> dict[str, Any]:
        """Delete one's own; one the server never heard of is only forgotten."""
        playlist_id = await self._found(args.playlist)
        local = self._playlists.known(playlist_id)
        if local is None or local.draft is None:
            await self._hall.delete(playlist_id)
        await self._playlists.forget([playlist_id])
        return {}

    async def share(self, args: ShareArgs) -> dict[str, Any]:
        """Let somebody edit or see it."""
        playlist_id = await self._on_server(args.playlist)
        await self._hall.share(playlist_id, args.user, RoleRequest(args.role))
        return {}

    async def unshare(self, args: ShareArgs) -> dict[str, Any]:
        """Not any more."""
        await self._hall.unshare(await self._on_server(args.playlist), args.user)
        return {}

    async def members(self, args: Named) -> dict[str, Any]:
        """Who takes part."""
        members = await self._hall.members(await self._on_server(args.playlist))
        return {"members": [msgspec.to_builtins(member) for member in members]}

    async def follow(self, args: FollowArgs) -> dict[str, Any]:
        """Have it among one's own, or not any more."""
        await self._hall.follow(await self._found(args.playlist), args.on)
        await self._refreshed()
        return {}

    async def copy(self, args: CopyArgs) -> dict[str, Any]:
        """Make one's own of it."""
        playlist_id = await self._on_server(args.playlist)
        made = await self._hall.copy(playlist_id, CopyRequest(new_id(), args.name))
        await self._refreshed()
        return {"id": made.id, "uri": f"segue:playlist:{made.id}", "name": made.name}

    async def history(self, args: HistoryArgs) -> dict[str, Any]:
        """Who changed what, and when."""
        playlist_id = await self._on_server(args.playlist)
        entries = await self._hall.history(playlist_id, max(1, min(args.limit, 200)))
        return {"entries": [msgspec.to_builtins(entry) for entry in entries]}

    async def restore(self, args: RestoreArgs) -> dict[str, Any]:
        """Make it again as it was."""
        playlist_id = await self._on_server(args.playlist)
        await self._hall.restore(playlist_id, args.revision)
        await self._refreshed()
        return {}

    # ------------------------------------------------------------------ inside

    @property
    def _playlists(self) -> Playlists:
        return self._belongings.own.playlists

    async def _found(self, wanted: str) -> str:
        """The id of the playlist that is meant. Raises NotFoundError."""
        link = parse_uri(wanted)
        if link is not None and link[0] == "playlist":
            return link[1]
        if self._playlists.known(wanted) is not None:
            return wanted
        names = {local.id: self._shown(local)["name"] for local in self._playlists.all()}
        same = [i for i, name in names.items() if name.casefold() == wanted.strip().casefold()]
        if len(same) > 1:
            raise UsageError(f"several playlists are called {wanted}", remedy="use the link")
        if not same:
            raise NotFoundError(f"there is no playlist {wanted}", remedy=_REMEDY)
        return same[0]

    async def _on_server(self, wanted: str) -> str:
        """The same, after everything that waits was sent."""
        playlist_id = await self._found(wanted)
        try:
            await self._playlists.send()
        except PlaylistAwayError as error:
            raise OfflineError(str(error)) from error
        return playlist_id

    async def _refreshed(self) -> None:
        try:
            await self._playlists.refresh()
        except PlaylistAwayError as error:
            raise OfflineError(str(error)) from error

    async def _asked(self, playlist_id: str) -> Playlist:
        return await playlist_of(self._belongings, playlist_id)

    async def _edited(self, playlist_id: str, wish: Callable[[Playlist], Operation]) -> None:
        await self._asked(playlist_id)
        await _written(self._playlists.edit(playlist_id, wish))

    async def _with_rows(
        self, args: RowsArgs, wish: Callable[[Playlist, set[str]], Operation]
    ) -> dict[str, Any]:
        playlist_id = await self._found(args.playlist)
        playlist = await self._asked(playlist_id)
        size = len(playlist.items)
        wrong = [row for row in args.rows if not 1 <= row <= size]
        if wrong or not args.rows:
            raise NotFoundError(f"there is no row {wrong[0] if wrong else ''}", remedy=_REMEDY)
        chosen = {playlist.items[row - 1].id for row in args.rows}
        await self._edited(playlist_id, lambda now: wish(now, chosen))
        return {"rows": len(chosen)}

    def _track(self, track_id: str) -> Any:
        track = self._library.track(track_id)
        return {"id": track_id} if track is None else msgspec.to_builtins(track)

    def _shown(self, local: Local) -> dict[str, Any]:
        summary = local.summary
        playlist = self._playlists.shown(local.id)
        return {
            "id": local.id,
            "uri": f"segue:playlist:{local.id}",
            "name": playlist.name if playlist else summary.name if summary else "",
            "entries": len(playlist.items) if playlist else summary.entry_count if summary else 0,
            "owner": summary.owner.name if summary else "",
            "role": summary.role if summary else "owner",
            "followed": summary.followed if summary else False,
            "unsettled": local.unsettled,
            "refused": local.refused,
        }


async def playlist_of(belongings: Belongings, playlist_id: str) -> Playlist:
    """A playlist as the listener sees it. Raises NotFoundError, OfflineError, SignedOutError."""
    try:
        return await belongings.own.playlists.playlist(playlist_id)
    except PlaylistUnknownError as error:
        raise OfflineError(str(error)) from error
    except PlaylistRefusedError as error:
        raise NotFoundError(str(error), remedy=_REMEDY) from error


async def _written(work: Any) -> Any:
    """What an edit gives; its troubles as the player's."""
    try:
        return await work
    except OutboxFullError as error:
        raise PlayerError(str(error), remedy="free some space on the disk") from error
    except InvalidOperationError as error:
        raise UsageError(str(error)) from error
