"""Content keys at rest: wrapped with AES-GCM under a master key in a file of its own."""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server_stub.streaming.errors import KeyDamagedError

_NONCE_BYTES = 12
_MASTER_BYTES = 32


class MasterKeyWrap:
    """A wrapped key belongs to its rendition: it does not open under another id."""

    def __init__(self, master: bytes) -> None:
        self._cipher = AESGCM(master)

    @classmethod
    def at(cls, path: Path) -> "MasterKeyWrap":
        """The master key of this file, which is made (0600) at the first start."""
        return cls(_master_key(path))

    def wrap(self, rendition_id: str, content_key: bytes) -> bytes:
        """Nonce and sealed key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content_key, rendition_id.encode())

    def unwrap(self, rendition_id: str, wrapped: bytes) -> bytes:
        """The key again. Raises KeyDamagedError."""
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, rendition_id.encode())
        except (InvalidTag, ValueError) as error:
            raise KeyDamagedError(
                "a content key does not open",
                remedy="restore secrets/content.key that belongs to this database",
            ) from error


def _master_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        master = path.read_bytes()
        if len(master) != _MASTER_BYTES:
            raise KeyDamagedError(
                f"{path.name} does not hold a key of {_MASTER_BYTES} bytes"
            ) from None
        return master
    master = secrets.token_bytes(_MASTER_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(master)
        file.flush()
        os.fsync(file.fileno())
    return master
