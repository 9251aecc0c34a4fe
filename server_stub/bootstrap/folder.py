"""The data folder: where everything of one server lies, and who may work in it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server_stub.bootstrap.errors import StartError

_MODE = 0o700


@dataclass(frozen=True)
class DataFolder:
    """Paths inside the data folder, and where the database is if not in it."""

    root: Path
    database_url: str = ""
    """Of another relational database than the folder's own."""

    @property
    def database(self) -> Path:
        """The folder's own relational database."""
        return self.root / "segue.db"

    @property
    def blobs(self) -> Path:
        """Encrypted renditions and their indexes."""
        return self.root / "blobs"

    @property
    def work(self) -> Path:
        """Renditions that still grow."""
        return self.root / "work"

    @property
    def pictures(self) -> Path:
        """Covers made smaller; safe to delete."""
        return self.root / "pictures"

    @property
    def tls(self) -> Path:
        """The local authority and the server's certificate."""
        return self.root / "tls"

    @property
    def secrets(self) -> Path:
        """Keys that never leave this folder."""
        return self.root / "secrets"

    def make(self) -> None:
        """Create the folder if it is not there. Raises StartError."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=_MODE)
        except OSError as error:
            raise StartError(
                f"the data folder {self.root} cannot be made: {error.strerror}",
                remedy="Name another one with --data.",
            ) from error

    def check(self) -> None:
        """Raise StartError unless a server has lived here."""
        if not self.database_url and not self.database.exists():
            raise StartError(
                f"there is no server data in {self.root}",
                remedy="Start with `segue-server serve`, or name the folder with --data.",
            )

    @contextmanager
    def served(self) -> Iterator[None]:
        """Be the one server on this folder. Raises StartError if another one is."""
        with (self.root / "server.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                lock.seek(0)
                raise StartError(
                    f"a server (process {lock.read().strip() or 'unknown'}) runs on {self.root}",
                    remedy="Stop it, or name another folder with --data.",
                ) from error
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield
