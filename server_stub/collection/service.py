"""Putting marks on things, and following what changed."""

from collections.abc import Collection, Sequence

import msgspec

from server_stub.collection.errors import MarkInvalidError
from server_stub.collection.events import MARKED, Marked
from server_stub.collection.model import mark_of
from server_stub.collection.ports import Marks, Targets
from server_stub.kernel.clock import Clock
from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.types import Occasion
from sync.wire.collection import MARKS, Mark, MarkKind, MarkPage, MarkWish
from sync.wire.intents import Intent, Verdicts


class CollectionService:
    """A listener's marks."""

    def __init__(self, marks: Marks, targets: Targets, clock: Clock) -> None:
        self._marks = marks
        self._targets = targets
        self._clock = clock

    async def marked(self, user_id: str, intents: Sequence[Intent]) -> Verdicts:
        """Do what `marked` intents wish.

        A clock that runs ahead cannot make a wish outlast all later ones: it counts as made now. A
        wish that comes after a later one for the same thing is applied by changing nothing.
        """
        wishes: dict[str, Mark] = {}
        refused: dict[str, str] = {}
        now_ms = int(self._clock.now() * 1000)
        for intent in intents:
            try:
                wish = msgspec.convert(intent.body, MarkWish)
                wishes[intent.id] = mark_of(wish, max(0, min(intent.at_ms, now_ms)))
            except (msgspec.MsgspecError, MarkInvalidError) as error:
                refused[intent.id] = str(error)
        known = await self._known(wishes.values())
        for intent_id, mark in list(wishes.items()):
            entity = MARKS[mark.kind]
            if mark.value and (entity, mark.target) not in known:
                refused[intent_id] = f"this {entity} is not in the library any more"
                del wishes[intent_id]
        if wishes:
            told = {mark: _told(user_id, key, mark) for key, mark in wishes.items()}
            await self._marks.put(user_id, list(wishes.values()), told)
        return Verdicts(applied=frozenset(wishes), refused=refused)

    async def changes(self, user_id: str, after: int, limit: int) -> MarkPage:
        """What changed after a cursor. Raises MarkInvalidError."""
        if after < 0:
            raise MarkInvalidError("a cursor is not negative", remedy="Begin at 0.")
        return await self._marks.changes(user_id, after, limit)

    async def newest(
        self, user_id: str, kind: MarkKind, *, limit: int, after: int = 0
    ) -> list[Mark]:
        """Standing marks of a kind, latest first."""
        return await self._marks.newest(user_id, kind, limit, after)

    async def forget(self, user_id: str) -> None:
        """Erase a user's marks."""
        await self._marks.forget(user_id)

    async def _known(self, wishes: Collection[Mark]) -> frozenset[tuple[str, str]]:
        """(kind of entity, id) of everything that exists; what is taken away need not."""
        found: set[tuple[str, str]] = set()
        for kind in dict.fromkeys(MARKS.values()):
            ids = {mark.target for mark in wishes if mark.value and MARKS[mark.kind] == kind}
            if ids:
                found.update((kind, i) for i in await self._targets.existing(kind, sorted(ids)))
        return frozenset(found)


def _told(user_id: str, intent_id: str, mark: Mark) -> Event:
    occasion = Occasion(user_id, mark.at_ms, intent_id)
    return MARKED.event(occasion, Marked(kind=mark.kind, target=mark.target, value=mark.value))
