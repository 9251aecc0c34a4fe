"""Which album a file belongs to, and that albums keep their ids: in every catalog store alike."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server_stub.engines.memory.catalog import MemoryCatalog
from server_stub.engines.relational.catalog_import import RelationalImports
from server_stub.engines.relational.catalog_store import RelationalCatalog
from server_stub.engines.relational.database import Database
from tests.contracts.test_catalog_store import NOW, ROOT, Stores, file_at, item, stores

__all__ = ["stores"]

LONE = {"album_artists": ()}


@dataclass(frozen=True)
class Shown:
    """An album as a listener tells it from others."""

    title: str
    artists: tuple
    tracks: int
    compilation: bool = False


def shown(album):
    names = tuple(artist.name for artist in album.artists)
    return Shown(album.title, names, album.track_count, album.compilation)


async def albums(stores):
    return sorted(map(shown, await stores.all_albums()), key=lambda a: (a.title, a.artists))


async def test_files_without_album_artist_join_those_that_have_one(stores):
    """The tags of a game's music: most name the project, a few forgot to."""
    await stores.put(
        item("x/1.ogg", artists=("Ada",), album_artists=("The Project",)),
        item("x/2.ogg", artists=("Bob",), **LONE),
        item("x/3.ogg", artists=("Cy",), **LONE),
    )
    assert await albums(stores) == [Shown("First", ("The Project",), 3)]


async def test_they_join_whichever_comes_first(stores):
    await stores.put(item("x/2.ogg", artists=("Bob",), **LONE))
    assert await albums(stores) == [Shown("First", ("Bob",), 1)]
    (before,) = await stores.all_albums()
    await stores.put(item("x/1.ogg", artists=("Ada",), album_artists=("The Project",)))
    assert await albums(stores) == [Shown("First", ("The Project",), 2)]
    assert {artist.name for artist in await stores.all_artists()} == {"Ada", "Bob", "The Project"}
    known = await stores.known()
    await stores.imports.remove([known[f"{ROOT}/x/1.ogg"]])
    assert await albums(stores) == [Shown("First", ("Bob",), 1)]
    assert (await stores.all_albums())[0].added_at == before.added_at


async def test_two_owners_in_one_folder_leave_the_others_alone(stores):
    await stores.put(
        item("x/1.ogg", album_artists=("Ada",)),
        item("x/2.ogg", album_artists=("Bob",)),
        item("x/3.ogg", artists=("Cy",), **LONE),
    )
    assert await albums(stores) == [
        Shown("First", ("Ada",), 1),
        Shown("First", ("Bob",), 1),
        Shown("First", ("Cy",), 1),
    ]


async def test_discs_are_one_folder(stores):
    await stores.put(
        item("x/CD 1/1.ogg", artists=("Ada",), disc=1, **LONE),
        item("x/CD 2/1.ogg", artists=("Bob",), disc=2, **LONE),
    )
    assert await albums(stores) == [Shown("First", ("Various Artists",), 2, compilation=True)]


async def test_other_folders_and_titles_are_other_albums(stores):
    await stores.put(
        item("x/1.ogg", artists=("Ada",), **LONE),
        item("y/1.ogg", artists=("Bob",), **LONE),
        item("x/2.ogg", artists=("Cy",), album="Second", **LONE),
    )
    assert [album.artists for album in await albums(stores)] == [("Ada",), ("Bob",), ("Cy",)]


async def test_an_album_that_becomes_a_compilation_and_back_keeps_its_id(stores):
    await stores.put(item("x/1.ogg", artists=("Ada",), **LONE))
    (alone,) = await stores.all_albums()
    await stores.put(item("x/2.ogg", artists=("Bob",), **LONE))
    (mixed,) = await stores.all_albums()
    assert mixed.id == alone.id
    assert shown(mixed) == Shown("First", ("Various Artists",), 2, compilation=True)
    changed = await stores.reads.changes(0, 100)
    (news,) = (change.album for change in changed.items if change.kind == "album")
    assert news == mixed
    await stores.imports.remove([(await stores.known())[f"{ROOT}/x/2.ogg"]])
    (again,) = await stores.all_albums()
    assert (again.id, shown(again)) == (alone.id, Shown("First", ("Ada",), 1))


