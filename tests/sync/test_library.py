"""The mirror against a model, and the library over it."""

import asyncio
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.adapters.mirror_sqlite import SqliteMirror
from sync.errors import MirrorUnwritableError
from sync.library import Library
from sync.ports import Counts, ListQuery
from sync.wire.catalog import Album, AlbumRef, Artist, ArtistRef, Change, ChangePage, Track

TITLES = ("Love", "Hate", "Lovely day", "Don't stop", "Zebra", "Björk's song", "Ab")
BODY = {"track": Track, "album": Album, "artist": Artist}


def artist(n):
    return Artist(id=f"r{n}", name=f"Artist {n}")


def album(n, title="Record"):
    by = ArtistRef(f"r{n % 3}", f"Artist {n % 3}")
    return Album(id=f"a{n}", title=f"{title} {n}", artists=(by,), track_count=1, duration_ms=1)


def track(n, title="Song", on=None):
    by = ArtistRef(f"r{n % 3}", f"Artist {n % 3}")
    on = n % 4 if on is None else on
    return Track(
        id=f"t{n}",
        title=title,
        artists=(by,),
        album=AlbumRef(f"a{on}", f"Record {on}"),
        duration_ms=1000 * n,
        number=n,
        added_at=n,
        year=2000 - n,
    )


@st.composite
def feeds(draw):
    """A list of changes, some of the same things again, some removals."""
    changes = []
    for seq in range(1, draw(st.integers(0, 30)) + 1):
        kind = draw(st.sampled_from(("track", "album", "artist")))
        n = draw(st.integers(0, 5))
        body = {
            "track": lambda n=n: track(n, draw(st.sampled_from(TITLES))),
            "album": lambda n=n: album(n, draw(st.sampled_from(TITLES))),
            "artist": lambda n=n: artist(n),
        }[kind]
        gone = draw(st.booleans()) and draw(st.booleans())
        entity = None if gone else body()
        name = {"track": "t", "album": "a", "artist": "r"}[kind]
        changes.append(
            Change(seq=seq, kind=kind, id=f"{name}{n}", **({} if gone else {kind: entity}))
        )
    return changes


class Feed:
    """A server's feed of changes, a few at a time."""

    def __init__(self, changes, at_once=4):
        self.changes_made = changes
        self.at_once = at_once
        self.asked = []

    async def changes(self, after):
        self.asked.append(after)
        items = [change for change in self.changes_made if change.seq > after]
        part = tuple(items[: self.at_once])
        last = part[-1].seq if part else (self.changes_made[-1].seq if self.changes_made else 0)
        return ChangePage(part, last, len(items) > self.at_once)


@pytest.fixture
def mirror(tmp_path):
    mirror = SqliteMirror(tmp_path / "library.db")
    yield mirror
    mirror.close()


@pytest.fixture
async def library(tmp_path):
    library = Library(SqliteMirror(tmp_path / "library.db"))
    yield library
    await library.close()


def model_of(changes):
    held = {"track": {}, "album": {}, "artist": {}}
    for change in changes:
        entity = change.track or change.album or change.artist
        if entity is None:
            held[change.kind].pop(change.id, None)
        else:
            held[change.kind][change.id] = entity
    return held


def check_against(mirror, held):
    for kind, entities in held.items():
        total, bodies = mirror.page(ListQuery(kind=kind, limit=100))
        found = {e.id: e for e in (msgspec.json.decode(b, type=BODY[kind]) for b in bodies)}
        assert (total, found) == (len(entities), entities)
        for title in TITLES:
            word = title.split()[0].lower().replace("'", "").replace("ö", "o")
            _, filtered = mirror.page(ListQuery(kind=kind, limit=100, words=(word,)))
            ids = {msgspec.json.decode(b)["id"] for b in filtered}
            assert ids == {i for i, e in entities.items() if word in _text(e)}
    counts = Counts(*(len(held[kind]) for kind in ("track", "album", "artist")))
    assert mirror.counts() == counts


def _text(entity):
    names = [getattr(entity, "title", ""), getattr(entity, "name", "")]
    names += [a.name for a in getattr(entity, "artists", ())]
    if isinstance(entity, Track):
        names.append(entity.album.title)
    return " ".join(names).lower().replace("'", "").replace("ö", "o")


