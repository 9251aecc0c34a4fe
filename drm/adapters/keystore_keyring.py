"""A key store in the desktop's keyring: Secret Service, KWallet, macOS Keychain, Windows."""

import base64
import binascii
import queue
import secrets
import threading
from collections.abc import Callable
from typing import TypeVar

from keyring.backend import KeyringBackend, get_all_keyring
from keyring.errors import KeyringError, PasswordDeleteError

from drm.errors import KeyStoreDamagedError, KeyStoreError, KeyStoreUnavailableError

T = TypeVar("T")

PROBE_TIMEOUT_S = 8.0
CALL_TIMEOUT_S = 60.0
"""Long enough for a person to unlock the keyring."""

_TRUSTED = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Plug-ins can be anything, down to a clear text file."""
_PROBE = "probe"


class KeyringKeyStore:
    """Secrets of one profile in a keyring.

    A keyring answers over D-Bus and may wait for a person, or for ever: every call runs in a
    thread of its own, and one that takes too long raises KeyStoreUnavailableError.
    """

    def __init__(
        self, backend: KeyringBackend, profile: str, *, timeout_s: float = CALL_TIMEOUT_S
    ) -> None:
        self._backend = backend
        self._service = f"segue/{profile}"
        self._timeout_s = timeout_s

    def load(self, name: str) -> bytes | None:
        """The secret, or None if there is none."""
        text = self._call(lambda: self._backend.get_password(self._service, name))
        if text is None:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise KeyStoreDamagedError(f"{name} in the keyring is not Segue's") from error

    def store(self, name: str, secret: bytes) -> None:
        """Keep a secret, in the place of an older one."""
        text = base64.b64encode(secret).decode()
        self._call(lambda: self._backend.set_password(self._service, name, text))

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens if there is none."""
        self._call(lambda: self._remove(name))

    def works(self) -> bool:
        """Whether a secret can be kept and had back."""
        sample = secrets.token_bytes(8)
        try:
            self.store(_PROBE, sample)
            kept = self.load(_PROBE) == sample
            self.remove(_PROBE)
        except KeyStoreError:
            return False
        return kept

    def _remove(self, name: str) -> None:
        if self._backend.get_password(self._service, name) is None:
            return
        try:
            self._backend.delete_password(self._service, name)
        except PasswordDeleteError:
            if self._backend.get_password(self._service, name) is not None:
                raise

    def _call(self, work: Callable[[], T]) -> T:
        return _within(self._timeout_s, work)


def find_keyring(profile: str) -> KeyringKeyStore | None:
    """The best keyring of this machine that works right now, or None."""
    try:
        backend = _within(PROBE_TIMEOUT_S, _best_backend)
    except KeyStoreUnavailableError:
        return None
    if backend is None:
        return None
    probe = KeyringKeyStore(backend, profile, timeout_s=PROBE_TIMEOUT_S)
    return KeyringKeyStore(backend, profile) if probe.works() else None


def _best_backend() -> KeyringBackend | None:
    trusted = [b for b in get_all_keyring() if type(b).__module__.startswith(_TRUSTED)]
    return max(trusted, key=lambda backend: float(backend.priority), default=None)


def _within(timeout_s: float, work: Callable[[], T]) -> T:
    """Do it in another thread. Raises KeyStoreUnavailableError if it fails or takes too long."""
    outcomes: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcomes.put((work(), None))
        except Exception as error:  # noqa: BLE001 - handed to the caller below
            outcomes.put((None, error))

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        result, error = outcomes.get(timeout=timeout_s)
    except queue.Empty:
        raise KeyStoreUnavailableError("the keyring does not answer") from None
    if error is not None:
        what = str(error) if isinstance(error, KeyringError) else type(error).__name__
        raise KeyStoreUnavailableError(f"the keyring refused: {what}") from error
    return result  # type: ignore[return-value]  # it is work's own result when there is no error
