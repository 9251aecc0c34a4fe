"""The rate that each network gave last, so that the first choice there is a good one.

Kept by server and network under a keyed hash whose key never leaves the file's folder: the file
tells nobody where this device has been.
"""

import contextlib
import hashlib
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from player.engine.profiles import write_atomically

MOST_NETWORKS = 32
WORTH_SAVING = 0.1
"""Share by which a rate must differ from the kept one."""


class _Entry(msgspec.Struct, frozen=True):
    bytes_per_s: float
    unix: float


class _Book(msgspec.Struct):
    salt: bytes
    rates: dict[str, _Entry]


class LinkBook:
    """One small file. `network` names the network this machine is in now ("" if unknown)."""

    def __init__(self, path: Path, network: Callable[[], str]) -> None:
        self._path = path
        self._network = network
        self._book = _Book(secrets.token_bytes(16), {})
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._book = msgspec.json.decode(path.read_bytes(), type=_Book)

    def recall(self, server: str) -> float:
        """Bytes a second that this network gave from a server, 0 if unknown. May block shortly."""
        entry = self._book.rates.get(self._key(server))
        return entry.bytes_per_s if entry is not None else 0.0

    def note(self, server: str, bytes_per_s: float) -> bool:
        """Keep a rate; whether it was worth writing. Blocks; raises OSError."""
        key = self._key(server)
        known = self._book.rates.get(key)
        if not server or bytes_per_s <= 0:
            return False
        if known and abs(bytes_per_s - known.bytes_per_s) < WORTH_SAVING * known.bytes_per_s:
            return False
        rates = self._book.rates
        rates[key] = _Entry(round(bytes_per_s), round(time.time()))
        while len(rates) > MOST_NETWORKS:
            del rates[min(rates, key=lambda name: rates[name].unix)]
        write_atomically(self._path, msgspec.json.encode(self._book))
        return True

    def _key(self, server: str) -> str:
        text = f"{server}\n{self._network()}".encode()
        return hashlib.blake2b(text, key=self._book.salt, digest_size=12).hexdigest()
