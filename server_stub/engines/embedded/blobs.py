"""Blobs behind obstore: local files now, any of its object stores by the same adapter.

A read of one range from a local file goes around it: a `pread` of 64 KB out of the page cache takes
tens of microseconds, less than handing it to another thread, and so may run on the event loop.
"""

import asyncio
import errno
import os
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore

from server_stub.streaming.errors import BlobMissingError, BlobWriteError


class ObstoreBlobs:
    """`local` is the folder of a LocalStore; without it every read goes through obstore."""

    def __init__(self, store: ObjectStore, local: Path | None = None) -> None:
        self._store = store
        self._local = local

    @classmethod
    def at(cls, folder: Path) -> "ObstoreBlobs":
        """Files below this folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(prefix=folder, mkdir=True), folder)

    async def put(self, name: str, data: bytes) -> None:
        """Store bytes; they are there whole or not at all. Raises BlobWriteError."""
        try:
            await obstore.put_async(self._store, name, data)
        except (OSError, obstore.exceptions.BaseError) as error:
            raise BlobWriteError(f"{name} cannot be stored: {error}") from error

    async def put_file(self, name: str, path: Path) -> None:
        """Store the content of a file; on the same disk it is only renamed. Raises
        BlobWriteError."""
        local = self._local
        try:
            if local is not None and await asyncio.to_thread(_moved, path, local / name):
                return
            await obstore.put_async(self._store, name, path)
            await asyncio.to_thread(path.unlink)
        except (OSError, obstore.exceptions.BaseError) as error:
            raise BlobWriteError(f"{name} cannot be stored: {error}") from error

    async def read(self, name: str, start: int, end: int) -> bytes:
        """Bytes [start, end). Raises BlobMissingError if they are not all there."""
        if start >= end:
            return b""
        try:
            if self._local is not None:
                data = _pread(self._local / name, start, end)
            else:
                got = await obstore.get_range_async(self._store, name, start=start, end=end)
                data = bytes(got)
        except (FileNotFoundError, obstore.exceptions.BaseError) as error:
            raise BlobMissingError(f"no bytes {start}-{end} of {name}") from error
        if len(data) != end - start:
            raise BlobMissingError(f"{name} ends before byte {end}")
        return data

    async def size(self, name: str) -> int:
        """Length in bytes. Raises BlobMissingError."""
        try:
            return (await obstore.head_async(self._store, name))["size"]
        except FileNotFoundError as error:
            raise BlobMissingError(f"no blob {name}") from error

    async def delete(self, name: str) -> None:
        """Remove a blob; nothing happens if there is none."""
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            return


def _pread(path: Path, start: int, end: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(descriptor, end - start, start)
    finally:
        os.close(descriptor)


def _moved(source: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True
