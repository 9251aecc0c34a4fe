"""A key store in one encrypted file, for machines without a keyring that works.

`keys.sealed`: magic `SGV1`, mode u8 (0: this machine's id and a random salt, 1: a passphrase and
that salt), log2 of scrypt's cost u8, nonce (12 bytes), then AES-256-GCM over a MessagePack map of
all secrets, with the bytes before the nonce as associated data. The salt lies beside it in
`keys.salt`. Both files are readable by their owner only and replaced as a whole.
"""

import fcntl
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from drm.errors import KeyStoreDamagedError, KeyStoreLockedError, KeyStoreUnavailableError

FILE_NAME = "keys.sealed"
SALT_NAME = "keys.salt"
_LOCK_NAME = "keys.lock"
MAGIC = b"SGV1"
_BY_MACHINE = 0
_BY_PASSPHRASE = 1
_COSTS = {_BY_MACHINE: 14, _BY_PASSPHRASE: 17}
"""log2 of scrypt's N: a passphrase is guessed, a random salt is not."""
_COST_MAX = 20
_SALT_BYTES = 32
_NONCE_BYTES = 12
_PREFIX_BYTES = len(MAGIC) + 2
_BODY_AT = _PREFIX_BYTES + _NONCE_BYTES
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


class FileKeyStore:
    """Secrets in an encrypted file of one folder; several processes may share it."""

    def __init__(
        self, folder: Path, *, passphrase: str | None = None, machine_id: bytes | None = None
    ) -> None:
        """With a passphrase the file opens nowhere without it; else it opens on this machine.

        `machine_id` is this machine's own unless given.
        """
        self._folder = folder
        self._passphrase = passphrase
        self._machine_id = _this_machine() if machine_id is None else machine_id
        self._derived: dict[tuple[int, int, bytes], bytes] = {}
        self._thread_lock = threading.Lock()

    def load(self, name: str) -> bytes | None:
        """The secret, or None if there is none."""
        with self._alone():
            return self._read().get(name)

    def store(self, name: str, secret: bytes) -> None:
        """Keep a secret, in the place of an older one."""
        with self._alone():
            self._write({**self._read(), name: bytes(secret)})

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens if there is none."""
        with self._alone():
            kept = self._read()
            if kept.pop(name, None) is not None:
                self._write(kept)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one thread of one process at a time; file trouble becomes a KeyStoreError."""
        try:
            self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            with self._thread_lock, _locked(self._folder / _LOCK_NAME):
                yield
        except OSError as error:
            raise KeyStoreUnavailableError(
                f"the key file in {self._folder} cannot be used: {error.strerror}"
            ) from error

    def _read(self) -> dict[str, bytes]:
        path = self._folder / FILE_NAME
        if not path.exists():
            return {}
        data = path.read_bytes()
        if len(data) < _BODY_AT or data[: len(MAGIC)] != MAGIC:
            raise KeyStoreDamagedError(f"{path} is not a key file")
        mode, cost = data[len(MAGIC)], data[len(MAGIC) + 1]
        if mode not in _COSTS or not 0 < cost <= _COST_MAX:
            raise KeyStoreDamagedError(f"{path} was written by another version, or is damaged")
        cipher = AESGCM(self._key(mode, cost))
        try:
            clear = cipher.decrypt(
                data[_PREFIX_BYTES:_BODY_AT], data[_BODY_AT:], data[:_PREFIX_BYTES]
            )
            return msgspec.msgpack.decode(clear, type=dict[str, bytes])
        except (InvalidTag, msgspec.DecodeError) as error:
            raise KeyStoreDamagedError(
                f"{path} does not open: another passphrase, another machine, or damage"
            ) from error

    def _write(self, kept: dict[str, bytes]) -> None:
        mode = _BY_MACHINE if self._passphrase is None else _BY_PASSPHRASE
        prefix = MAGIC + bytes((mode, _COSTS[mode]))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = AESGCM(self._key(mode, _COSTS[mode]))
        sealed = cipher.encrypt(nonce, msgspec.msgpack.encode(kept), prefix)
        _replace(self._folder / FILE_NAME, prefix + nonce + sealed)

    def _key(self, mode: int, cost: int) -> bytes:
        """The file's key. Slow the first time."""
        if mode == _BY_PASSPHRASE and self._passphrase is None:
            raise KeyStoreLockedError("the key file needs its passphrase (SEGUE_PASSPHRASE)")
        salt = self._salt()
        if (mode, cost, salt) not in self._derived:
            secret = self._machine_id if mode == _BY_MACHINE else (self._passphrase or "").encode()
            kdf = Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1)
            self._derived[mode, cost, salt] = kdf.derive(secret)
        return self._derived[mode, cost, salt]

    def _salt(self) -> bytes:
        path = self._folder / SALT_NAME
        if not path.exists():
            if (self._folder / FILE_NAME).exists():
                raise KeyStoreDamagedError(f"{path} is missing, without it the keys do not open")
            _replace(path, secrets.token_bytes(_SALT_BYTES))
        return path.read_bytes()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, _FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _this_machine() -> bytes:
    """This machine's and user's id. Without a machine id the salt alone protects the file."""
    identity = b""
    for path in _MACHINE_IDS:
        if path.is_file():
            identity = path.read_bytes().strip()
            break
    return identity + b"/" + str(os.getuid()).encode()
