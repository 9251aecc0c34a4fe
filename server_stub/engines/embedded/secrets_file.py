"""The server's own secrets: made at random at first start, kept in files only the server reads.

There is no default and no fallback: a secret that cannot be read or made stops the start, and a
damaged one is never replaced silently, for that would end every session and licence.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server_stub.kernel.errors import Kind, SegueError

KEY_BYTES = 32
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_OTHERS = 0o007


class SecretsError(SegueError):
    """A secret cannot be used; the server does not start without it."""

    kind = Kind.CORRUPT
    code = "secrets-unusable"


@dataclass(frozen=True, slots=True, repr=False)
class ServerSecrets:
    """What only this server knows."""

    token_key: bytes
    """Signs access tokens and links refresh tokens."""
    address_key: bytes
    """Signs media addresses."""
    licence_key: Ed25519PrivateKey
    """Signs licences."""


def open_secrets(folder: Path) -> ServerSecrets:
    """The secrets in this folder, made if they are not there. Raises SecretsError."""
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        return ServerSecrets(
            token_key=_secret(folder / "token.key"),
            address_key=_secret(folder / "address.key"),
            licence_key=Ed25519PrivateKey.from_private_bytes(_secret(folder / "licence.key")),
        )
    except OSError as error:
        raise SecretsError(f"the secrets in {folder} cannot be opened: {error.strerror}") from error


def _secret(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    if path.stat().st_mode & _OTHERS:
        raise SecretsError(f"everybody can read {path}", remedy=f"Run: chmod 600 {path}")
    secret = path.read_bytes()
    if len(secret) != KEY_BYTES:
        raise SecretsError(f"{path} is damaged", remedy="Put it back from a backup.")
    return secret


def _make(path: Path) -> None:
    """Write a new secret so that the file is there whole or not at all; the first maker wins."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            return
    finally:
        part.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
