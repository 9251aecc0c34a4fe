"""Likes and playlists as commands: over a real library and real stores of one account."""

import pytest

from player.engine.belongings import Belongings, Own
from player.engine.links import Links
from player.engine.profiles import ServerProfile
from player.engine.services.desk import Desk
from player.engine.services.marks import MarksService
from player.engine.services.playlists import PlaylistService, playlist_of
from player.errors import NotFoundError, OfflineError, PlayerError, SignedOutError, UsageError
from sync.adapters.carrier_memory import MemoryCarrier
from sync.adapters.marks_memory import MemoryMarkFeed, MemoryMarkStore
from sync.adapters.mirror_sqlite import SqliteMirror
from sync.adapters.outbox_memory import MemoryOutboxStore
from sync.adapters.playlists_memory import MemoryPlaylistServer, MemoryPlaylistStore
from sync.collection.service import Collection
from sync.errors import OutboxFullError
from sync.library import Library
from sync.outbox.service import Outbox
from sync.playlists.service import Playlists
from sync.wire.ids import encode, uri
from sync.wire.playlists import Collaborator, HistoryEntry, NewPlaylist, Person
from tests.player.engine.test_services import BJORK, HOMOGENIC, catalog, track

ADA = ServerProfile(url="https://one", user_id="ada", device_id="d")


class Hall:
    """The server, as far as people and history go."""

    def __init__(self, server):
        self.server, self.calls = server, []

    async def delete(self, playlist_id):
        del self.server.histories[playlist_id]

    async def history(self, playlist_id, limit):
        return [HistoryEntry(revision=1, author=Person("ada", "ada"), at=5, added=limit)]

    async def restore(self, playlist_id, revision):
        self.calls.append(("restore", playlist_id, revision))

    async def copy(self, playlist_id, copy):
        await self.server.create(new_playlist(copy.id, self.server.histories[playlist_id].playlist))
        return self.server._summary(copy.id)

    async def members(self, playlist_id):
        return [Collaborator(person=Person("ada", "ada"), role="owner", added_at=1)]

    async def share(self, playlist_id, name, role):
        self.calls.append(("share", name, role.role))

    async def unshare(self, playlist_id, name):
        self.calls.append(("unshare", name))

    async def follow(self, playlist_id, on):
        self.calls.append(("follow", playlist_id, on))


def new_playlist(playlist_id, playlist):
    return NewPlaylist(id=playlist_id, playlist=playlist)


class House:
    """The desk of an engine whose account is signed in."""

    def __init__(self, library):
        self.server, self.carrier = MemoryPlaylistServer(), MemoryCarrier()
        self.store, self.outbox_store = MemoryPlaylistStore(), MemoryOutboxStore()
        self.hall, self.current = Hall(self.server), ""
        self.belongings = Belongings(self.opened, MemoryMarkFeed, lambda: None)
        links = Links(library, lambda playlist_id: playlist_of(self.belongings, playlist_id))
        self.links = links
        self.desk = Desk(
            [
                MarksService(self.belongings, links, library, lambda: self.current),
                PlaylistService(self.belongings, self.hall, links, library),
            ],
            {},
        )

    async def opened(self, profile, belongings):
        outbox = Outbox(self.outbox_store, self.carrier, on_applied=belongings.applied)
        collection = Collection(MemoryMarkStore(), outbox, now_ms=iter(range(1, 999)).__next__)
        await collection.open()
        return Own(profile, outbox, collection, Playlists(self.store, self.server, client="d"))

    async def __call__(self, command, **args):
        return await self.desk.run(command, args)

    async def titles(self, playlist):
        shown = await self("playlist.show", playlist=playlist)
        return [row["track"].get("title") for row in shown["rows"]]


@pytest.fixture
async def house(tmp_path):
    mirror = SqliteMirror(tmp_path / "library.db")
    mirror.apply(catalog())
    library = Library(mirror)
    made = House(library)
    made.belongings.use(ADA)
    await made.belongings.ready()
    yield made
    await made.belongings.close()
    await library.close()


# ---------------------------------------------------------------------- marks


async def test_liking_what_is_named_or_what_plays(house):
    house.carrier.away = True  # nothing is confirmed: what was wished here is what shows
    assert (await house("like", query="hunter"))["kind"] == "liked"
    assert (await house("like", uri=uri("album", HOMOGENIC.id)))["kind"] == "saved"
    assert (await house("like", uri=uri("artist", BJORK.id)))["kind"] == "followed"
    house.current = track(2).id
    assert (await house("like_current"))["value"] == 1
    listed = await house("marks.list", kind="liked")
    assert [item["title"] for item in listed["items"]] == ["Unravel", "Hunter"]
    assert (await house("like_current"))["value"] == 0
    await house("unlike", query="hunter")
    assert (await house("marks.list", kind="liked"))["total"] == 0


async def test_rating(house):
    house.carrier.away = True
    await house("rate", query="hunter", value=4)
    (item,) = (await house("marks.list", kind="rated"))["items"]
    assert (item["title"], item["value"]) == ("Hunter", 4)
    for wrong in ({"value": 6, "query": "hunter"}, {"uri": uri("album", HOMOGENIC.id)}):
        with pytest.raises(UsageError):
            await house("rate", **wrong)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, UsageError),
        ({"uri": "segue:song:1"}, UsageError),
        ({"uri": uri("track", encode(9999))}, NotFoundError),
        ({"query": "zzzzqqqq"}, NotFoundError),
    ],
)
async def test_what_cannot_be_liked(house, args, error):
    with pytest.raises(error):
        await house("like", **args)


