"""What every blob store promises."""

import obstore
import pytest

from server_stub.engines.embedded.blobs import ObstoreBlobs
from server_stub.engines.memory.streaming import MemoryBlobs
from server_stub.streaming.errors import BlobMissingError, BlobWriteError

NAME = "ab/abcdef.m4a"
DATA = bytes(range(256)) * 1000


@pytest.fixture(params=["files", "object store", "memory"])
def blobs(request, tmp_path):
    if request.param == "files":
        return ObstoreBlobs.at(tmp_path / "blobs")
    if request.param == "object store":
        return ObstoreBlobs(obstore.store.MemoryStore())
    return MemoryBlobs()


async def test_bytes_come_back_by_range(blobs):
    await blobs.put(NAME, DATA)
    assert await blobs.size(NAME) == len(DATA)
    assert await blobs.read(NAME, 0, len(DATA)) == DATA
    assert await blobs.read(NAME, 1000, 66_536) == DATA[1000:66_536]
    assert await blobs.read(NAME, len(DATA) - 1, len(DATA)) == DATA[-1:]
    assert await blobs.read(NAME, 5, 5) == b""


async def test_a_file_is_taken_over(blobs, tmp_path):
    grown = tmp_path / "work.part"
    grown.write_bytes(DATA)
    await blobs.put_file(NAME, grown)
    assert not grown.exists()
    assert await blobs.read(NAME, 0, len(DATA)) == DATA


async def test_bytes_that_are_not_there(blobs):
    with pytest.raises(BlobMissingError):
        await blobs.read(NAME, 0, 1)
    with pytest.raises(BlobMissingError):
        await blobs.size(NAME)
    await blobs.put(NAME, DATA)
    with pytest.raises(BlobMissingError):
        await blobs.read(NAME, 0, len(DATA) + 1)
    with pytest.raises(BlobMissingError):
        await blobs.read(NAME, len(DATA), len(DATA) + 1)


async def test_deleting(blobs):
    await blobs.put(NAME, DATA)
    await blobs.put("ab/other.idx", b"other")
    await blobs.delete(NAME)
    await blobs.delete(NAME)
    with pytest.raises(BlobMissingError):
        await blobs.size(NAME)
    assert await blobs.read("ab/other.idx", 0, 5) == b"other"


async def test_a_missing_work_file_is_an_error(blobs, tmp_path):
    with pytest.raises(BlobWriteError):
        await blobs.put_file(NAME, tmp_path / "nothing.part")
