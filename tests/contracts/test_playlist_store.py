"""One suite for every place a machine can keep its playlists."""

import pytest

from sync.adapters.playlists_memory import MemoryPlaylistStore
from sync.adapters.playlists_sqlite import SqlitePlaylistStore
from sync.ot.history import Snapshot
from sync.ot.model import Entry, Insert, Playlist
from sync.ot.session import Session
from sync.playlists.ports import Local


@pytest.fixture(params=["sqlite", "memory"])
def reopened(request, tmp_path):
    """Opens the same place each time it is called."""
    opened = []
    memory = MemoryPlaylistStore()

    def make():
        if request.param == "memory":
            return memory
        store = SqlitePlaylistStore(tmp_path / "own" / "playlists.db")
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


def session():
    made = Session.start("c", Snapshot(0, Playlist("Räin", (Entry("e", "t"),)), {}))
    made.edit((Insert(1, "f", "u"),))
    made.outgoing()
    return made


def test_playlists_are_kept_whole(reopened):
    store = reopened()
    local = Local(id="a", draft=Playlist("x"), kept=session().keep(), refused="no")
    store.put(local, Local(id="b"))
    assert sorted(reopened().all(), key=lambda one: one.id) == [local, Local(id="b")]
    assert Session(reopened().all()[0].kept or local.kept).playlist == session().playlist


def test_the_last_one_put_stays(reopened):
    store = reopened()
    store.put(Local(id="a", draft=Playlist("x")))
    store.put(Local(id="a"))
    assert store.all() == [Local(id="a")]


def test_what_is_removed_is_gone(reopened):
    store = reopened()
    store.put(Local(id="a"), Local(id="b"))
    store.remove(["a", "unknown"])
    assert reopened().all() == [Local(id="b")]


def test_unsettled_is_what_the_server_has_not():
    made = session()
    assert Local(id="a", kept=made.keep()).unsettled
    assert Local(id="a", draft=Playlist("x")).unsettled
    assert not Local(id="a").unsettled
    fresh = Session.start("c", Snapshot(0, Playlist("x"), {}))
    assert not Local(id="a", kept=fresh.keep()).unsettled
