"""Editing playlists here and now, and keeping them in step with the server.

Every edit is on disk before it is shown. One operation of each playlist is in flight; the session
of `sync.ot` carries what waits over what others do meanwhile.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TypeVar

from msgspec.structs import replace

from sync.ot.history import Snapshot
from sync.ot.model import Operation, Playlist
from sync.ot.session import Kept, Session
from sync.playlists.errors import (
    PlaylistAwayError,
    PlaylistRefusedError,
    PlaylistRevisionsError,
    PlaylistUnknownError,
)
from sync.playlists.ports import Local, PlaylistServer, PlaylistStore
from sync.retrying import Retrying
from sync.wire.ids import new_id
from sync.wire.playlists import NewPlaylist, PlaylistAt, PlaylistSummary

T = TypeVar("T")


class Playlists:
    """The playlists of one account. `open` first; calls come from one event loop.

    `on_change` hears the id of every playlist that looks different ("" for the list itself).
    """

    def __init__(
        self,
        store: PlaylistStore,
        server: PlaylistServer,
        *,
        client: str,
        on_change: Callable[[str], None] = lambda playlist_id: None,
        random: Random | None = None,
    ) -> None:
        """`client` names this device's edits; no other device of the account may use it."""
        self._store = store
        self._server = server
        self._client = client
        self._on_change = on_change
        self._retrying = Retrying(random or Random())
        self._locals: dict[str, Local] = {}
        self._sessions: dict[str, Session] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._thread = ThreadPoolExecutor(1, "playlists")
        self.trouble = ""
        """Why nothing gets through just now; empty if all is well."""

    async def open(self) -> None:
        """Read what was here at the end of the last run."""
        self._locals = {local.id: local for local in await self._in_thread(self._store.all)}
        self._sessions = {
            local.id: Session(local.kept) for local in self._locals.values() if local.kept
        }
        if self.waiting:
            self._retrying.wake.set()

    @property
    def waiting(self) -> int:
        """Playlists with something the server has not."""
        return sum(local.unsettled for local in self._locals.values())

    # ------------------------------------------------------------------ looking

    def all(self) -> list[Local]:
        """Every playlist, by name."""
        return sorted(self._locals.values(), key=lambda one: (self._name(one).casefold(), one.id))

    def known(self, playlist_id: str) -> Local | None:
        """One of them."""
        return self._locals.get(playlist_id)

    def shown(self, playlist_id: str) -> Playlist | None:
        """One as the listener sees it, if it was ever opened here."""
        session = self._sessions.get(playlist_id)
        return None if session is None else session.playlist

    async def playlist(self, playlist_id: str) -> Playlist:
        """One as the listener sees it. Raises PlaylistUnknownError, PlaylistRefusedError."""
        return (await self._session(playlist_id)).playlist

    # ------------------------------------------------------------------ doing

    async def create(self, playlist: Playlist) -> str:
        """Make a playlist; its id. Raises OutboxFullError."""
        playlist_id = new_id()
        session = Session.start(self._client, Snapshot(0, playlist, {}))
        await self._keep(Local(id=playlist_id, draft=playlist, kept=session.keep()))
        self._sessions[playlist_id] = session
        self._changed(playlist_id)
        return playlist_id

    async def edit(self, playlist_id: str, wish: Callable[[Playlist], Operation]) -> Operation:
        """Do what `wish` makes of the playlist as it is; the operation.

        Raises InvalidOperationError, PlaylistUnknownError, PlaylistRefusedError, OutboxFullError.
        """

        def do(session: Session) -> Operation:
            operation = wish(session.playlist)
            if operation:
                session.edit(operation)
            return operation

        return await self._do(playlist_id, do)

    async def undo(self, playlist_id: str) -> bool:
        """Take back the last edit that still has an effect; whether there was one."""
        return bool(await self._do(playlist_id, lambda session: session.undo()))

    async def redo(self, playlist_id: str) -> bool:
        """Take back the last undo."""
        return bool(await self._do(playlist_id, lambda session: session.redo()))

    async def retry(self, playlist_id: str) -> None:
        """Send what was refused again."""
        await self._keep(self._changed_local(playlist_id, refused=""))
        self._changed(playlist_id)

    async def drop(self, playlist_id: str) -> None:
        """Give up what was refused; later edits stay as far as they make sense without it."""
        async with self._lock(playlist_id):
            local = self._require(playlist_id)
            if local.draft is not None:
                await self.forget([playlist_id])
                return
            session = self._sessions[playlist_id]
            session.refused()
            await self._keep(self._changed_local(playlist_id, kept=session.keep(), refused=""))
        self._changed(playlist_id)

    async def forget(self, playlist_ids: Iterable[str]) -> None:
        """They are gone, or were left."""
        gone = [playlist_id for playlist_id in playlist_ids if playlist_id in self._locals]
        await self._in_thread(lambda: self._store.remove(gone))
        for playlist_id in gone:
            del self._locals[playlist_id]
            self._sessions.pop(playlist_id, None)
        if gone:
            self._on_change("")

    # ------------------------------------------------------------------ in step with the server

    def hurry(self) -> None:
        """There may be a way to the server again."""
        self._retrying.hurry()

    async def run(self) -> None:
        """Send what waits until cancelled."""
        while True:
            await self._retrying.wake.wait()
            self._retrying.wake.clear()
            try:
                await self.send()
            except PlaylistAwayError as error:
                self.trouble = str(error)
                await self._retrying.rest(error.retry_after_s)
                self._retrying.wake.set()
            else:
                self.trouble = ""
                self._retrying.begin_anew()

    async def send(self) -> int:
        """Bring everything to the server once; how many playlists moved. Raises
        PlaylistAwayError."""
        moved = 0
        for local in [one for one in self._locals.values() if one.unsettled and not one.refused]:
            async with self._lock(local.id):
                moved += await self._sent(local.id)
        return moved

    async def refresh(self) -> int:
        """Take over the server's list, and what is new in those that were opened; how many
        playlists changed. Raises PlaylistAwayError."""
        try:
            theirs = {one.id: one for one in await self._server.playlists()}
        except PlaylistRefusedError as error:
            raise PlaylistAwayError(str(error)) from error
        gone = [
            local.id
            for local in self._locals.values()
            if local.id not in theirs and local.draft is None and not local.unsettled
        ]
        await self.forget(gone)
        changed = [
            summary
            for summary in theirs.values()
            if self._locals.get(summary.id, Local(id=summary.id)).summary != summary
        ]
        for summary in changed:
            await self._take_over(summary)
        if changed:
            self._on_change("")
        return len(changed) + len(gone)

    async def follow(self, playlist_id: str) -> bool:
        """Take over what others did to an open playlist; whether anything. Raises
        PlaylistAwayError."""
        async with self._lock(playlist_id):
            session = self._sessions.get(playlist_id)
            local = self._locals.get(playlist_id)
            if session is None or local is None or local.draft is not None:
                return False
            before = session.revision
            try:
                page = await self._server.since(playlist_id, session.revision)
                session.receive(page.revisions)
            except PlaylistRevisionsError:
                await self._resume(playlist_id, session)
            if session.revision == before:
                return False
            await self._keep(self._changed_local(playlist_id, kept=session.keep()))
        self._on_change(playlist_id)
        return True

    async def close(self) -> None:
        """Let go of the store; what waits is sent by the next run."""
        await asyncio.to_thread(self._thread.shutdown)
        self._store.close()

    # ------------------------------------------------------------------ inside

    async def _do(self, playlist_id: str, work: Callable[[Session], Operation]) -> Operation:
        session = await self._session(playlist_id)
        async with self._lock(playlist_id):
            before = session.keep()
            operation = work(session)
            if not operation:
                return operation
            try:
                await self._keep(self._changed_local(playlist_id, kept=session.keep()))
            except BaseException:
                self._sessions[playlist_id] = Session(before)  # not on disk: not done
                raise
        self._changed(playlist_id)
        return operation

    async def _session(self, playlist_id: str) -> Session:
        session = self._sessions.get(playlist_id)
        if session is not None:
            return session
        try:
            whole = await self._server.whole(playlist_id, self._client)
        except PlaylistAwayError as error:
            raise PlaylistUnknownError(f"this playlist was never opened here: {error}") from error
        async with self._lock(playlist_id):
            if playlist_id not in self._sessions:
                session = Session.start(self._client, _snapshot(whole, self._client))
                local = self._locals.get(playlist_id, Local(id=playlist_id))
                await self._keep(replace(local, kept=session.keep()))
                self._sessions[playlist_id] = session
        return self._sessions[playlist_id]

    async def _sent(self, playlist_id: str) -> bool:
        """Send one playlist's edits, one operation after the other; whether anything moved."""
        if playlist_id not in self._locals:
            return False
        moved = False
        try:
            moved = await self._created(playlist_id)
            session = self._sessions[playlist_id]
            while (submission := session.outgoing()) is not None:
                await self._keep(self._changed_local(playlist_id, kept=session.keep()))
                try:
                    page = await self._server.submit(playlist_id, submission)
                    session.receive(page.revisions)
                except PlaylistRevisionsError:
                    await self._resume(playlist_id, session)
                await self._keep(self._changed_local(playlist_id, kept=session.keep()))
                moved = True
        except PlaylistRefusedError as error:
            await self._keep(self._changed_local(playlist_id, refused=str(error)))
            moved = True
        if moved:
            self._on_change(playlist_id)
        return moved

    async def _created(self, playlist_id: str) -> bool:
        local = self._locals[playlist_id]
        if local.draft is None:
            return False
        summary = await self._server.create(NewPlaylist(id=playlist_id, playlist=local.draft))
        await self._keep(replace(local, summary=summary, draft=None))
        return True

    async def _resume(self, playlist_id: str, session: Session) -> None:
        whole = await self._server.whole(playlist_id, self._client)
        session.resume(_snapshot(whole, self._client))

    async def _take_over(self, summary: PlaylistSummary) -> None:
        local = self._locals.get(summary.id, Local(id=summary.id))
        await self._keep(replace(local, summary=summary))
        session = self._sessions.get(summary.id)
        if session is not None and session.revision < summary.revision:
            with contextlib.suppress(PlaylistRefusedError):
                await self.follow(summary.id)

    async def _keep(self, local: Local) -> None:
        await self._in_thread(lambda: self._store.put(local))
        self._locals[local.id] = local

    def _require(self, playlist_id: str) -> Local:
        local = self._locals.get(playlist_id)
        if local is None:
            raise PlaylistUnknownError("there is no such playlist here")
        return local

    def _changed_local(
        self, playlist_id: str, *, kept: Kept | None = None, refused: str | None = None
    ) -> Local:
        local = self._require(playlist_id)
        return replace(
            local,
            kept=local.kept if kept is None else kept,
            refused=local.refused if refused is None else refused,
        )

    def _changed(self, playlist_id: str) -> None:
        self._retrying.wake.set()
        self._on_change(playlist_id)

    def _name(self, local: Local) -> str:
        session = self._sessions.get(local.id)
        if session is not None:
            return session.playlist.name
        return local.summary.name if local.summary else ""

    def _lock(self, playlist_id: str) -> asyncio.Lock:
        return self._locks.setdefault(playlist_id, asyncio.Lock())

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _snapshot(whole: PlaylistAt, client: str) -> Snapshot:
    return Snapshot(whole.revision, whole.playlist, {client: whole.sequence})
