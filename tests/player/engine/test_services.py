"""Commands as they arrive at the desk, over a real library and a real controller."""

import asyncio
import json

import pytest

from player.engine.keepsakes import Keepsakes
from player.engine.links import Links
from player.engine.memory import Memory
from player.engine.services.desk import Desk
from player.engine.services.doctor import Check, DoctorService, disk, versions
from player.engine.services.house import HouseService
from player.engine.services.library import LibraryService, news_json
from player.engine.services.playback import PlaybackService, QueueService
from player.engine.services.render import plan_of
from player.engine.services.session import Follower
from player.errors import NotFoundError, OfflineError, SignedOutError, UsageError
from sync.adapters.mirror_sqlite import SqliteMirror
from sync.library import Library
from sync.wire.catalog import Album, AlbumRef, Artist, ArtistRef, Change, ChangePage, Track
from sync.wire.ids import encode, uri
from tests.player.playback.stage import Stage

BJORK = ArtistRef(encode(1), "Björk")
HOMOGENIC = AlbumRef(encode(2), "Homogenic")
TITLES = ("Hunter", "Jóga", "Unravel", "Bachelorette")


def track(n):
    return Track(
        id=encode(100 + n),
        title=TITLES[n],
        artists=(BJORK,),
        album=HOMOGENIC,
        duration_ms=200_000,
        number=n + 1,
        cover=encode(7),
        lyrics="line" if n else "none",
    )


def catalog():
    artist = Artist(id=BJORK.id, name=BJORK.name)
    album = Album(
        id=HOMOGENIC.id, title="Homogenic", artists=(BJORK,), track_count=4, duration_ms=1
    )
    changes = [
        Change(seq=1, kind="artist", id=artist.id, artist=artist),
        Change(seq=2, kind="album", id=album.id, album=album),
    ]
    changes += [
        Change(seq=3 + n, kind="track", id=track(n).id, track=track(n)) for n in range(len(TITLES))
    ]
    return ChangePage(tuple(changes), len(changes), more=False)


async def _twelve():
    return 12


class Pictures:
    """A server with one text and one picture."""

    def __init__(self):
        self.online = True
        self.asked = []

    async def lyrics(self, track_id):
        self._ask("lyrics")
        return json.dumps({"track_id": track_id, "kind": "plain", "lines": []}).encode()

    async def picture(self, cover_id, size):
        self._ask(f"picture {size}")
        return None if cover_id == "none" else b"picture"

    def _ask(self, what):
        if not self.online:
            raise OfflineError("away")
        self.asked.append(what)


class World:
    def __init__(self, tmp_path):
        self.folder = tmp_path
        mirror = SqliteMirror(tmp_path / "library.db")
        mirror.apply(catalog())
        self.library = Library(mirror)
        self.stage = Stage()
        self.controller = self.stage.controller
        self.pictures = Pictures()
        self.stopped = []
        links = Links(self.library)
        self.desk = Desk(
            [
                PlaybackService(self.controller, links, self.controller.state),
                QueueService(self.controller, links, self.library),
                LibraryService(self.library, Keepsakes(tmp_path / "seen"), lambda: self.pictures),
                HouseService(lambda: self.stopped.append(True), _twelve),
            ],
            {"library": lambda: news_json(self.library.news())},
        )

    async def __call__(self, command, **args):
        return await self.desk.run(command, args)

    def titles(self):
        names = {track(n).id: TITLES[n] for n in range(len(TITLES))}
        return [names[row.track_id] for row in self.controller.rows(0, 100)]


@pytest.fixture
async def world(tmp_path):
    world = World(tmp_path)
    yield world
    await world.library.close()


async def test_a_track_that_was_searched_for_is_played_among_its_album(world):
    await world("play", query="joga")
    assert world.titles() == list(TITLES)
    assert world.controller.queue.index == 1


async def test_an_album_and_an_artist_by_name_and_by_link(world):
    for args in (
        {"query": "homogenic"},
        {"query": "bjork"},
        {"uri": uri("album", HOMOGENIC.id)},
        {"uri": uri("artist", BJORK.id)},
    ):
        await world("play", **args)
        assert sorted(world.titles()) == sorted(TITLES)
        assert world.controller.queue.index == 0


async def test_links_in_a_row_from_one_of_them_on(world):
    await world("play", uris=[uri("track", track(n).id) for n in (2, 0)], start=1)
    assert world.titles() == ["Unravel", "Hunter"]
    assert world.controller.queue.index == 1


async def test_the_whole_library_is_shuffled(world):
    state = await world("play", uri="segue:library")
    assert (state["shuffle"], state["queue"]["length"]) == (True, 4)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, UsageError),
        ({"query": " "}, UsageError),
        ({"query": "zzzzzz"}, NotFoundError),
        ({"uri": "nonsense"}, UsageError),
        ({"uri": uri("track", encode(9))}, NotFoundError),
        ({"uri": uri("episode", encode(9))}, UsageError),
        ({"loud": True}, UsageError),
        ({"query": 3}, UsageError),
    ],
)
async def test_what_cannot_be_played(world, args, error):
    with pytest.raises(error):
        await world("play", **args)


