"""Known servers in `servers.json`: how to reach and trust them, and no secrets."""

import contextlib
import os
import tempfile
from pathlib import Path

import msgspec

from player.engine.home import Home
from sync.wire.sessions import Tier


class ServerProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One server and who we are there."""

    url: str
    authority: str | None = None
    """PEM of the pinned authority; None: whom the system trusts."""
    user_id: str = ""
    user: str = ""
    tier: Tier = "free"
    region: str = ""
    licence_key: bytes = b""
    """The server's public key, which signs licences."""
    device_id: str = ""


class _Book(msgspec.Struct, kw_only=True):
    current: str | None = None
    servers: dict[str, ServerProfile] = {}


class ServerBook:
    """Reads and writes the file; `current` is the server in use."""

    def __init__(self, home: Home) -> None:
        self._path = home.servers
        self._book = _Book()
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._book = msgspec.json.decode(self._path.read_bytes(), type=_Book)

    @property
    def current(self) -> ServerProfile | None:
        """The server in use."""
        return self._book.servers.get(self._book.current or "")

    def known(self, url: str) -> ServerProfile | None:
        """A server met before."""
        return self._book.servers.get(url)

    def use(self, profile: ServerProfile) -> None:
        """Remember a server and use it."""
        self._book.servers[profile.url] = profile
        self._book.current = profile.url
        write_atomically(self._path, msgspec.json.format(msgspec.json.encode(self._book)))

    def leave(self) -> None:
        """Use no server; what is known stays known."""
        self._book.current = None
        write_atomically(self._path, msgspec.json.format(msgspec.json.encode(self._book)))


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file as a whole: a reader (or a crash) sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
