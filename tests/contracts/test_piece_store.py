"""One suite for every folder the chunk store can stand on, and for the store on each of them."""

import pytest

from cache.adapters.files_disk import DiskFiles
from cache.adapters.files_memory import MemoryFiles
from cache.chunks import HEAD_BYTES
from cache.store import ChunkStore

DATA = bytes(range(256)) * 40


@pytest.fixture(params=["disk", "memory"])
def folder(request, tmp_path):
    """Makes the same folder again each time it is called, as a new process would."""
    if request.param == "disk":
        return lambda name="chunks": DiskFiles(tmp_path / "cache" / name)
    made = {}
    return lambda name="chunks": made.setdefault(name, MemoryFiles())


@pytest.fixture
def files(folder):
    return folder()


def test_what_is_appended_can_be_read(files):
    assert files.append("r", [b"one", b"two"]) == 0
    assert files.append("r", [b"three"]) == 6
    assert files.read("r", 3, 5) == b"twoth"
    assert files.read("r", 9, 100) == b"ee"
    assert files.read("r", 50, 5) == b""
    assert files.read("nothing", 0, 5) == b""


def test_files_are_listed_with_size_and_removed(files):
    files.append("a", [b"1"])
    files.append("b", [b"22"])
    assert sorted((file.name, file.size) for file in files.files()) == [("a", 1), ("b", 2)]
    files.remove("a")
    files.remove("a")
    assert [file.name for file in files.files()] == ["b"]


def test_replace_and_truncate(files):
    files.replace("p", b"first, longer")
    files.replace("p", b"second")
    assert files.read("p", 0, 100) == b"second"
    files.append("p", [b"!"])
    files.truncate("p", 3)
    assert files.read("p", 0, 100) == b"sec"
    files.touch("p")
    files.touch("nothing") if isinstance(files, DiskFiles) else None


@pytest.fixture
def store(folder):
    return ChunkStore(folder(), folder("papers"))


def test_bytes_come_back_by_range_across_puts(store):
    store.put("r", 100, DATA[100:1000])
    store.put("r", 1000, DATA[1000:3000])
    store.put("r", 0, DATA[:100])
    assert store.get("r", 0, 3000) == DATA[:3000]
    assert store.get("r", 990, 1010) == DATA[990:1010]
    assert store.get("r", 2990, 3010) is None
    assert store.get("other", 0, 1) is None
    assert store.get("r", 5, 5) is None
    assert store.has("r", 50, 1500)
    assert not store.has("r", 2999, 3001)


def test_overlapping_puts_do_no_harm(store):
    store.put("r", 500, DATA[500:900])
    store.put("r", 300, DATA[300:700])
    store.put("r", 850, DATA[850:1200])
    store.put("r", 600, DATA[600:650])
    assert store.get("r", 300, 1200) == DATA[300:1200]


def test_everything_is_there_for_the_next_process(folder):
    first = ChunkStore(folder(), folder("papers"))
    first.put("r", 0, DATA)
    first.write("track-1", b"paper")
    second = ChunkStore(folder(), folder("papers"))
    assert second.get("r", 10, 5000) == DATA[10:5000]
    assert second.read("track-1") == b"paper"
    assert second.used_bytes == first.used_bytes == len(DATA) + HEAD_BYTES + 5


@pytest.mark.parametrize("cut", [1, 500, HEAD_BYTES + 1000, HEAD_BYTES + 1000 + 5])
def test_killed_while_appending_the_whole_records_stay(folder, cut):
    first = ChunkStore(folder(), folder("papers"))
    first.put("r", 0, DATA[:3000])
    first.put("r", 3000, DATA[3000:4000])
    files = folder()
    files.truncate("r", 2 * HEAD_BYTES + 4000 - cut)
    second = ChunkStore(folder(), folder("papers"))
    assert second.get("r", 3000, 4000) is None
    first_is_whole = cut <= HEAD_BYTES + 1000
    assert (second.get("r", 0, 3000) == DATA[:3000]) == first_is_whole
    second.put("r", 3000, DATA[3000:4000])
    third = ChunkStore(folder(), folder("papers"))
    assert third.get("r", 3000, 4000) == DATA[3000:4000]


def test_the_least_recently_used_goes_first_and_a_pinned_one_never(folder):
    store = ChunkStore(folder(), folder("papers"), budget_bytes=4 * len(DATA) + 2000)
    for name in ("a", "b", "c", "d"):
        store.put(name, 0, DATA)
    store.pin({"b"})
    store.get("a", 0, 10)
    store.put("e", 0, DATA)
    assert [name for name in "abcde" if store.has(name, 0, 10)] == ["a", "b", "d", "e"]
    store.put("f", 0, DATA)
    assert [name for name in "abcdef" if store.has(name, 0, 10)] == ["a", "b", "e", "f"]
    assert store.used_bytes <= store.budget_bytes
    store.set_budget(len(DATA) + 100)
    assert [name for name in "abcdef" if store.has(name, 0, 10)] == ["b"]


def test_nothing_is_stored_when_all_that_is_there_is_pinned(folder):
    store = ChunkStore(folder(), folder("papers"), budget_bytes=len(DATA) + HEAD_BYTES)
    store.put("a", 0, DATA)
    store.pin({"a"})
    store.put("b", 0, DATA)
    assert store.has("a", 0, 10)
    assert not store.has("b", 0, 10)
    assert store.trouble is None


def test_a_damaged_file_is_forgotten(store):
    store.put("r", 0, DATA)
    store.drop("r", 5, 10)
    assert store.get("r", 0, 10) is None
    assert store.used_bytes == 0


def test_a_file_that_vanished_is_a_miss(folder, store):
    store.put("r", 0, DATA)
    folder().remove("r")
    assert store.get("r", 0, 10) is None
    store.put("r", 0, DATA)
    assert store.get("r", 0, 10) == DATA[:10]
    assert (store.hits, store.misses) == (1, 1)


def test_clear_forgets_everything(store):
    store.put("r", 0, DATA)
    store.write("p", b"x")
    store.clear()
    assert store.used_bytes == 0
    assert store.read("p") is None


def test_documents_have_a_budget_of_their_own(folder):
    store = ChunkStore(folder(), folder("papers"), papers_budget_bytes=100)
    for number in range(5):
        store.write(f"p{number}", bytes(40))
    assert [n for n in range(5) if store.read(f"p{n}")] == [3, 4]
