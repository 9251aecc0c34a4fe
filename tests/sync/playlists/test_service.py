"""Playlists on a machine: at once, through every trouble, the same for all in the end."""

import asyncio
from random import Random

import pytest

from sync.adapters.playlists_memory import MemoryPlaylistServer, MemoryPlaylistStore
from sync.errors import OutboxFullError
from sync.ot import edits
from sync.ot.model import Entry, Playlist, Rename
from sync.playlists.errors import PlaylistAwayError, PlaylistRefusedError, PlaylistUnknownError
from sync.playlists.service import Playlists
from sync.retrying import FIRST_PAUSE_S, LONGEST_PAUSE_S
from sync.wire.ids import new_id
from sync.wire.playlists import NewPlaylist


class Device:
    """One machine: its store outlives the program."""

    def __init__(self, server, name):
        self.server, self.name, self.store, self.told = server, name, MemoryPlaylistStore(), []

    async def start(self):
        self.playlists = Playlists(
            self.store, self.server, client=self.name, on_change=self.told.append, random=Random(3)
        )
        await self.playlists.open()
        return self

    async def restart(self):
        await self.playlists.close()
        return await self.start()

    async def add(self, playlist_id, *tracks, gap=0):
        fresh = [Entry(new_id(), track) for track in tracks]
        await self.playlists.edit(playlist_id, lambda _: edits.insert(gap, fresh))

    async def tracks(self, playlist_id):
        return [entry.track for entry in (await self.playlists.playlist(playlist_id)).items]

    async def sync(self):
        await self.playlists.send()
        await self.playlists.refresh()


@pytest.fixture
def server():
    return MemoryPlaylistServer()


@pytest.fixture
async def devices(server):
    made = [await Device(server, name).start() for name in ("laptop", "phone")]
    yield made
    for device in made:
        await device.playlists.close()


@pytest.fixture
def laptop(devices):
    return devices[0]


@pytest.fixture
def phone(devices):
    return devices[1]


async def test_a_playlist_made_here_is_found_there(laptop, phone):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.add(playlist_id, "t1", "t2")
    assert laptop.playlists.waiting == 1
    await laptop.sync()
    assert laptop.playlists.waiting == 0
    await phone.sync()
    (found,) = phone.playlists.all()
    assert found.summary.name == "Rain"
    assert await phone.tracks(playlist_id) == ["t1", "t2"]


async def test_a_week_apart_merges(laptop, phone, server):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.add(playlist_id, "t1", "t2", "t3")
    await laptop.sync()
    await phone.sync()
    await phone.tracks(playlist_id)
    server.away = True
    for number in range(30):
        await laptop.add(playlist_id, f"l{number}")
        await phone.add(playlist_id, f"p{number}", gap=await phone_end(phone, playlist_id))
    await phone.playlists.edit(playlist_id, lambda _: (Rename("Sun"),))
    await (await laptop.restart()).tracks(playlist_id)
    with pytest.raises(PlaylistAwayError):
        await laptop.playlists.send()
    server.away = False
    for _ in range(2):
        await laptop.sync()
        await phone.sync()
    here, there = await laptop.tracks(playlist_id), await phone.tracks(playlist_id)
    assert here == there
    assert len(here) == 63
    assert (await laptop.playlists.playlist(playlist_id)).name == "Sun"


async def phone_end(device, playlist_id):
    return len(await device.tracks(playlist_id))


async def test_a_lost_answer_adds_nothing_twice(laptop, server):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.sync()
    await laptop.add(playlist_id, "t1")
    server.loses_answers = True
    with pytest.raises(PlaylistAwayError):
        await laptop.playlists.send()
    await laptop.restart()
    await laptop.playlists.send()
    assert await laptop.tracks(playlist_id) == ["t1"]
    assert [e.track for e in server.histories[playlist_id].playlist.items] == ["t1"]


async def test_a_refused_edit_waits_for_the_listener(laptop, server):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.add(playlist_id, "t1")
    await laptop.sync()
    server.refuses = "you may not edit this any more"
    await laptop.add(playlist_id, "t2")
    await laptop.playlists.send()
    local = laptop.playlists.known(playlist_id)
    assert local.refused == "you may not edit this any more"
    assert await laptop.tracks(playlist_id) == ["t2", "t1"]
    assert await laptop.playlists.send() == 0, "nothing is sent before the listener decides"
    server.refuses = ""
    await laptop.playlists.retry(playlist_id)
    await laptop.playlists.send()
    assert [e.track for e in server.histories[playlist_id].playlist.items] == ["t2", "t1"]


async def test_a_refused_edit_can_be_dropped(laptop, server):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.sync()
    server.refuses = "no"
    await laptop.add(playlist_id, "t1")
    await laptop.playlists.send()
    await laptop.playlists.drop(playlist_id)
    server.refuses = ""
    await laptop.playlists.send()
    assert await laptop.tracks(playlist_id) == []
    assert laptop.playlists.known(playlist_id).refused == ""


async def test_a_playlist_the_server_never_took_can_be_dropped(laptop, server):
    server.refuses = "you have too many"
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.playlists.send()
    await laptop.playlists.drop(playlist_id)
    assert laptop.playlists.all() == []
    with pytest.raises(PlaylistUnknownError):
        await laptop.playlists.drop(playlist_id)


async def test_undo_and_redo(laptop, phone):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.add(playlist_id, "t1")
    await laptop.add(playlist_id, "t2")
    await laptop.sync()
    assert await laptop.playlists.undo(playlist_id)
    assert await laptop.tracks(playlist_id) == ["t1"]
    assert await laptop.playlists.redo(playlist_id)
    assert not await laptop.playlists.redo(playlist_id)
    await laptop.sync()
    await phone.sync()
    assert await phone.tracks(playlist_id) == ["t2", "t1"]


