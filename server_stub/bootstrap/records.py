"""The verbs about what happened: rebuild projections, show, export and erase a user's events."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from server_stub.bootstrap import composition
from server_stub.bootstrap.administration import opened
from server_stub.bootstrap.composition import Ground
from server_stub.bootstrap.errors import UsageError
from server_stub.bootstrap.events import EFFECTS, Events, events, listening
from server_stub.bootstrap.folder import DataFolder
from server_stub.engines.relational.events_log import PARTITION
from server_stub.kernel.events.envelope import to_cloud_event
from server_stub.kernel.events.ports import Stored
from server_stub.kernel.events.projections import Rebuilt, place_of, rebuild
from server_stub.settings import Settings
from sync.wire.collection import MARKS
from sync.wire.playlists import Person

_PAGE = 500
_FOLLOW_S = 0.5


@dataclass(frozen=True)
class Told:
    """An event as it is shown: the CloudEvent, and by projection what it did there."""

    number: int
    event: dict[str, Any]
    did: Mapping[str, Any]


async def replay(folder: DataFolder, settings: Settings, context: str | None) -> list[Rebuilt]:
    """Make one projection, or all, again from the log. Raises UsageError."""
    async with opened(folder, settings) as ground, events(ground) as spine:
        names = list(spine.projections) if context is None else [context]
        if context is not None and context not in spine.projections:
            raise UsageError(
                f"{context} has no projection", remedy=f"There are: {', '.join(spine.projections)}."
            )
        return [
            await rebuild(spine.log, spine.projections[name], spine.reading, spine.snapshots)
            for name in names
        ]


async def events_of(
    folder: DataFolder, settings: Settings, name: str, *, follow: bool
) -> AsyncIterator[Told]:
    """The events of a user, oldest first, and what each did. Raises UserNotFoundError."""
    async with opened(folder, settings) as ground, events(ground) as spine:
        user_id = await _user_id(ground, name)
        after = 0
        while True:
            page = await spine.kept.of_subject(user_id, after, _PAGE)
            for told in await _told(spine, page):
                yield told
            if page:
                after = page[-1].number
            elif follow:
                await asyncio.sleep(_FOLLOW_S)
            else:
                return


async def export_user(folder: DataFolder, settings: Settings, name: str) -> dict[str, Any]:
    """Everything that is kept about a user. Raises UserNotFoundError."""
    async with opened(folder, settings) as ground, events(ground) as spine:
        accounts = composition.accounts(ground)
        try:
            user = await accounts.user(name)
            sessions = await accounts.sessions(user.id)
        finally:
            accounts.close()
        marks = composition.collection(ground)
        kinds = [await marks.newest(user.id, kind, limit=1_000_000) for kind in MARKS]
        found: dict[str, Any] = {
            "user": asdict(user),
            "sessions": [asdict(session) for session in sessions],
            "devices": await composition.licensing(ground).devices(user.id),
            "marks": [mark for kind in kinds for mark in kind],
            "playlists": await _playlists_of(ground, user.id, user.name),
            "plays": await _pages_of_plays(ground, spine, user.id),
            "events": [asdict(told)["event"] async for told in _all_told(spine, user.id)],
        }
        exported: dict[str, Any] = msgspec.to_builtins(found)
        return exported


async def _playlists_of(ground: Ground, user_id: str, name: str) -> list[Any]:
    """Own and shared playlists, whole."""
    service, who = composition.playlists(ground), Person(user_id, name)
    return [
        {"summary": one, "playlist": (await service.whole(who, one.id)).playlist}
        for one in await service.mine(who)
    ]


async def erase_user(folder: DataFolder, settings: Settings, name: str) -> str:
    """Forget a user, and let everybody who follows the log forget too; the id that is no more.

    Raises UserNotFoundError.
    """
    async with opened(folder, settings) as ground, events(ground) as spine:
        accounts = composition.accounts(ground)
        try:
            user = await accounts.erase(name)
        finally:
            accounts.close()
        await spine.drain()
        return user.id


async def _user_id(ground: Ground, name: str) -> str:
    accounts = composition.accounts(ground)
    try:
        return (await accounts.user(name)).id
    finally:
        accounts.close()


async def _pages_of_plays(ground: Ground, spine: Events, user_id: str) -> list[Any]:
    heard = listening(ground, spine.kept)
    page = await heard.history(user_id, _PAGE, None)
    found = list(page.items)
    while page.next:
        page = await heard.history(user_id, _PAGE, page.next)
        found.extend(page.items)
    return found


async def _all_told(spine: Events, user_id: str) -> AsyncIterator[Told]:
    after = 0
    while page := await spine.kept.of_subject(user_id, after, _PAGE):
        for told in await _told(spine, page):
            yield told
        after = page[-1].number


async def _told(spine: Events, page: Sequence[Stored]) -> list[Told]:
    """Events opened and explained; what cannot be opened is not there for anybody."""
    done = await _done(spine)
    found = []
    for stored in page:
        for happened in await spine.reading.read([stored]):
            did = {
                name: effect if stored.number <= done[name] else {"waiting": True}
                for name, explain in EFFECTS.items()
                if (effect := explain(happened))
            }
            found.append(Told(stored.number, to_cloud_event(happened.event), did))
    return found


async def _done(spine: Events) -> Mapping[str, int]:
    """By projection: the number up to which it has taken events in. Another log numbers them
    anew, so there it is how far they were carried on."""
    if spine.log is not spine.kept:
        carried = await spine.kept.committed(await spine.workers[0].consumer.place())
        return dict.fromkeys(spine.projections, carried.get(PARTITION, 0))
    done = {}
    for name, projection in spine.projections.items():
        place = place_of(projection, await projection.live())
        done[name] = (await spine.kept.committed(place)).get(PARTITION, 0)
    return done
