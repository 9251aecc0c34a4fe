"""Disks that are full or broken: one notice, and the store goes on reading."""

import errno
import os

import pytest

from cache.adapters import files_disk
from cache.adapters.files_disk import DiskFiles
from cache.adapters.files_memory import MemoryFiles
from cache.errors import NoRoomError, UnwritableError
from cache.store import OPEN_RENDITIONS, ChunkStore

DATA = bytes(5000)


@pytest.fixture
def notices():
    return []


@pytest.fixture
def files():
    return MemoryFiles()


@pytest.fixture
def store(files, notices):
    return ChunkStore(files, MemoryFiles(), notice=lambda text, _remedy: notices.append(text))


def test_a_full_disk_first_costs_the_oldest(store, files, notices):
    files.capacity_bytes = 12_000
    for name in "abc":
        store.put(name, 0, DATA)
    assert store.has("c", 0, 5000)
    assert not store.has("a", 0, 5000)
    assert notices == []


def test_a_full_disk_then_costs_one_notice(store, files, notices):
    files.capacity_bytes = 12_000
    store.pin({"a", "b", "c"})
    for name in "abc":
        store.put(name, 0, DATA)
    store.put("d", 0, DATA)
    store.write("p", b"x")
    assert len(notices) == 1
    assert store.trouble == "no space left in memory"
    assert store.get("a", 0, 5000) == DATA
    assert store.read("p") is None
    files.capacity_bytes = None
    store.clear()
    store.put("d", 0, DATA)
    assert store.get("d", 0, 5000) == DATA


def test_a_broken_disk_is_no_error_for_playback(store, files, notices):
    store.put("a", 0, DATA)
    store.write("p", b"x")
    files.broken = True
    store._papers.broken = True
    assert store.get("a", 0, 10) is None
    assert store.read("p") is None
    store.drop("a", 0, 10)
    store.clear()
    assert len(notices) == 2, "the second after clear() tried again"


def test_a_folder_that_cannot_be_listed_leaves_the_cache_off(files, notices):
    files.broken = True
    store = ChunkStore(files, MemoryFiles(), notice=lambda text, _remedy: notices.append(text))
    store.put("a", 0, DATA)
    assert store.used_bytes == 0
    assert len(notices) == 1


def test_ranges_of_many_renditions_do_not_pile_up(store):
    for number in range(OPEN_RENDITIONS + 20):
        store.put(f"r{number}", 0, b"x")
    assert len(store._ranges) == OPEN_RENDITIONS
    assert store.get("r0", 0, 1) == b"x"


def test_papers_that_cannot_be_written_are_one_notice(files, notices):
    papers = MemoryFiles(capacity_bytes=10)
    store = ChunkStore(files, papers, notice=lambda text, _remedy: notices.append(text))
    store.write("p", bytes(20))
    store.write("q", bytes(20))
    assert len(notices) == 1


@pytest.fixture
def disk(tmp_path):
    return DiskFiles(tmp_path / "chunks")


def test_leftovers_of_a_replace_are_removed(disk, tmp_path):
    disk.replace("p", b"whole")
    (tmp_path / "chunks" / "q.part").write_bytes(b"half")
    assert [file.name for file in disk.files()] == ["p"]
    assert not (tmp_path / "chunks" / "q.part").exists()


def test_only_the_owner_reads_the_files(disk, tmp_path):
    disk.append("r", [b"x"])
    assert (tmp_path / "chunks" / "r").stat().st_mode & 0o777 == 0o600


def test_short_writes_are_completed(disk, monkeypatch):
    real = os.writev
    monkeypatch.setattr(files_disk.os, "writev", lambda fd, parts: real(fd, [b"".join(parts)[:3]]))
    disk.append("r", [b"one", b"two"])
    assert disk.read("r", 0, 10) == b"onetwo"


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, NoRoomError), (errno.EROFS, UnwritableError)]
)
def test_an_append_that_fails_leaves_nothing(disk, monkeypatch, number, kind):
    disk.append("r", [b"before"])

    def failing(descriptor, parts):
        os.write(descriptor, parts[0])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files_disk.os, "writev", failing)
    with pytest.raises(kind):
        disk.append("r", [b"half", b"rest"])
    assert disk.read("r", 0, 100) == b"before"


def test_a_folder_removed_meanwhile_is_made_again(disk, tmp_path):
    disk.append("r", [b"x"])
    (tmp_path / "chunks" / "r").unlink()
    (tmp_path / "chunks").rmdir()
    disk.append("r", [b"y"])
    assert disk.read("r", 0, 1) == b"y"
