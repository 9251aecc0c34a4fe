"""What this package needs from outside."""

from typing import Protocol


class KeyStore(Protocol):
    """Keeps small secrets by name. Calls may block; any of them may raise KeyStoreError."""

    def load(self, name: str) -> bytes | None:
        """The secret, or None if there is none."""
        ...

    def store(self, name: str, secret: bytes) -> None:
        """Keep a secret, in the place of an older one."""
        ...

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens if there is none."""
        ...
