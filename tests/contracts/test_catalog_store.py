"""What every catalog store promises to readers and to imports."""

from dataclasses import dataclass, replace

import pytest

from server_stub.catalog.model.entries import entry_of
from server_stub.catalog.model.lyrics import parse_lyrics
from server_stub.catalog.model.queries import AlbumQuery, TrackQuery
from server_stub.catalog.model.scan import DamagedFile, FoundFile, Stamp
from server_stub.catalog.model.search import terms_of
from server_stub.catalog.model.tags import Audio, ScannedFile, Tags
from server_stub.catalog.ports import Incoming, PictureFile, Refused
from server_stub.engines.memory.catalog import MemoryCatalog
from server_stub.engines.relational.catalog_import import RelationalImports
from server_stub.engines.relational.catalog_store import RelationalCatalog
from sync.wire.catalog import Gain, Genre
from sync.wire.ids import is_id
from tests.engines_postgres import ADAPTERS

NOW = 1_000_000
ROOT = "/music"
BASE = Tags(
    title="Song", artists=("Ada",), album="First", album_artists=("Ada",), number=1, year=1990
)


@dataclass
class Stores:
    reads: object
    imports: object

    async def put(self, *items, now=NOW):
        await self.imports.put(list(items), now)

    async def all_tracks(self, **query):
        return (await self.reads.tracks(TrackQuery(**query), 100, None)).items

    async def all_albums(self, **query):
        return (await self.reads.albums(AlbumQuery(**query), 100, None)).items

    async def all_artists(self):
        return (await self.reads.artists(100, None)).items

    async def known(self, root=ROOT):
        return {file.path: file for file in await self.imports.known(root)}


@pytest.fixture(params=ADAPTERS)
def stores(request, open_database):
    if request.param == "memory":
        store = MemoryCatalog()
        yield Stores(store, store)
        return
    database = open_database(request.param)
    yield Stores(RelationalCatalog(database), RelationalImports(database))


def file_at(path, **stamp):
    values = {"size": 1000, "mtime_ns": 5, "inode": hash(path) & 0xFFFF, **stamp}
    return FoundFile(f"{ROOT}/{path}", Stamp(**values), sidecars="cover.jpg:1:2")


def item(path, track_id=None, *, scanned=None, **tags):
    facts = {
        "audio": Audio("vorbis", 180_000, 44_100, 2),
        "fingerprint": path.encode("utf-8", "surrogateescape").ljust(12)[:12],
        **(scanned or {}),
    }
    read = ScannedFile(tags=replace(BASE, **tags), **facts)
    return Incoming(entry_of(file_at(path), read, ROOT), track_id)


