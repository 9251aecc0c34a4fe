"""A key store that forgets everything at the end of the process."""


class MemoryKeyStore:
    """Secrets in a dictionary: for tests and throw-away profiles."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}

    def load(self, name: str) -> bytes | None:
        """The secret, or None if there is none."""
        return self._secrets.get(name)

    def store(self, name: str, secret: bytes) -> None:
        """Keep a secret, in the place of an older one."""
        self._secrets[name] = bytes(secret)

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens if there is none."""
        self._secrets.pop(name, None)
