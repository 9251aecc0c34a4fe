"""The vault: this device's own key and the secrets that belong to its session."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from drm.errors import KeyStoreDamagedError
from drm.ports import KeyStore

_DEVICE_KEY = "device-key"
_SECRET_PREFIX = "secret/"
_KEY_BYTES = 32


class Vault:
    """Secrets of one profile, in whatever key store this machine has."""

    def __init__(self, keystore: KeyStore) -> None:
        self._keystore = keystore

    def device_key(self) -> X25519PrivateKey:
        """This device's private key, made the first time it is asked for.

        Raises KeyStoreError; a damaged key is never replaced by a new one silently.
        """
        stored = self._keystore.load(_DEVICE_KEY)
        if stored is None:
            return self.renew_device_key()
        if len(stored) != _KEY_BYTES:
            raise KeyStoreDamagedError("the device key in the key store is not a key")
        return X25519PrivateKey.from_private_bytes(stored)

    def renew_device_key(self) -> X25519PrivateKey:
        """A new key for this device: licences for the old one open no more."""
        key = X25519PrivateKey.generate()
        self._keystore.store(_DEVICE_KEY, key.private_bytes_raw())
        return key

    def secret(self, name: str) -> bytes | None:
        """A secret kept earlier, or None."""
        return self._keystore.load(_SECRET_PREFIX + name)

    def keep(self, name: str, secret: bytes) -> None:
        """Keep a secret, in the place of an older one of that name."""
        self._keystore.store(_SECRET_PREFIX + name, secret)

    def forget(self, name: str) -> None:
        """Forget a secret."""
        self._keystore.remove(_SECRET_PREFIX + name)