@pytest.mark.parametrize(
    ("signed_in", "error", "said"),
    [
        (False, SignedOutError, "nobody is signed in"),
        (True, NotFoundError, "the library has no such album"),
    ],
)
async def test_an_empty_library_says_whether_anybody_is_signed_in(tmp_path, signed_in, error, said):
    def check():
        if not signed_in:
            raise SignedOutError("nobody is signed in")

    library = Library(SqliteMirror(tmp_path / "empty.db"))
    links = Links(library, signed_in=check)
    with pytest.raises(error, match=said):
        await links.tracks(uri("album", HOMOGENIC.id))
    with pytest.raises(error):
        await links.best("homogenic")
    with pytest.raises(error):
        await links.tracks("segue:library")
    await library.close()


async def test_volume_seek_shuffle_repeat_and_the_plain_ones(world):
    await world("play", query="hunter")
    assert (await world("volume", value=40))["volume"] == 40
    assert (await world("volume", delta=-50))["volume"] == 0
    assert (await world("mute"))["muted"] is True
    assert (await world("seek", ms=30_000))["position_ms"] == 30_000
    assert (await world("seek", delta_ms=-10_000))["position_ms"] == 20_000
    assert (await world("shuffle", on=True))["shuffle"] is True
    assert (await world("repeat", mode="one"))["repeat"] == "one"
    assert (await world("repeat"))["repeat"] == "off"
    assert (await world("pause"))["status"] == "paused"
    assert (await world("toggle"))["status"] == "loading"
    assert (await world("next"))["queue"]["index"] == 1
    assert (await world("prev"))["queue"]["index"] == 0
    assert (await world("retry"))["queue"]["index"] == 0
    assert (await world("status"))["track"]["id"] == track(0).id
    for command, args in [("volume", {}), ("seek", {}), ("seek", {"ms": 1, "delta_ms": 1})]:
        with pytest.raises(UsageError):
            await world(command, **args)


async def test_the_queue(world):
    await world("play", uri=uri("track", track(0).id))
    assert (await world("queue.add", query="unravel"))["added"] == 1
    await world("queue.add", uris=[uri("track", track(3).id)], where="next")
    assert world.titles() == ["Hunter", "Bachelorette", "Unravel"]
    listing = await world("queue.list", offset=1, limit=1)
    assert (listing["total"], listing["index"]) == (3, 0)
    row = listing["rows"][0]
    assert (row["track"]["title"], row["section"]) == ("Bachelorette", "yours")
    await world("queue.move", entry=row["entry"], to=2)
    assert world.titles() == ["Hunter", "Unravel", "Bachelorette"]
    await world("queue.remove", entries=[row["entry"]])
    assert world.titles() == ["Hunter", "Unravel"]
    assert (await world("queue.undo"))["undone"] is True
    entry = (await world("queue.list"))["rows"][2]["entry"]
    assert (await world("queue.jump", entry=entry))["index"] is not None
    await world("queue.clear")
    assert len(world.titles()) == 1
    with pytest.raises(NotFoundError):
        await world("queue.jump", entry="e999")


async def test_lists_and_single_things(world):
    answer = await world("library.list", kind="tracks", sort="title", limit=2, filter="bjork")
    assert answer["total"] == 4
    assert [item["title"] for item in answer["items"]] == ["Bachelorette", "Hunter"]
    assert (await world("library.list", kind="albums"))["items"][0]["id"] == HOMOGENIC.id
    assert (await world("library.get", kind="artist", id=BJORK.id))["name"] == "Björk"
    assert (await world("library.news"))["tracks"] == 4
    assert world.desk.snapshot("library")["artists"] == 1
    assert world.desk.snapshot("state") is None
    with pytest.raises(NotFoundError):
        await world("library.get", kind="album", id="x")
    with pytest.raises(UsageError):
        await world("library.list", kind="people")


async def test_search(world):
    found = await world("search", q="unravle")
    assert [hit["title"] for hit in found["tracks"]] == ["Unravel"]
    assert found["source"] == "local"


async def test_lyrics_once_seen_are_there_without_the_server(world):
    joga = track(1).id
    assert (await world("lyrics", track=joga))["kind"] == "plain"
    world.pictures.online = False
    assert (await world("lyrics", track=joga))["kind"] == "plain"
    assert world.pictures.asked == ["lyrics"]
    assert (await world("lyrics", track=track(0).id))["kind"] == "none"
    with pytest.raises(OfflineError):
        await world("lyrics", track=track(2).id)
    with pytest.raises(UsageError):
        await world("lyrics", track="../../secrets")


