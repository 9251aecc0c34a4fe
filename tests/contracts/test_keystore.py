"""What every key store promises."""

import keyring.backend
import pytest

from drm.adapters.keystore_file import FileKeyStore
from drm.adapters.keystore_keyring import KeyringKeyStore
from drm.adapters.keystore_memory import MemoryKeyStore
from drm.vault import Vault


class DictionaryKeyring(keyring.backend.KeyringBackend):
    """The smallest keyring there can be."""

    priority = 0

    def __init__(self) -> None:
        super().__init__()
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service, username):
        return self.passwords.get((service, username))

    def set_password(self, service, username, password):
        self.passwords[service, username] = password

    def delete_password(self, service, username):
        del self.passwords[service, username]


@pytest.fixture(params=["memory", "file", "file with passphrase", "keyring"])
def reopen(request, tmp_path):
    """Opens the same store again and again."""
    if request.param == "memory":
        memory = MemoryKeyStore()
        return lambda: memory
    if request.param == "keyring":
        backend = DictionaryKeyring()
        return lambda: KeyringKeyStore(backend, "profile")
    passphrase = "correct horse" if "passphrase" in request.param else None
    return lambda: FileKeyStore(tmp_path, passphrase=passphrase)


def test_what_is_kept_comes_back(reopen):
    every_byte = bytes(range(256))
    reopen().store("token", every_byte)

    assert reopen().load("token") == every_byte


def test_nothing_is_there_at_first(reopen):
    assert reopen().load("token") is None


def test_a_later_secret_replaces_an_earlier_one(reopen):
    store = reopen()
    store.store("token", b"one")
    store.store("other", b"kept")
    store.store("token", b"")

    assert reopen().load("token") == b""
    assert reopen().load("other") == b"kept"


def test_removing_forgets_one_and_only_one(reopen):
    store = reopen()
    store.store("token", b"one")
    store.store("other", b"kept")
    store.remove("token")
    store.remove("token")

    assert reopen().load("token") is None
    assert reopen().load("other") == b"kept"


def test_a_vault_finds_its_device_key_again(reopen):
    key = Vault(reopen()).device_key()

    assert Vault(reopen()).device_key().private_bytes_raw() == key.private_bytes_raw()