async def test_an_album_renamed_in_all_its_files_keeps_its_id(stores):
    await stores.put(item("x/1.ogg"), item("x/2.ogg"))
    (before,) = await stores.all_albums()
    ids = {file.path[-5:]: file.track_id for file in (await stores.known()).values()}
    new = {"album": "First (Remastered)", "album_artists": ("Ada", "Bob")}
    await stores.put(item("x/1.ogg", ids["1.ogg"], **new), item("x/2.ogg", ids["2.ogg"], **new))
    (after,) = await stores.all_albums()
    assert after.id == before.id
    assert shown(after) == Shown("First (Remastered)", ("Ada", "Bob"), 2)
    tracks = await stores.all_tracks(album=after.id)
    assert {track.album.title for track in tracks} == {"First (Remastered)"}


async def test_an_album_that_is_split_or_merged_hands_its_id_to_nobody_twice(stores):
    await stores.put(item("x/1.ogg"), item("x/2.ogg"), item("y/3.ogg", album="Other"))
    ids = {file.path[-5:]: file.track_id for file in (await stores.known()).values()}
    await stores.put(item("x/1.ogg", ids["1.ogg"], album="Half"))
    assert [album.title for album in await albums(stores)] == ["First", "Half", "Other"]
    await stores.put(
        item("x/1.ogg", ids["1.ogg"], album="One"),
        item("x/2.ogg", ids["2.ogg"], album="One"),
        item("y/3.ogg", ids["3.ogg"], album="One"),
    )
    assert await albums(stores) == [Shown("One", ("Ada",), 3)]


async def test_a_file_that_leaves_its_folder_changes_what_stays(stores):
    await stores.put(
        item("x/1.ogg", artists=("Ada",), **LONE), item("x/2.ogg", artists=("Bob",), **LONE)
    )
    known = await stores.known()
    await stores.imports.move([(known[f"{ROOT}/x/2.ogg"], file_at("y/2.ogg"))])
    assert await albums(stores) == [Shown("First", ("Ada",), 1), Shown("First", ("Bob",), 1)]
    await stores.put(item("y/2.ogg", known[f"{ROOT}/x/2.ogg"].track_id, artists=("Bob",), **LONE))
    assert await albums(stores) == [Shown("First", ("Ada",), 1), Shown("First", ("Bob",), 1)]


FILES = st.tuples(
    st.sampled_from(["x/1", "x/2", "x/CD 1/3", "x/CD 2/4", "y/5", "y/6"]),
    st.sampled_from(["Ada", "Bob"]),
    st.sampled_from(["", "Ada", "Cy"]),
    st.sampled_from(["First", "Second"]),
)


@pytest.mark.parametrize("_", [1])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(FILES, st.sampled_from(["x/1", "x/2", "y/5"])), max_size=12))
async def test_every_store_files_everything_alike(tmp_path_factory, _, steps):
    """Whatever is put, changed and removed: both stores show the same albums, and the albums that
    one way of getting there shows are those that any other shows."""
    memory = MemoryCatalog()
    database = Database.at(tmp_path_factory.mktemp("data") / "segue.db")
    database.migrate()
    both = [
        Stores(memory, memory),
        Stores(RelationalCatalog(database), RelationalImports(database)),
    ]
    last = {}
    for step in steps:
        for one in both:
            await take(one, step)
        last = {**last, step[0]: step} if isinstance(step, tuple) else _without(last, step)
        assert await albums(both[0]) == await albums(both[1])
    fresh = MemoryCatalog()
    at_once = Stores(fresh, fresh)
    await at_once.put(*(entry(step) for step in last.values()))
    assert [a.tracks for a in await albums(at_once)] == [a.tracks for a in await albums(both[1])]
    database.close()


async def take(one, step):
    known = await one.known()
    if isinstance(step, str):
        file = known.get(f"{ROOT}/{step}.ogg")
        if file:
            await one.imports.remove([file])
        return
    before = known.get(f"{ROOT}/{step[0]}.ogg")
    await one.put(entry(step, before.track_id if before else None), now=NOW)


def entry(step, track_id=None):
    path, artist, owner, album = step
    owners = (owner,) if owner else ()
    return item(f"{path}.ogg", track_id, artists=(artist,), album_artists=owners, album=album)


def _without(last, path):
    return {name: step for name, step in last.items() if name != path}
