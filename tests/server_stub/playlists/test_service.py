"""Playlists: who may do what, edits in one order, history, restoring."""

import asyncio

import pytest

from server_stub.engines.memory.playlists import MemoryPeople, MemoryPlaylists
from server_stub.kernel.clock import ManualClock
from server_stub.playlists.errors import (
    BusyError,
    NotYoursError,
    PersonNotFoundError,
    PlaylistExistsError,
    PlaylistFullError,
    PlaylistInvalidError,
    PlaylistNotFoundError,
    RevisionsMissingError,
)
from server_stub.playlists.service import PlaylistsService
from server_stub.playlists.service.ordering import SNAPSHOT_EVERY
from sync.ot import edits
from sync.ot.history import Snapshot, Submission
from sync.ot.model import (
    Describe,
    Entry,
    Insert,
    Move,
    Playlist,
    Remove,
    Rename,
    SetCover,
    SetVisibility,
)
from sync.ot.session import Session
from sync.wire.ids import encode, new_id
from sync.wire.playlists import MOST_ENTRIES, NewPlaylist, Person

ADA, BOB, EVE = (Person(encode(n), name) for n, name in enumerate(("ada", "bob", "eve"), 1))
NAMES = {person.id: person.name for person in (ADA, BOB, EVE)}
ID = encode(100)


class Place:
    """A service, and more of them on the same store."""

    def __init__(self):
        self.clock = ManualClock()
        self.store = MemoryPlaylists(NAMES)
        self.service = self.another()

    def another(self):
        return PlaylistsService(self.store, MemoryPeople(NAMES), self.clock)

    async def make(self, visibility="private", items=()):
        playlist = Playlist("Rain", items=tuple(items), visibility=visibility)
        return await self.service.create(ADA, NewPlaylist(id=ID, playlist=playlist))

    async def edit(self, who, *operation, base=None, client=None, sequence=1, service=None):
        service = service or self.service
        if base is None:
            base = (await service.whole(who, ID)).revision
        submission = Submission(client or new_id(), sequence, base, operation)
        return await service.submit(who, ID, submission)

    async def tracks(self, who=ADA):
        return [entry.track for entry in (await self.service.whole(who, ID)).playlist.items]


@pytest.fixture
def place():
    return Place()


def add(number, gap=0):
    return Insert(gap, encode(1000 + number), encode(2000 + number))


def entries(count):
    return [Entry(encode(1000 + n), encode(2000 + n)) for n in range(count)]


# ---------------------------------------------------------------------- making


async def test_a_playlist_is_made_once(place):
    made = await place.make()
    assert (made.name, made.role, made.owner, made.entry_count) == ("Rain", "owner", ADA, 0)
    assert await place.make() == made
    with pytest.raises(PlaylistExistsError):
        await place.service.create(BOB, NewPlaylist(id=ID, playlist=Playlist("Mine")))
    assert [event.type for event in place.store.events] == ["segue.playlists.playlist-created.v1"]


@pytest.mark.parametrize(
    "playlist",
    [
        Playlist(""),
        Playlist("x" * 201),
        Playlist("a\x1b[31m"),
        Playlist("ok", description="x" * 2001),
        Playlist("ok", cover="../../etc"),
        Playlist("ok", items=(Entry("short", encode(1)),)),
        Playlist("ok", items=(Entry(encode(1), "short"),)),
        Playlist("ok", items=(Entry(encode(1), encode(2)), Entry(encode(1), encode(3)))),
    ],
)
async def test_what_cannot_be_shown_or_found_is_refused(place, playlist):
    with pytest.raises(PlaylistInvalidError):
        await place.service.create(ADA, NewPlaylist(id=ID, playlist=playlist))


async def test_an_id_that_is_none_is_refused(place):
    with pytest.raises(PlaylistInvalidError):
        await place.service.create(ADA, NewPlaylist(id="1", playlist=Playlist("ok")))


# ---------------------------------------------------------------------- rights

READERS = {
    "private": {"owner", "editor", "viewer"},
    "link": {"owner", "editor", "viewer", "stranger"},
    "public": {"owner", "editor", "viewer", "stranger"},
}


@pytest.mark.parametrize("visibility", READERS)
@pytest.mark.parametrize("part", ["owner", "editor", "viewer", "stranger"])
async def test_who_may_do_what(place, visibility, part):
    await place.make(visibility, entries(1))
    who = ADA if part == "owner" else BOB
    if part in ("editor", "viewer"):
        await place.service.share(ADA, ID, "bob", part)
    reading = part in READERS[visibility]
    refusal = NotYoursError if reading else PlaylistNotFoundError

    async def allowed(work, expected):
        if expected:
            await work
        else:
            with pytest.raises(refusal):
                await work

    await allowed(place.service.whole(who, ID), reading)
    await allowed(place.service.history(who, ID), reading)
    await allowed(place.service.members(who, ID), reading)
    await allowed(place.service.since(who, ID, 0), reading)
    await allowed(place.service.copy(who, ID, new_id(), ""), reading)
    await allowed(place.edit(who, add(7), base=0), part in ("owner", "editor"))
    await allowed(place.service.restore(who, ID, 0), part in ("owner", "editor"))
    await allowed(place.edit(who, SetVisibility("public"), base=0), part == "owner")
    await allowed(place.service.share(who, ID, "eve", "viewer"), part == "owner")
    await allowed(place.service.delete(who, ID), part == "owner")