class TestTracks:
    async def test_everything_that_was_put_is_read_back(self, stores):
        await stores.put(
            item(
                "a.ogg",
                artists=("Ada", "Bob"),
                genres=("Folk", "Jazz"),
                isrc="DEABC2400001",
                recording_mbid="0" * 8,
                label="Attic",
                composers=("Cy",),
                gain=Gain(track_gain_db=-6.5, track_peak=0.9),
                disc=2,
                scanned={"cover": "c" * 22, "lyrics": parse_lyrics("[00:01.00]La")},
            )
        )
        (track,) = await stores.all_tracks()
        assert is_id(track.id)
        assert (track.title, track.disc, track.number, track.year) == ("Song", 2, 1, 1990)
        assert [artist.name for artist in track.artists] == ["Ada", "Bob"]
        assert track.album.title == "First"
        assert track.genres == ("Folk", "Jazz")
        assert (track.isrc, track.label, track.composers) == ("DEABC2400001", "Attic", ("Cy",))
        assert track.gain == Gain(track_gain_db=-6.5, track_peak=0.9)
        assert (track.cover, track.lyrics, track.added_at) == ("c" * 22, "line", NOW)
        assert track.duration_ms == 180_000
        assert await stores.reads.track(track.id) == track

    async def test_a_second_put_changes_the_same_track(self, stores):
        await stores.put(item("a.ogg", genres=("Folk",)))
        (before,) = await stores.all_tracks()
        await stores.put(item("a.ogg", before.id, title="Other", genres=()), now=NOW + 9)
        (after,) = await stores.all_tracks()
        assert (after.id, after.title, after.added_at) == (before.id, "Other", NOW)
        assert await stores.reads.genres() == ()
        assert (await stores.reads.search(terms_of("song"), 5)).tracks == ()

    async def test_pages_walk_through_all_of_them_once(self, stores):
        await stores.put(*(item(f"{n}.ogg", title=f"Song {n % 4}", number=n) for n in range(11)))
        seen, after, totals = [], None, []
        while True:
            part = await stores.reads.tracks(TrackQuery(), 3, after)
            seen += part.items
            totals.append(part.total)
            after = part.next
            if after is None:
                break
        assert totals == [11, None, None, None]
        assert len({track.id for track in seen}) == 11
        assert [track.title for track in seen] == sorted(track.title for track in seen)

    async def test_filters_and_the_order_of_an_album(self, stores):
        await stores.put(
            item("1.ogg", title="B", number=1, disc=2, genres=("Folk",)),
            item("2.ogg", title="A", number=2, artists=("Bob",), genres=("folk", "Jazz")),
            item("3.ogg", title="C", number=1, genres=("Jazz",)),
        )
        (album,) = await stores.all_albums()
        ada, bob = await stores.all_artists()
        assert [t.title for t in await stores.all_tracks(album=album.id)] == ["C", "A", "B"]
        assert [t.title for t in await stores.all_tracks(artist=ada.id)] == ["B", "C"]
        assert [t.title for t in await stores.all_tracks(genre="FOLK")] == ["A", "B"]
        assert [t.title for t in await stores.all_tracks(artist=bob.id, genre="jazz")] == ["A"]
        assert [t.title for t in await stores.all_tracks(album=album.id, artist=bob.id)] == ["A"]
        assert await stores.all_tracks(genre="Polka") == ()
        part = await stores.reads.tracks(TrackQuery(genre="jazz"), 1, None)
        assert part.total == 2
        (last,) = (await stores.reads.tracks(TrackQuery(genre="jazz"), 1, part.next)).items
        assert last.title == "C"

    async def test_nothing_is_found_under_ids_of_nothing(self, stores):
        for read in ("track", "album", "artist", "lyrics"):
            assert await getattr(stores.reads, read)("x" * 22) is None
        assert await stores.reads.picture_files("x" * 22) == ()

    async def test_lyrics_and_pictures_are_found(self, stores):
        words = parse_lyrics("[00:01.00]<00:01.00>La <00:02.00>la", "eng")
        inside = item("a.ogg", scanned={"cover": "c" * 22, "lyrics": words})
        beside = item("b.ogg", scanned={"cover": "d" * 22, "cover_file": "/music/cover.jpg"})
        await stores.put(inside, beside)
        track = next(t for t in await stores.all_tracks() if t.cover == "c" * 22)
        found = await stores.reads.lyrics(track.id)
        assert (found.kind, found.language, found.lines) == ("word", "eng", words.lines)
        assert await stores.reads.picture_files("c" * 22) == (PictureFile("/music/a.ogg", True),)
        assert await stores.reads.picture_files("d" * 22) == (
            PictureFile("/music/cover.jpg", False),
        )


class TestAlbumsAndArtists:
    async def test_an_album_sums_up_its_tracks(self, stores):
        await stores.put(
            item("1.ogg", genres=("Folk", "Jazz"), label="Attic", number=2),
            item("2.ogg", genres=("Jazz",), label="Attic", year=1991, scanned={"cover": "c" * 22}),
            item("3.ogg", number=3, year=1991),
        )
        (album,) = await stores.all_albums()
        assert (album.track_count, album.duration_ms) == (3, 540_000)
        assert (album.year, album.label, album.genres) == (1991, "Attic", ("Jazz", "Folk"))
        assert album.cover == "c" * 22
        assert [artist.name for artist in album.artists] == ["Ada"]
        (artist,) = await stores.all_artists()
        assert (artist.album_count, artist.track_count, artist.cover) == (1, 3, "c" * 22)
        assert await stores.reads.album(album.id) == album
        assert await stores.reads.artist(artist.id) == artist

    async def test_same_titles_of_other_people_and_releases_are_other_albums(self, stores):
        await stores.put(
            item("1.ogg"),
            item("2.ogg", album_artists=("Bob",)),
            item("3.ogg", release_mbid="m1"),
            item("4.ogg", album="FIRST  "),
        )
        assert sorted(a.track_count for a in await stores.all_albums()) == [1, 1, 2]

    async def test_files_of_a_folder_without_album_artist_form_a_compilation(self, stores):
        lone = {"album_artists": ()}
        await stores.put(item("x/1.ogg", artists=("Ada",), **lone))
        (alone,) = await stores.all_albums()
        assert ([a.name for a in alone.artists], alone.compilation) == (["Ada"], False)
        await stores.put(item("x/2.ogg", artists=("Bob",), **lone))
        (mixed,) = await stores.all_albums()
        assert ([a.name for a in mixed.artists], mixed.compilation) == (["Various Artists"], True)
        assert mixed.track_count == 2
        bob = (await stores.known())[f"{ROOT}/x/2.ogg"]
        await stores.imports.remove([bob])
        (again,) = await stores.all_albums()
        assert [a.name for a in again.artists] == ["Ada"]
        assert [a.name for a in await stores.all_artists()] == ["Ada"]

    async def test_a_retagged_file_leaves_no_orphans(self, stores):
        await stores.put(item("1.ogg"))
        (track,) = await stores.all_tracks()
        await stores.put(
            item("1.ogg", track.id, artists=("Bob",), album_artists=("Bob",), album="Second")
        )
        assert [album.title for album in await stores.all_albums()] == ["Second"]
        assert [artist.name for artist in await stores.all_artists()] == ["Bob"]
        assert (await stores.reads.search(terms_of("ada"), 5)).artists == ()

    async def test_filters_of_albums(self, stores):
        await stores.put(
            item("1.ogg", genres=("Folk",)),
            item("2.ogg", album="Second", artists=("Bob",), album_artists=("Cy",)),
        )
        bob = next(a for a in await stores.all_artists() if a.name == "Bob")
        assert [a.title for a in await stores.all_albums(artist=bob.id)] == ["Second"]
        assert [a.title for a in await stores.all_albums(genre="folk")] == ["First"]

    async def test_an_artist_learns_a_musicbrainz_id(self, stores):
        await stores.put(item("1.ogg"))
        await stores.put(item("2.ogg", artist_mbids=("m" * 36,)))
        (artist,) = await stores.all_artists()
        assert artist.artist_mbid == "m" * 36

    async def test_genres_are_counted_without_regard_to_case(self, stores):
        await stores.put(item("1.ogg", genres=("Jazz", "Folk")), item("2.ogg", genres=("JAZZ",)))
        assert await stores.reads.genres() == (Genre("JAZZ", 2), Genre("Folk", 1))