@settings(max_examples=40, deadline=None)
@given(changes=feeds(), cut=st.integers(1, 7))
def test_the_mirror_is_what_the_changes_say(tmp_path_factory, changes, cut):
    mirror = SqliteMirror(tmp_path_factory.mktemp("mirror") / "library.db")
    try:
        for start in range(0, len(changes), cut):
            part = tuple(changes[start : start + cut])
            mirror.apply(ChangePage(part, part[-1].seq, more=False))
        check_against(mirror, model_of(changes))
        assert mirror.cursor == (changes[-1].seq if changes else 0)
    finally:
        mirror.close()


def apply_all(mirror, entities):
    kinds = {Track: "track", Album: "album", Artist: "artist"}
    items = tuple(
        Change(seq=n, kind=kinds[type(e)], id=e.id, **{kinds[type(e)]: e})
        for n, e in enumerate(entities, start=1)
    )
    mirror.apply(ChangePage(items, len(items), more=False))


def ids_of(bodies):
    return [msgspec.json.decode(body)["id"] for body in bodies]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("title", ["t3", "t1", "t2"]),
        ("added", ["t3", "t2", "t1"]),
        ("duration", ["t1", "t2", "t3"]),
        ("year", ["t3", "t2", "t1"]),
        ("default", ["t3", "t1", "t2"]),
    ],
)
def test_orders(mirror, sort, order):
    apply_all(mirror, [track(1, "beta"), track(2, "Gamma"), track(3, "The Álpha")])
    _, bodies = mirror.page(ListQuery(kind="track", sort=sort))
    assert ids_of(bodies) == order
    assert mirror.ids(ListQuery(kind="track", sort=sort, limit=0)) == order


def test_windows_join_without_gap(mirror):
    apply_all(mirror, [track(n, f"song {n:03}") for n in range(50)])
    seen = []
    for offset in range(0, 50, 7):
        total, bodies = mirror.page(ListQuery(kind="track", offset=offset, limit=7, sort="title"))
        assert total == 50
        seen += ids_of(bodies)
    assert seen == [f"t{n}" for n in range(50)]


def test_tracks_of_an_album_and_of_an_artist(mirror):
    apply_all(mirror, [track(n, f"song {9 - n}", on=n % 2) for n in range(8)])
    assert mirror.ids(ListQuery(kind="track", album="a1", limit=0)) == ["t1", "t3", "t5", "t7"]
    assert set(mirror.ids(ListQuery(kind="track", artist="r1", limit=0))) == {"t1", "t4", "t7"}


def test_another_server_replaces_the_library(mirror):
    mirror.bind("https://one")
    apply_all(mirror, [track(1)])
    mirror.bind("https://one")
    assert mirror.counts().tracks == 1
    mirror.bind("https://two")
    assert (mirror.counts(), mirror.cursor) == (Counts(), 0)
    assert mirror.containing("track", ("song",), 5) == []


def test_it_is_still_there_after_a_restart(tmp_path):
    mirror = SqliteMirror(tmp_path / "library.db")
    apply_all(mirror, [track(1), album(1), artist(1)])
    mirror.close()
    again = SqliteMirror(tmp_path / "library.db")
    assert (again.counts(), again.cursor) == (Counts(1, 1, 1), 3)
    again.close()


def test_a_damaged_file_is_made_anew(tmp_path):
    path = tmp_path / "library.db"
    path.write_bytes(b"this is no database, and long enough to be taken for one" * 50)
    mirror = SqliteMirror(path)
    assert mirror.counts() == Counts()
    mirror.close()


def test_a_full_disk_leaves_the_mirror_as_it_was(mirror):
    apply_all(mirror, [track(1)])
    pages = mirror._writer.execute("PRAGMA page_count").fetchone()[0]
    mirror._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(MirrorUnwritableError, match="full"):
        apply_all(mirror, [track(n) for n in range(2, 3000)])
    assert mirror.counts().tracks == 1
    mirror._writer.execute("PRAGMA max_page_count = 100000")
    apply_all(mirror, [track(n) for n in range(2, 300)])
    assert mirror.counts().tracks == 299


