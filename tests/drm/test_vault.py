import pytest

from drm.adapters.keystore_memory import MemoryKeyStore
from drm.errors import KeyStoreDamagedError
from drm.vault import Vault


def test_the_device_key_is_made_once():
    store = MemoryKeyStore()
    first = Vault(store).device_key()

    assert Vault(store).device_key().private_bytes_raw() == first.private_bytes_raw()
    assert Vault(MemoryKeyStore()).device_key().private_bytes_raw() != first.private_bytes_raw()


def test_a_renewed_device_key_replaces_the_old_one():
    vault = Vault(MemoryKeyStore())
    old = vault.device_key()
    new = vault.renew_device_key()

    assert old.private_bytes_raw() != new.private_bytes_raw()
    assert vault.device_key().private_bytes_raw() == new.private_bytes_raw()


def test_a_damaged_device_key_is_not_replaced():
    store = MemoryKeyStore()
    store.store("device-key", b"short")

    with pytest.raises(KeyStoreDamagedError):
        Vault(store).device_key()
    assert store.load("device-key") == b"short"


def test_secrets_are_kept_apart_from_the_device_key():
    vault = Vault(MemoryKeyStore())
    key = vault.device_key().private_bytes_raw()

    assert vault.secret("device-key") is None
    vault.keep("device-key", b"a token")
    assert vault.secret("device-key") == b"a token"
    vault.forget("device-key")
    assert vault.secret("device-key") is None
    assert vault.device_key().private_bytes_raw() == key