async def test_members_may_leave_and_be_sent_away(place):
    await place.make()
    await place.service.share(ADA, ID, "bob", "editor")
    await place.service.share(ADA, ID, "eve", "viewer")
    with pytest.raises(NotYoursError):
        await place.service.unshare(BOB, ID, "eve")
    await place.service.unshare(BOB, ID, "bob")
    await place.service.unshare(ADA, ID, "eve")
    assert [m.person for m in await place.service.members(ADA, ID)] == [ADA]
    with pytest.raises(PlaylistInvalidError):
        await place.service.unshare(ADA, ID, "ada")
    with pytest.raises(PlaylistInvalidError):
        await place.service.share(ADA, ID, "ada", "viewer")
    with pytest.raises(PersonNotFoundError):
        await place.service.share(ADA, ID, "nobody", "viewer")


async def test_following_and_no_longer(place):
    await place.make("public")
    await place.service.follow(BOB, ID, on=True)
    (mine,) = await place.service.mine(BOB)
    assert (mine.id, mine.role, mine.followed) == (ID, "viewer", True)
    await place.service.follow(BOB, ID, on=False)
    assert await place.service.mine(BOB) == []
    await place.service.follow(ADA, ID, on=False)
    assert [one.role for one in await place.service.mine(ADA)] == ["owner"]


async def test_what_became_private_is_gone_from_followers_lists(place):
    await place.make("public")
    await place.service.follow(BOB, ID, on=True)
    await place.edit(ADA, SetVisibility("private"))
    assert await place.service.mine(BOB) == []


async def test_who_is_forgotten_leaves_nothing(place):
    await place.make("public", entries(2))
    await place.edit(ADA, add(9))
    await place.service.forget(ADA.id)
    with pytest.raises(PlaylistNotFoundError):
        await place.service.whole(BOB, ID)


async def test_public_playlists_of_somebody_are_listed(place):
    await place.make("public")
    assert [one.id for one in await place.service.public_of(EVE, "Ada")] == [ID]
    assert await place.service.public_of(EVE, "bob") == []


async def test_a_deleted_one_is_gone(place):
    await place.make("public")
    await place.service.delete(ADA, ID)
    with pytest.raises(PlaylistNotFoundError):
        await place.service.whole(ADA, ID)


# ---------------------------------------------------------------------- edits


async def test_an_edit_is_placed_once_and_answered_again(place):
    await place.make()
    first = await place.edit(ADA, add(1), base=0, client="laptop", sequence=1)
    assert [r.number for r in first.revisions] == [1]
    assert await place.edit(ADA, add(1), base=0, client="laptop", sequence=1) == first
    assert await place.tracks() == [encode(2001)]
    edited = place.store.events[-1]
    assert (edited.subject, edited.type) == (ADA.id, "segue.playlists.playlist-edited.v1")


async def test_edits_on_old_revisions_are_carried_forward(place):
    await place.make(items=entries(3))
    await place.service.share(ADA, ID, "bob", "editor")
    await place.edit(ADA, Remove(0), base=0)
    answer = await place.edit(BOB, Move(2, 0), base=0)
    assert [r.author for r in answer.revisions] == [ADA.id, BOB.id]
    assert await place.tracks() == [encode(2002), encode(2001)]


async def test_sessions_of_several_people_meet(place):
    await place.make(items=entries(4))
    await place.service.share(ADA, ID, "bob", "editor")
    sessions = {}
    for who in (ADA, BOB):
        whole = await place.service.whole(who, ID, who.name)
        seen = {who.name: whole.sequence}
        sessions[who] = Session.start(who.name, Snapshot(whole.revision, whole.playlist, seen))
    sessions[ADA].edit(edits.remove(sessions[ADA].playlist, {encode(1001)}))
    sessions[BOB].edit(edits.move(sessions[BOB].playlist, {encode(1001), encode(1003)}, 0))
    sessions[BOB].edit((Rename("Sun"),))
    for _ in range(3):
        for who, session in sessions.items():
            out = session.outgoing()
            if out is None:
                answer = await place.service.since(who, ID, session.revision)
            else:
                answer = await place.service.submit(who, ID, out)
            session.receive(answer.revisions)
    whole = await place.service.whole(ADA, ID)
    assert all(s.settled and s.playlist == whole.playlist for s in sessions.values())
    assert whole.playlist.name == "Sun"
    assert [e.track for e in whole.playlist.items] == [encode(2003), encode(2000), encode(2002)]