async def test_a_refused_like_can_be_tried_again_or_dropped(house):
    house.carrier.judge = lambda intent: "it is gone"
    await house("like", query="hunter")
    while not (await house("outbox"))["refused"]:
        await house.belongings.own.outbox.deliver()
    (refused,) = (await house("outbox"))["refused"]
    assert (refused["kind"], refused["reason"]) == ("marked", "it is gone")
    await house("outbox.retry", id=refused["id"])
    await house.belongings.own.outbox.deliver()
    while not (await house("outbox"))["refused"]:
        await house.belongings.own.outbox.deliver()
    await house("outbox.drop", id=refused["id"])
    assert (await house("marks.list", kind="liked"))["total"] == 0
    for command in ("outbox.retry", "outbox.drop"):
        with pytest.raises(NotFoundError):
            await house(command, id=refused["id"])


async def test_a_full_disk_is_said(house):
    def full(_intents):
        raise OutboxFullError("no space left")

    house.outbox_store.add = full
    with pytest.raises(PlayerError, match="no space"):
        await house("like", query="hunter")


async def test_nobody_likes_anything_when_nobody_is_signed_in(house):
    house.belongings.use(None)
    await house.belongings.ready()
    with pytest.raises(SignedOutError):
        await house("like", query="hunter")
    with pytest.raises(SignedOutError):
        await house("playlist.list")


# ---------------------------------------------------------------------- playlists


async def test_the_life_of_a_playlist(house):
    made = await house("playlist.create", name=" Cold ")
    assert made["name"] == "Cold"
    assert (await house("playlist.add", playlist="cold", uris=[uri("album", HOMOGENIC.id)])) == {
        "added": 4
    }
    await house("playlist.add", playlist=made["uri"], query="hunter", at=1)
    assert await house.titles("Cold") == ["Hunter", "Hunter", "Jóga", "Unravel", "Bachelorette"]
    await house("playlist.remove", playlist="Cold", rows=[2, 3])
    await house("playlist.move", playlist="Cold", rows=[1, 2], to=9)
    assert await house.titles("Cold") == ["Bachelorette", "Hunter", "Unravel"]
    assert (await house("playlist.undo", playlist="Cold"))["undone"]
    assert await house.titles("Cold") == ["Hunter", "Unravel", "Bachelorette"]
    assert (await house("playlist.redo", playlist="Cold"))["redone"]
    await house("playlist.change", playlist="Cold", name="Ice", description="d", visibility="link")
    shown = await house("playlist.show", playlist="Ice", offset=1, limit=1)
    assert (shown["visibility"], shown["total"], len(shown["rows"])) == ("link", 3, 1)
    tracks, reason = await house.links.tracks(made["uri"])
    assert (len(tracks), reason) == (3, "from Ice")
    await house("playlist.delete", playlist="Ice")
    assert (await house("playlist.list"))["items"] == []


async def test_with_the_server_at_hand(house):
    made = await house("playlist.create", name="Cold")
    await house("playlist.share", playlist="Cold", user="bob", role="viewer")
    await house("playlist.unshare", playlist="Cold", user="bob")
    await house("playlist.follow", playlist=made["uri"])
    await house("playlist.restore", playlist="Cold", revision=0)
    assert [call[0] for call in house.hall.calls] == ["share", "unshare", "follow", "restore"]
    assert (await house("playlist.members", playlist="Cold"))["members"][0]["role"] == "owner"
    assert (await house("playlist.history", playlist="Cold", limit=7))["entries"][0]["added"] == 7
    await house("playlist.copy", playlist="Cold")
    assert len((await house("playlist.list"))["items"]) == 2
    with pytest.raises(UsageError, match="several"):
        await house("playlist.show", playlist="Cold")


async def test_a_refused_edit_is_listed_and_dropped(house):
    await house("playlist.create", name="Cold")
    await house.belongings.own.playlists.send()
    house.server.refuses = "you may not"
    await house("playlist.add", playlist="Cold", query="hunter")
    await house.belongings.own.playlists.send()
    (item,) = (await house("playlist.list"))["items"]
    assert item["refused"] == "you may not"
    await house("playlist.retry", playlist="Cold")
    await house.belongings.own.playlists.send()
    await house("playlist.drop", playlist="Cold")
    assert await house.titles("Cold") == []


async def test_without_the_server_edits_wait_and_the_rest_says_so(house):
    house.server.away = True
    await house("playlist.create", name="Cold")
    await house("playlist.add", playlist="Cold", query="hunter")
    assert (await house("playlist.list"))["items"][0]["unsettled"]
    for command, args in (
        ("playlist.share", {"user": "bob"}),
        ("playlist.copy", {}),
        ("playlist.history", {}),
    ):
        with pytest.raises(OfflineError):
            await house(command, playlist="Cold", **args)
    await house("playlist.delete", playlist="Cold")
    with pytest.raises(OfflineError):
        await house("playlist.show", playlist=uri("playlist", encode(5)))


@pytest.mark.parametrize(
    ("command", "args", "error"),
    [
        ("playlist.create", {"name": " "}, UsageError),
        ("playlist.show", {"playlist": "unknown"}, NotFoundError),
        ("playlist.show", {"playlist": uri("playlist", encode(5))}, NotFoundError),
        ("playlist.remove", {"playlist": "Cold", "rows": [1]}, NotFoundError),
        ("playlist.remove", {"playlist": "Cold", "rows": []}, NotFoundError),
        ("playlist.change", {"playlist": "Cold", "name": ""}, UsageError),
        ("playlist.add", {"playlist": "Cold", "query": "zzzzqqqq"}, NotFoundError),
        ("playlist.share", {"playlist": "Cold", "user": "b", "role": "king"}, UsageError),
    ],
)
async def test_what_makes_no_sense(house, command, args, error):
    await house("playlist.create", name="Cold")
    with pytest.raises(error):
        await house(command, **args)