async def test_following_to_the_end_and_again(library):
    changes = [Change(seq=n, kind="track", id=f"t{n}", track=track(n)) for n in range(1, 11)]
    feed = Feed(changes)
    assert await library.refresh(feed, "https://one") == 10
    assert library.news().counts.tracks == 10
    assert await library.refresh(feed, "https://one") == 0
    assert feed.asked == [0, 4, 8, 10]


async def test_the_first_page_is_told_at_once(tmp_path):
    told = []
    library = Library(SqliteMirror(tmp_path / "library.db"), on_news=told.append, clock=lambda: 0.0)
    changes = [Change(seq=n, kind="track", id=f"t{n}", track=track(n)) for n in range(1, 11)]
    await library.refresh(Feed(changes), "https://one")
    assert [(news.counts.tracks, news.syncing) for news in told] == [(4, True), (10, False)]
    await library.close()


async def test_one_refresh_at_a_time(library):
    feed = Feed([Change(seq=1, kind="track", id="t1", track=track(1))])
    results = await asyncio.gather(*(library.refresh(feed, "https://one") for _ in range(5)))
    assert results == [1] * 5
    assert feed.asked == [0]


async def test_a_server_that_began_anew(library):
    await library.refresh(
        Feed([Change(seq=9, kind="track", id="t9", track=track(9))]), "https://one"
    )
    fresh = Feed([Change(seq=1, kind="track", id="t1", track=track(1))])
    await library.refresh(fresh, "https://one")
    assert await library.ids(ListQuery(kind="track", limit=0)) == ["t1"]


async def test_a_failure_in_the_middle_keeps_what_came(library):
    class Broken(Feed):
        async def changes(self, after):
            if after >= 4:
                raise ConnectionError("cut")
            return await super().changes(after)

    changes = [Change(seq=n, kind="track", id=f"t{n}", track=track(n)) for n in range(1, 11)]
    with pytest.raises(ConnectionError):
        await library.refresh(Broken(changes), "https://one")
    assert library.news().counts.tracks == 4
    assert not library.news().syncing
    assert await library.refresh(Feed(changes), "https://one") == 6


async def test_search_finds_by_every_field_and_forgives(library):
    songs = ["Stairway to Heaven", "Nothing Else Matters", "Jóga", "Don't Stop"]
    changes = [
        Change(seq=n, kind="track", id=f"t{n}", track=track(n, title))
        for n, title in enumerate(songs, start=1)
    ]
    await library.refresh(Feed(changes), "https://one")
    for query, wanted in [
        ("stairway", "t1"),
        ("heaven stair", "t1"),
        ("notihng else", "t2"),
        ("joga", "t3"),
        ("dont stop", "t4"),
        ("stairwy", "t1"),
        ("jgoa", "t3"),
        ("jo", "t3"),
    ]:
        found = await library.search(query, 5)
        assert ids_of(found.tracks)[:1] == [wanted], query
    assert (await library.search("", 5)).tracks == []
    assert (await library.search("!?", 5)).tracks == []
    assert (await library.search("qqqqqq", 5)).tracks == []


async def test_a_track_at_once(library):
    await library.refresh(
        Feed([Change(seq=1, kind="track", id="t1", track=track(1, "Jóga"))]), "https://one"
    )
    assert library.track("t1").title == "Jóga"
    assert library.track("t2") is None


def test_a_large_library(tmp_path):
    """Correct at the size that lists are made for; the figures are in the benchmarks."""
    draw = random.Random(7)
    mirror = SqliteMirror(tmp_path / "library.db")
    count = 20_000
    order = list(range(count))
    draw.shuffle(order)
    for start in range(0, count, 1000):
        items = tuple(
            Change(seq=n + 1, kind="track", id=f"t{order[n]}", track=track(order[n]))
            for n in range(start, start + 1000)
        )
        mirror.apply(ChangePage(items, start + 1000, more=start + 1000 < count))
    total, bodies = mirror.page(
        ListQuery(kind="track", sort="added", offset=count - 100, limit=100)
    )
    assert total == count
    assert ids_of(bodies) == [f"t{n}" for n in range(99, -1, -1)]
    mirror.close()