async def test_covers_once_seen_are_there_without_the_server(world):
    first = await world("cover", cover="c", size=160)
    world.pictures.online = False
    assert await world("cover", cover="c", size="160") == first
    with pytest.raises(OfflineError):
        await world("cover", cover="c", size="640")
    world.pictures.online = True
    with pytest.raises(NotFoundError):
        await world("cover", cover="none")


async def test_the_house(world):
    assert await world("cache.clear") == {"freed_bytes": 12}
    assert (await world("stop"))["stopping"]
    await asyncio.sleep(0)
    assert world.stopped == [True]
    with pytest.raises(UsageError):
        await world("dance")
    assert not world.desk.ends_with_client("dance")


async def test_queue_place_and_volume_are_remembered(world):
    await world("play", query="homogenic")
    await world("next")
    await world("seek", ms=30_000)
    await world("volume", value=25)
    await Memory(world.folder / "session", world.controller, lambda: True).save()
    again = World(world.folder)
    memory = Memory(world.folder / "session", again.controller, lambda: False)
    memory.recall()
    state = await again("status")
    assert (state["status"], state["position_ms"], state["volume"]) == ("paused", 30_000, 25)
    assert (again.titles(), state["queue"]["index"]) == (list(TITLES), 1)
    await again.library.close()


async def test_a_change_is_saved_soon(world, monkeypatch):
    monkeypatch.setattr("player.engine.memory._QUEUE_AFTER_S", 0.0)
    memory = Memory(world.folder / "session", world.controller, lambda: False)
    await world("play", query="hunter")
    memory.note()
    memory.note()
    await until((world.folder / "session" / "place.json").exists)
    await memory.save()
    saved = json.loads((world.folder / "session" / "queue.json").read_bytes())
    assert len(saved["tracks"]) == 4


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"order": 3}'])
async def test_a_damaged_save_leaves_an_empty_queue(world, damaged):
    folder = world.folder / "session"
    folder.mkdir()
    (folder / "queue.json").write_bytes(damaged)
    Memory(folder, world.controller, lambda: False).recall()
    assert world.titles() == []


def test_keepsakes_stay_within_their_budget(tmp_path):
    keepsakes = Keepsakes(tmp_path, budget_bytes=25)
    for n in range(5):
        (tmp_path / f"cover-{n}").write_bytes(b"x" * 10)
    assert keepsakes.prune() == 20
    assert len(list(tmp_path.iterdir())) == 2


async def test_a_doctor_reports_and_goes_on(tmp_path):
    async def fine():
        return Check("fine", "ok", "all well")

    async def away():
        raise SignedOutError("nobody is signed in")

    async def bug():
        raise ZeroDivisionError("oops")

    probes = {"fine": fine, "away": away, "bug": bug, "disk": disk(tmp_path)}
    desk = Desk([DoctorService({**probes, "engine": versions("1", {"av": "2"})})], {})
    checks = {check["name"]: check for check in (await desk.run("doctor", {}))["checks"]}
    assert checks["fine"]["status"] == "ok"
    assert (checks["away"]["status"], checks["away"]["remedy"]) == ("fail", "segue login URL")
    assert checks["bug"]["status"] == "fail"
    assert "av 2" in checks["engine"]["detail"]


@pytest.mark.parametrize(
    ("text", "plan"), [("auto", ()), ("96", (96,)), ("96,320,160", (96, 320, 160))]
)
def test_plans(text, plan):
    assert plan_of(text) == plan


@pytest.mark.parametrize("text", ["", "128", "96,", "fast"])
def test_plans_that_are_none(text):
    with pytest.raises(UsageError):
        plan_of(text)


async def until(condition):
    while not condition():
        await turns(1)


async def turns(count=50):
    """Let everything that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


class Feed:
    def __init__(self):
        self.asked = 0
        self.online = True

    async def changes(self, after):
        self.asked += 1
        if not self.online:
            raise OfflineError("away")
        return ChangePage((), after, more=False)


async def test_the_library_is_followed_only_while_somebody_looks(world):
    feed, audience = Feed(), [0]
    follower = Follower(world.library, lambda: (feed, "o"), lambda: audience[0], every_s=0.0)
    follower.start()
    await turns()
    assert feed.asked == 0
    follower.hurry()
    await until(lambda: feed.asked == 1)
    await turns()
    assert feed.asked == 1
    audience[0] = 1
    follower.hurry()
    await until(lambda: feed.asked >= 4)
    await follower.close()


async def test_a_server_that_is_away_is_asked_again(world, monkeypatch):
    monkeypatch.setattr("player.engine.services.session._FIRST_RETRY_S", 0.0)
    feed = Feed()
    feed.online = False
    follower = Follower(world.library, lambda: (feed, "o"), lambda: 1, every_s=60.0)
    follower.start()
    follower.hurry()
    await until(lambda: feed.asked >= 3)
    with pytest.raises(OfflineError):
        await follower.refresh()
    await follower.close()
