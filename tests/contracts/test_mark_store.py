"""One suite for every place the confirmed marks of an account can be kept."""

import pytest

from sync.adapters.marks_memory import MemoryMarkStore
from sync.adapters.marks_sqlite import SqliteMarkStore
from sync.wire.collection import Mark


@pytest.fixture(params=["sqlite", "memory"])
def store(request, tmp_path):
    made = (
        SqliteMarkStore(tmp_path / "own" / "marks.db")
        if request.param == "sqlite"
        else MemoryMarkStore()
    )
    yield made
    made.close()


def mark(target, value=1, at_ms=5):
    return Mark(kind="rated", target=target, value=value, at_ms=at_ms)


def test_marks_and_cursor_are_kept_together(store):
    assert (store.cursor, store.all()) == (0, [])
    store.apply([mark("a", 3), mark("b", 2)], 7)
    assert store.cursor == 7
    assert sorted(store.all(), key=lambda m: m.target) == [mark("a", 3), mark("b", 2)]


def test_a_later_mark_replaces_and_zero_takes_away(store):
    store.apply([mark("a", 3), mark("b", 2)], 2)
    store.apply([mark("a", 5, at_ms=9), mark("b", 0), mark("c", 0)], 5)
    assert store.all() == [mark("a", 5, at_ms=9)]


def test_it_can_begin_anew(store):
    store.apply([mark("a")], 4)
    store.clear()
    assert (store.cursor, store.all()) == (0, [])


def test_a_file_outlives_the_process(tmp_path):
    path = tmp_path / "marks.db"
    first = SqliteMarkStore(path)
    first.apply([mark("a")], 4)
    first.close()
    again = SqliteMarkStore(path)
    assert (again.cursor, again.all()) == (4, [mark("a")])
    again.close()


@pytest.mark.parametrize("damage", [b"no database at all" * 50, b"SQLite format 3\0" + b"x" * 200])
def test_a_damaged_file_is_made_again(tmp_path, damage):
    path = tmp_path / "marks.db"
    path.write_bytes(damage)
    store = SqliteMarkStore(path)
    assert (store.cursor, store.all()) == (0, [])
    store.close()
