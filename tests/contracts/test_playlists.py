"""What every store of playlists promises."""

from dataclasses import replace

import pytest

from server_stub.engines.memory.playlists import MemoryPeople, MemoryPlaylists
from server_stub.engines.relational.accounts_tables import users
from server_stub.engines.relational.playlists_store import RelationalPeople, RelationalPlaylists
from server_stub.playlists.model import Kept, Loaded
from sync.ot.history import History, Revision, Snapshot
from sync.ot.model import Insert, Playlist
from sync.wire.ids import encode
from sync.wire.playlists import Person
from tests.engines_postgres import ADAPTERS

ADA, BOB, EVE = (Person(encode(n), name) for n, name in enumerate(("ada", "Bob", "eve"), 1))
NAMES = {person.id: person.name for person in (ADA, BOB, EVE)}
ID, OTHER = encode(100), encode(101)
BLANK = Playlist("Rain")


class Stores:
    def __init__(self, playlists, people):
        self.playlists, self.people = playlists, people


@pytest.fixture(params=ADAPTERS)
async def stores(request, open_database):
    if request.param == "memory":
        return Stores(MemoryPlaylists(NAMES), MemoryPeople(NAMES))
    database = open_database(request.param)
    rows = [
        {
            "id": person.id, "key": person.name.casefold(), "name": person.name, "tier": "free",
            "region": "DE", "created_at": 1, "password_hash": "",
        }
        for person in (ADA, BOB, EVE)
    ]  # fmt: skip
    await database.write(lambda connection: connection.execute(users.insert(), rows))
    return Stores(RelationalPlaylists(database), RelationalPeople(database))


@pytest.fixture
def playlists(stores):
    return stores.playlists


def kept(playlist_id=ID, at=10, **changed):
    made = Kept(playlist_id, ADA, "Rain", "", None, "private", 0, 0, at, collaborative=False)
    return replace(made, **changed)


def revision(number, author=ADA):
    added = Insert(0, encode(1000 + number), encode(2000 + number))
    return Revision(
        number=number, client="c", sequence=number, operation=(added,), author=author.id, at=number
    )


async def grow(playlists, count):
    """Revisions 1 to count; the snapshot after the last."""
    history = History(Snapshot(0, BLANK, {}), [revision(n + 1) for n in range(count)])
    for number in range(1, count + 1):
        now = kept(revision=number, entry_count=number, at=100 + number)
        assert await playlists.append(now, revision(number), None, [])
    return history.snapshot()


async def test_a_playlist_is_kept_and_found(playlists):
    assert await playlists.create(kept(), BLANK, [])
    assert not await playlists.create(kept(name="Again"), BLANK, [])
    assert await playlists.find(ID) == kept()
    assert await playlists.find(OTHER) is None
    assert await playlists.part(ID, ADA.id) == "owner"
    assert await playlists.part(ID, BOB.id) is None
    assert await playlists.load(ID) == Loaded(Snapshot(0, BLANK, {}), ())
    assert await playlists.load(OTHER) is None


async def test_revisions_follow_one_another_and_the_faster_wins(playlists):
    await playlists.create(kept(), BLANK, [])
    now = kept(revision=1, entry_count=1, at=20, name="Sun", cover="c" * 22, description="d")
    assert await playlists.append(now, revision(1), None, [])
    assert not await playlists.append(replace(now, name="Late"), revision(1), None, [])
    assert not await playlists.append(replace(now, revision=3), revision(3), None, [])
    assert await playlists.find(ID) == now
    assert await playlists.revisions(ID, 0, 10) == [revision(1)]


async def test_history_is_read_in_both_directions(playlists):
    await playlists.create(kept(), BLANK, [])
    await grow(playlists, 5)
    assert [r.number for r in await playlists.revisions(ID, 2, 2)] == [3, 4]
    assert [r.number for r in await playlists.latest(ID, 5, 3)] == [4, 3, 2]
    assert await playlists.latest(ID, 1, 3) == []


async def test_a_snapshot_shortens_a_load_and_the_whole_stays(playlists):
    await playlists.create(kept(), BLANK, [])
    snapshot = await grow(playlists, 2)
    later = kept(revision=3, entry_count=3)
    after = History(snapshot, [revision(3)]).snapshot()
    assert await playlists.append(later, revision(3), after, [])
    assert await playlists.load(ID) == Loaded(after, ())
    whole = await playlists.load(ID, whole=True)
    assert whole == Loaded(Snapshot(0, BLANK, {}), tuple(revision(n) for n in (1, 2, 3)))


async def test_parts_are_given_and_taken(playlists):
    await playlists.create(kept(), BLANK, [])
    await playlists.set_part(ID, EVE.id, "viewer", 30, [])
    await playlists.set_part(ID, BOB.id, "follower", 20, [])
    assert (await playlists.find(ID)).collaborative is False
    assert [(m.person, m.role) for m in await playlists.members(ID)] == [
        (ADA, "owner"),
        (EVE, "viewer"),
    ]
    await playlists.set_part(ID, BOB.id, "editor", 90, [])
    assert (await playlists.find(ID)).collaborative is True
    assert [(m.person, m.added_at) for m in await playlists.members(ID)] == [
        (ADA, 10),
        (BOB, 20),
        (EVE, 30),
    ]
    await playlists.set_part(ID, BOB.id, None, 99, [])
    assert await playlists.part(ID, BOB.id) is None


async def test_lists_have_the_last_changed_first(playlists):
    await playlists.create(kept(), BLANK, [])
    await playlists.create(kept(OTHER, at=50, visibility="public"), BLANK, [])
    await playlists.set_part(ID, BOB.id, "editor", 60, [])
    assert [(k.id, part) for k, part in await playlists.of_user(ADA.id)] == [
        (OTHER, "owner"),
        (ID, "owner"),
    ]
    assert [(k.id, part) for k, part in await playlists.of_user(BOB.id)] == [(ID, "editor")]
    assert [k.id for k in await playlists.public_of(ADA.id)] == [OTHER]


async def test_a_deleted_one_is_not_found_and_its_id_stays_taken(playlists):
    await playlists.create(kept(), BLANK, [])
    await playlists.delete(ID, 70, [])
    assert await playlists.find(ID) is None
    assert await playlists.load(ID) is None
    assert await playlists.of_user(ADA.id) == []
    assert not await playlists.create(kept(), BLANK, [])


async def test_a_user_can_be_forgotten(playlists):
    await playlists.create(kept(), BLANK, [])
    await grow(playlists, 2)
    await playlists.create(kept(OTHER, owner=BOB, visibility="public"), BLANK, [])
    await playlists.set_part(OTHER, ADA.id, "editor", 5, [])
    assert await playlists.forget(ADA.id) == [ID]
    assert await playlists.find(ID) is None
    assert await playlists.revisions(ID, 0, 10) == []
    assert await playlists.of_user(ADA.id) == []
    assert [m.person for m in await playlists.members(OTHER)] == [BOB]
    assert await playlists.create(kept(), BLANK, []), "nothing is left of it"


async def test_people_are_found_by_name_and_id(stores):
    assert await stores.people.named(" BOB ".strip()) == BOB
    assert await stores.people.named("nobody") is None
    assert await stores.people.names([ADA.id, encode(9)]) == {ADA.id: "ada"}