async def test_an_edit_of_long_ago_finds_its_place(place):
    await place.make(items=entries(2))
    for number in range(SNAPSHOT_EVERY + 5):
        await place.edit(ADA, add(100 + number))
    place.service = place.another()
    await place.edit(ADA, Remove(1), base=0)
    assert encode(2001) not in await place.tracks()
    assert len(await place.tracks()) == SNAPSHOT_EVERY + 6


async def test_another_process_that_was_faster_is_no_trouble(place):
    await place.make()
    other = place.another()
    await place.edit(ADA, add(1))
    await place.edit(ADA, add(2), service=other)
    await place.edit(ADA, add(3))
    assert len(await place.tracks()) == 3


async def test_a_store_that_is_always_faster_ends_in_a_clear_error(place):
    await place.make()

    async def never(*_):
        return False

    place.store.append = never
    with pytest.raises(BusyError):
        await place.edit(ADA, add(1))


async def test_a_store_that_fails_loses_nothing_but_the_edit(place):
    await place.make()
    await place.edit(ADA, add(1))
    working = place.store.append

    async def broken(*_):
        raise OSError("no space left on device")

    place.store.append = broken
    with pytest.raises(OSError, match="no space"):
        await place.edit(ADA, add(2), client="c", sequence=1)
    place.store.append = working
    assert await place.tracks() == [encode(2001)]
    await place.edit(ADA, add(2), client="c", sequence=1)
    assert len(await place.tracks()) == 2


@pytest.mark.parametrize(
    "component",
    [
        Remove(9),
        Insert(0, encode(1000), encode(2)),
        Insert(0, "x", encode(2)),
        Rename(" "),
        Describe("x" * 3000),
        SetCover("a/b"),
    ],
)
async def test_edits_that_make_no_sense_are_refused_and_change_nothing(place, component):
    await place.make(items=entries(2))
    with pytest.raises(PlaylistInvalidError):
        await place.edit(ADA, component)
    assert (await place.service.whole(ADA, ID)).revision == 0


async def test_a_client_cannot_speak_for_the_server(place):
    await place.make()
    for client in ("server", "", "x" * 65):
        with pytest.raises(PlaylistInvalidError):
            await place.service.submit(ADA, ID, Submission(client, 1, 0, (add(1),)))


async def test_a_full_playlist_takes_no_more(place):
    await place.make(items=entries(MOST_ENTRIES))
    with pytest.raises(PlaylistFullError):
        await place.edit(ADA, add(MOST_ENTRIES + 1))
    await place.edit(ADA, Remove(0), add(MOST_ENTRIES + 1))


async def test_revisions_of_the_future_are_refused(place):
    await place.make()
    with pytest.raises(RevisionsMissingError):
        await place.edit(ADA, add(1), base=5)
    with pytest.raises(RevisionsMissingError):
        await place.service.since(ADA, ID, 5)
    with pytest.raises(RevisionsMissingError):
        await place.service.restore(ADA, ID, 5)


async def test_edits_at_the_same_time_are_all_placed(place):
    await place.make()
    await asyncio.gather(*(place.edit(ADA, add(n), base=0) for n in range(20)))
    assert len(await place.tracks()) == 20


# ---------------------------------------------------------------------- history


async def test_history_says_who_did_what(place):
    await place.make()
    await place.service.share(ADA, ID, "bob", "editor")
    await place.edit(ADA, add(1), add(2))
    await place.edit(BOB, Remove(0), Rename("Sun"), Describe("d"))
    latest, first = await place.service.history(ADA, ID)
    assert (latest.author, latest.removed, latest.renamed, latest.described) == (BOB, 1, True, True)
    assert (first.revision, first.author.name, first.added) == (1, "ada", 2)
    assert await place.service.history(ADA, ID, before=2, limit=5) == [first]


async def test_an_old_version_comes_back_and_can_be_left_again(place):
    await place.make(items=entries(3))
    await place.edit(ADA, Remove(0), Remove(0), Rename("Less"))
    answer = await place.service.restore(ADA, ID, 0)
    assert answer.newest == 2
    whole = await place.service.whole(ADA, ID)
    assert (whole.playlist.name, whole.playlist.items) == ("Rain", tuple(entries(3)))
    assert (await place.service.restore(ADA, ID, 0)).newest == 2, "nothing to do"
    await place.service.restore(ADA, ID, 1)
    assert (await place.service.whole(ADA, ID)).playlist.name == "Less"


async def test_a_copy_is_ones_own_and_apart(place):
    await place.make("public", entries(2))
    copy = await place.service.copy(BOB, ID, encode(7), "")
    assert (copy.owner, copy.name, copy.visibility, copy.entry_count) == (BOB, "Rain", "private", 2)
    await place.edit(ADA, Remove(0))
    assert len((await place.service.whole(BOB, encode(7))).playlist.items) == 2