async def test_what_is_not_on_disk_is_not_done(laptop):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    working = laptop.store.put

    def full(*_):
        raise OutboxFullError("no space")

    laptop.store.put = full
    with pytest.raises(OutboxFullError):
        await laptop.add(playlist_id, "t1")
    laptop.store.put = working
    assert await laptop.tracks(playlist_id) == []
    await laptop.add(playlist_id, "t2")
    assert await laptop.tracks(playlist_id) == ["t2"]


async def test_an_edit_that_does_nothing_is_no_edit(laptop):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.sync()
    laptop.told.clear()
    assert await laptop.playlists.edit(playlist_id, lambda _: ()) == ()
    assert laptop.told == []
    assert laptop.playlists.waiting == 0


async def test_a_server_that_lost_revisions_is_caught_up_with(laptop, server):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.sync()
    await laptop.add(playlist_id, "t1")
    await laptop.sync()
    del server.histories[playlist_id]
    other = await Device(server, "tablet").start()
    await server.create(new_playlist(playlist_id))
    await laptop.add(playlist_id, "t2")
    await laptop.sync()
    await laptop.sync()
    here = await laptop.tracks(playlist_id)
    assert here == [e.track for e in server.histories[playlist_id].playlist.items]
    assert "t2" in here
    await other.playlists.close()


def new_playlist(playlist_id):
    return NewPlaylist(id=playlist_id, playlist=Playlist("Rain"))


async def test_following_brings_what_others_did(laptop, phone):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.sync()
    await phone.sync()
    await phone.tracks(playlist_id)
    await laptop.add(playlist_id, "t1")
    await laptop.sync()
    assert await phone.playlists.follow(playlist_id)
    assert not await phone.playlists.follow(playlist_id)
    assert await phone.tracks(playlist_id) == ["t1"]
    assert not await phone.playlists.follow("unknown")


async def test_what_is_gone_from_the_server_goes_here_too(laptop, phone, server):
    kept = await laptop.playlists.create(Playlist("Kept"))
    gone = await laptop.playlists.create(Playlist("Gone"))
    await laptop.sync()
    await phone.sync()
    del server.histories[gone]
    await phone.sync()
    assert [local.id for local in phone.playlists.all()] == [kept]


async def test_one_that_was_never_opened_needs_the_server(laptop, phone, server):
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await laptop.sync()
    await phone.sync()
    server.away = True
    with pytest.raises(PlaylistUnknownError):
        await phone.tracks(playlist_id)
    server.away = False
    with pytest.raises(PlaylistRefusedError):
        await phone.tracks(new_id())


async def test_it_sends_by_itself_and_again_when_told(laptop, server):
    task = asyncio.create_task(laptop.playlists.run())
    server.away = True
    playlist_id = await laptop.playlists.create(Playlist("Rain"))
    await until(lambda: laptop.playlists.trouble)
    server.away = False
    laptop.playlists.hurry()
    await until(lambda: laptop.playlists.waiting == 0 and not laptop.playlists.trouble)
    assert playlist_id in server.histories
    task.cancel()
    await asyncio.wait([task])


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


async def test_pauses_grow_to_a_limit(laptop):
    pauses = [laptop.playlists._retrying.next_s() for _ in range(12)]
    assert pauses[0] <= FIRST_PAUSE_S
    assert LONGEST_PAUSE_S / 2 <= pauses[-1] <= LONGEST_PAUSE_S


async def test_the_list_is_by_name(laptop):
    for name in ("sun", "Rain", "fog"):
        await laptop.playlists.create(Playlist(name))
    named = [(await laptop.playlists.playlist(one.id)).name for one in laptop.playlists.all()]
    assert named == ["fog", "Rain", "sun"]


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_trouble_ends_the_same_for_all(devices, server, seed):
    random = Random(seed)
    playlist_id = await devices[0].playlists.create(Playlist("Rain"))
    await devices[0].sync()
    await devices[1].sync()
    added = set()
    for number in range(60):
        device = random.choice(devices)
        server.away, server.loses_answers = random.random() < 0.3, random.random() < 0.2
        deed = random.choice(["add", "add", "remove", "move", "sync", "sync", "restart", "undo"])
        try:
            await one_deed(device, playlist_id, deed, number, random, added)
        except (PlaylistAwayError, PlaylistUnknownError):
            continue
    server.away = server.loses_answers = False
    for _ in range(3):
        for device in devices:
            await device.sync()
    here, there = [await device.tracks(playlist_id) for device in devices]
    assert here == there == [e.track for e in server.histories[playlist_id].playlist.items]
    assert len(here) == len(set(here))
    assert set(here) <= added


async def one_deed(device, playlist_id, deed, number, random, added):
    size = len(await device.tracks(playlist_id))
    if deed == "add":
        added.add(f"t{number}")
        await device.add(playlist_id, f"t{number}", gap=random.randint(0, size))
    elif deed == "sync":
        await device.sync()
    elif deed == "restart":
        await device.restart()
    elif deed == "undo":
        await device.playlists.undo(playlist_id)
    elif size:
        entry = random.choice((await device.playlists.playlist(playlist_id)).items).id
        gap = random.randint(0, size)

        def wish(playlist):
            if deed == "remove":
                return edits.remove(playlist, {entry})
            return edits.move(playlist, {entry}, gap)

        await device.playlists.edit(playlist_id, wish)