class TestImports:
    async def test_what_is_known_is_what_was_put(self, stores):
        await stores.put(item("sub/a.ogg"), item("sub2/b.ogg"))
        known = await stores.known(f"{ROOT}/sub")
        assert list(known) == [f"{ROOT}/sub/a.ogg"]
        (file,) = known.values()
        found = file_at("sub/a.ogg")
        assert (file.stamp, file.sidecars, file.reason) == (found.stamp, found.sidecars, "")
        assert file.fingerprint == b"sub/a.ogg   "
        assert list(await stores.known(f"{ROOT}/sub/a.ogg")) == [f"{ROOT}/sub/a.ogg"]

    async def test_names_that_are_no_text_survive(self, stores):
        path = b"caf\xe9 \xff.ogg".decode("utf-8", "surrogateescape")
        await stores.put(item(path))
        assert list(await stores.known()) == [f"{ROOT}/{path}"]

    async def test_files_exchange_their_names(self, stores):
        await stores.put(item("a.ogg", title="A"), item("b.ogg", title="B"))
        known = await stores.known()
        a, b = known[f"{ROOT}/a.ogg"], known[f"{ROOT}/b.ogg"]
        await stores.imports.move([(a, file_at("b.ogg")), (b, file_at("a.ogg"))])
        after = await stores.known()
        assert after[f"{ROOT}/b.ogg"].track_id == a.track_id
        assert after[f"{ROOT}/a.ogg"].track_id == b.track_id
        assert after[f"{ROOT}/a.ogg"].stamp != file_at("a.ogg").stamp

    async def test_a_move_onto_a_file_takes_its_place(self, stores):
        await stores.put(item("a.ogg", title="A"), item("b.ogg", title="B"))
        a = (await stores.known())[f"{ROOT}/a.ogg"]
        await stores.imports.move([(a, file_at("b.ogg"))])
        assert [track.title for track in await stores.all_tracks()] == ["A"]

    async def test_refused_files_are_remembered_until_they_can_be_read(self, stores):
        await stores.imports.refuse([Refused(file_at("a.ogg"), "no sound")])
        (file,) = (await stores.known()).values()
        assert (file.track_id, file.reason) == (None, "no sound")
        await stores.put(item("a.ogg"))
        (file,) = (await stores.known()).values()
        assert (file.track_id is None, file.reason) == (False, "")
        await stores.imports.refuse([Refused(file_at("b.ogg"), "no sound")])
        await stores.imports.remove([(await stores.known())[f"{ROOT}/b.ogg"]])
        assert len(await stores.known()) == 1

    async def test_a_track_whose_file_broke_stays_and_says_so(self, stores):
        await stores.put(item("a.ogg"))
        (track,) = await stores.all_tracks()
        broken = replace(file_at("a.ogg"), stamp=Stamp(3, 3, 3))
        await stores.imports.refuse([Refused(broken, "cut", track.id)])
        (after,) = await stores.all_tracks()
        assert (after.id, after.damage) == (track.id, "cut")
        (file,) = (await stores.known()).values()
        assert (file.stamp, file.reason) == (Stamp(3, 3, 3), "cut")

    async def test_damage_found_later_is_noted_and_withdrawn(self, stores):
        await stores.put(item("a.ogg"))
        (track,) = await stores.all_tracks()
        assert await stores.imports.set_damage(track.id, "cut")
        assert (await stores.reads.track(track.id)).damage == "cut"
        await stores.imports.refuse([Refused(file_at("0.ogg"), "no sound")])
        never, cut = await stores.reads.damaged(9)
        assert never == DamagedFile(f"{ROOT}/0.ogg", "no sound")
        assert cut == DamagedFile(f"{ROOT}/a.ogg", "cut", track.id)
        assert await stores.reads.damaged(1) == (never,)
        await stores.imports.remove([(await stores.known())[f"{ROOT}/0.ogg"]])
        assert await stores.imports.set_damage(track.id, None)
        assert (await stores.reads.track(track.id)).damage is None
        assert await stores.reads.damaged(9) == ()
        assert not await stores.imports.set_damage("x" * 22, "cut")


