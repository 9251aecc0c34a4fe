"""The projection of listens in memory."""

import hashlib
from collections.abc import AsyncIterator, Sequence

import msgspec

from server_stub.kernel.events.consuming import Happened
from server_stub.kernel.events.erasure import SubjectErased
from server_stub.kernel.events.errors import MovedError
from server_stub.kernel.events.projections import Snapshot
from server_stub.listening.model import Heard, heard
from server_stub.listening.ports import Place
from sync.wire.events import Listen, PlayCount

_heard = msgspec.json.Decoder(list[Heard])


class MemoryListening:
    """Builds as plain tables of listens, by user and id."""

    name = "listening"

    def __init__(self) -> None:
        self._builds: dict[int, dict[tuple[str, str], Heard]] = {1: {}}
        self._live = 1
        self._last = 1

    async def live(self) -> int:
        """The build that readers see."""
        return self._live

    async def begin(self) -> int:
        """A new, empty build."""
        self._last += 1
        self._builds = {self._live: self._builds[self._live], self._last: {}}
        return self._last

    async def apply(self, build: int, happened: Sequence[Happened]) -> None:
        """Take events in. Raises MovedError if the build is gone."""
        table = self._table(build)
        for one in happened:
            if isinstance(one.payload, SubjectErased):
                for key in [key for key in table if key[0] == one.event.subject]:
                    del table[key]
            elif listen := heard(one):
                table.setdefault((listen.user_id, listen.id), listen)

    async def promote(self, build: int) -> None:
        """Show this build to readers and drop all others."""
        self._builds = {build: self._table(build)}
        self._live = build

    async def drop(self, build: int) -> None:
        """Give a build up that is not live."""
        if build != self._live:
            self._builds.pop(build, None)

    async def digest(self, build: int) -> str:
        """SHA-256 over all listens in the order of their keys."""
        rows = [self._builds[build][key] for key in sorted(self._builds[build])]
        return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()

    async def states(self, build: int) -> AsyncIterator[Snapshot]:
        """The listens of each user."""
        for user_id in sorted({user for user, _id in self._builds[build]}):
            yield Snapshot(user_id, msgspec.json.encode(self._of(build, user_id)))

    async def restore(self, build: int, states: Sequence[Snapshot]) -> None:
        """Put back what `states` gave."""
        for state in states:
            for one in _heard.decode(state.data):
                self._builds[build][one.user_id, one.id] = one

    async def history(self, user_id: str, limit: int, before: Place | None) -> Sequence[Listen]:
        """Listens, newest first."""
        mine = sorted(self._of(self._live, user_id), key=lambda one: (one.at, one.id), reverse=True)
        names = Listen.__struct_fields__
        return [
            Listen(**{name: getattr(one, name) for name in names})
            for one in mine
            if before is None or (one.at, one.id) < before
        ][:limit]

    async def plays(self, user_id: str, limit: int) -> Sequence[PlayCount]:
        """Counts, most played first."""
        mine = self._of(self._live, user_id)
        counts = [
            _counted(track_id, [one for one in mine if one.track_id == track_id])
            for track_id in {one.track_id for one in mine}
        ]
        counts.sort(key=lambda count: (-count.plays, -count.last_at, count.track_id))
        return counts[:limit]

    def _table(self, build: int) -> dict[tuple[str, str], Heard]:
        if build not in self._builds:
            raise MovedError("listening goes on in another build")
        return self._builds[build]

    def _of(self, build: int, user_id: str) -> list[Heard]:
        return [one for (user, _id), one in self._builds[build].items() if user == user_id]


def _counted(track_id: str, listens: list[Heard]) -> PlayCount:
    return PlayCount(
        track_id=track_id,
        plays=sum(one.counted for one in listens),
        skips=sum(one.skipped for one in listens),
        heard_ms=sum(one.heard_ms for one in listens),
        first_at=min(one.at for one in listens),
        last_at=max(one.at for one in listens),
    )
