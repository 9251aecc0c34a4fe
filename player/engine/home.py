"""Where the player keeps its state, and how to find the engine's socket. Standard library only."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

ADDRESS_LIMIT = 100
"""A unix socket path holds 107 bytes on Linux and 103 on macOS."""


def default_root() -> Path:
    """`SEGUE_HOME`, else the place the platform wants."""
    named = os.environ.get("SEGUE_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "segue"
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "segue"


class Home(NamedTuple):
    """The folder of one profile: everything the player remembers lies below `root`."""

    root: Path

    @classmethod
    def default(cls) -> "Home":
        """The profile that the environment names."""
        return cls(default_root())

    @classmethod
    def named(cls, folder: str) -> "Home":
        """The profile in a folder."""
        return cls(Path(folder).expanduser().absolute())

    @property
    def settings(self) -> Path:
        """What the person chose."""
        return self.root / "settings.toml"

    @property
    def servers(self) -> Path:
        """Known servers, without secrets."""
        return self.root / "servers.json"

    @property
    def authorities(self) -> Path:
        """Certificates of pinned local authorities."""
        return self.root / "authorities"

    @property
    def secrets(self) -> Path:
        """The key store used where there is no keyring."""
        return self.root / "secrets"

    @property
    def session(self) -> Path:
        """Queue, position and volume."""
        return self.root / "session"

    @property
    def mirror(self) -> Path:
        """The local copy of the catalog."""
        return self.root / "library.db"

    @property
    def own(self) -> Path:
        """A folder for each account: what it did and the server has not heard, what it marked."""
        return self.root / "accounts"

    @property
    def curves(self) -> Path:
        """Equaliser curves that were imported."""
        return self.root / "equaliser"

    @property
    def cache(self) -> Path:
        """What can be fetched again: audio, covers, lyrics."""
        return self.root / "cache"

    @property
    def diagnostics(self) -> Path:
        """Bundles that were exported."""
        return self.root / "diagnostics"

    @property
    def log(self) -> Path:
        """The engine's log."""
        return self.root / "log" / "engine.log"

    @property
    def run(self) -> Path:
        """Socket and lock of the running engine."""
        return self.root / "run"

    @property
    def lock(self) -> Path:
        """Held for as long as an engine lives."""
        return self.run / "engine.lock"

    @property
    def address_file(self) -> Path:
        """Names the socket when its usual path is too long."""
        return self.run / "engine.addr"

    def socket_for_server(self) -> Path:
        """Where a starting engine listens."""
        usual = self.run / "engine.sock"
        if len(os.fsencode(usual)) <= ADDRESS_LIMIT:
            return usual
        import hashlib  # costly to load, and rarely needed

        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return _runtime_dir() / f"{name}.sock"

    def socket_for_client(self) -> Path:
        """Where the engine, if it runs, can be reached."""
        try:
            return Path(self.address_file.read_text("utf-8").strip())
        except OSError:
            return self.run / "engine.sock"


def _runtime_dir() -> Path:
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and len(os.fsencode(base)) <= ADDRESS_LIMIT - 40 and Path(base).is_dir():
        return Path(base) / "segue"
    return Path("/tmp") / f"segue-{os.getuid()}"  # made 0700 and checked by the server