class TestChanges:
    async def test_the_feed_names_each_thing_once_as_it_is_now(self, stores):
        assert await stores.reads.revision() == 0
        await stores.put(item("a.ogg"), item("b.ogg", title="Other"))
        first = await stores.reads.changes(0, 100)
        assert sorted(change.kind for change in first.items) == [
            "album", "artist", "track", "track",
        ]  # fmt: skip
        assert first.next == await stores.reads.revision()
        assert not first.more
        track = next(c.track for c in first.items if c.track and c.track.title == "Song")
        await stores.put(item("a.ogg", track.id, title="New"))
        later = await stores.reads.changes(first.next, 100)
        assert [c.track.title for c in later.items if c.kind == "track"] == ["New"]
        assert len({c.id for c in (await stores.reads.changes(0, 100)).items}) == 4

    async def test_what_is_removed_is_named_without_a_body(self, stores):
        await stores.put(item("a.ogg"))
        before = await stores.reads.revision()
        await stores.imports.remove(list((await stores.known()).values()))
        page = await stores.reads.changes(before, 100)
        assert sorted(c.kind for c in page.items) == ["album", "artist", "track"]
        assert all(c.track is c.album is c.artist is None for c in page.items)
        assert await stores.all_tracks() == await stores.all_albums() == ()
        assert await stores.all_artists() == ()

    async def test_pages_of_changes_join_up(self, stores):
        await stores.put(*(item(f"{n}.ogg", title=f"S{n}") for n in range(7)))
        seen, after = [], 0
        while True:
            page = await stores.reads.changes(after, 2)
            seen += page.items
            after = page.next
            if not page.more:
                break
        assert [c.seq for c in seen] == sorted({c.seq for c in seen})
        assert len(seen) == 9
        empty = await stores.reads.changes(after, 2)
        assert (empty.items, empty.next, empty.more) == ((), after, False)


class TestSearch:
    @pytest.fixture
    async def found(self, stores):
        await stores.put(
            item("1.ogg", title="Sugarcane Dreams", artists=("AC/DC",)),
            item("2.ogg", title="T.N.T.", artists=("AC/DC",)),
            item("3.ogg", title="Bjørn på Sjøen", artists=("Sigur Rós",), album="Ágætis byrjun"),
            item("4.ogg", title="東京の夜", artists=("坂本",)),
            item("5.ogg", title="U", artists=("U2",)),
            item("6.ogg", title="Dream"),
            item("7.ogg", title="A Dream Within"),
        )

        async def look(text, limit=10):
            hits = await stores.reads.search(terms_of(text), limit)
            return [t.title for t in hits.tracks], [a.name for a in hits.artists]

        return look

    async def test_exact_goes_before_beginning_before_inside(self, found):
        assert (await found("dream"))[0] == ["Dream", "A Dream Within", "Sugarcane Dreams"]
        assert (await found("dream", 1))[0] == ["Dream"]

    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ("tnt", "T.N.T."),
            ("sugar cane", "Sugarcane Dreams"),
            ("bjorn", "Bjørn på Sjøen"),
            ("SJØEN pa", "Bjørn på Sjøen"),
            ("agaetis", "Bjørn på Sjøen"),
            ("東京", "東京の夜"),
            ("夜", "東京の夜"),
            ("ugarca", "Sugarcane Dreams"),
            ("sigur bjo", "Bjørn på Sjøen"),
            ("u", "U"),
        ],
    )
    async def test_spellings(self, found, text, title):
        assert title in (await found(text))[0]

    async def test_artists_are_found_by_few_letters_and_joined_words(self, found):
        assert (await found("u2"))[1] == ["U2"]
        assert (await found("acdc"))[1] == ["AC/DC"]
        assert (await found("si"))[1] == ["Sigur Rós"]

    async def test_signs_of_the_query_language_mean_nothing(self, found):
        for text in ('"', "name:x AND", "dream*)", "NEAR(a b)", "x' OR '1"):
            await found(text)
