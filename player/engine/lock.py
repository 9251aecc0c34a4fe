"""One engine per profile: a lock that the kernel drops however the process ends."""

import fcntl
import os
from typing import Self

from player.engine.home import Home


class ProfileLock:
    """Held by the running engine. `acquire` says whether it was free."""

    def __init__(self, home: Home) -> None:
        self._root = home.root
        self._path = home.lock
        self._file: int | None = None

    def acquire(self) -> bool:
        """Take the lock; False if another engine has it."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._file = handle
        return True

    def holds(self) -> bool:
        """Whether the profile is still this engine's: its folder may have been removed."""
        try:
            there = self._path.stat()
        except OSError:
            return False
        return self._file is not None and os.fstat(self._file).st_ino == there.st_ino

    def release(self) -> None:
        """Let the next engine start."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
