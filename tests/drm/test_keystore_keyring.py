import threading

import keyring.backend
import keyring.errors
import pytest

from drm.adapters import keystore_keyring
from drm.adapters.keystore_choice import open_keystore
from drm.adapters.keystore_file import FileKeyStore
from drm.adapters.keystore_keyring import KeyringKeyStore
from drm.errors import KeyStoreDamagedError, KeyStoreUnavailableError


class Ring(keyring.backend.KeyringBackend):
    """A keyring that can be locked, silent or forgetful."""

    priority = 0

    def __init__(self, *, error=None, silent=None, forgetful=False) -> None:
        super().__init__()
        self.error, self.silent, self.forgetful = error, silent, forgetful
        self.passwords: dict[str, str] = {}

    def get_password(self, service, username):
        self._answer()
        return self.passwords.get(username)

    def set_password(self, service, username, password):
        self._answer()
        if not self.forgetful:
            self.passwords[username] = password

    def delete_password(self, service, username):
        if username == "stuck":
            raise keyring.errors.PasswordDeleteError("no")
        del self.passwords[username]

    def _answer(self) -> None:
        if self.error:
            raise self.error
        if self.silent:
            self.silent.wait()


@pytest.mark.parametrize(
    "error", [keyring.errors.KeyringLocked("locked"), RuntimeError("no bus"), OSError("gone")]
)
def test_a_keyring_that_refuses_is_unavailable(error):
    with pytest.raises(KeyStoreUnavailableError):
        KeyringKeyStore(Ring(error=error), "profile").load("token")


def test_a_keyring_that_never_answers_is_unavailable():
    answer_now = threading.Event()
    with pytest.raises(KeyStoreUnavailableError):
        KeyringKeyStore(Ring(silent=answer_now), "profile", timeout_s=0.01).load("token")
    answer_now.set()


def test_a_strange_entry_is_damage():
    ring = Ring()
    ring.passwords["token"] = "not base64!"

    with pytest.raises(KeyStoreDamagedError):
        KeyringKeyStore(ring, "profile").load("token")


def test_an_entry_that_cannot_be_removed_is_an_error():
    store = KeyringKeyStore(Ring(), "profile")
    store.store("stuck", b"x")

    with pytest.raises(KeyStoreUnavailableError):
        store.remove("stuck")


def test_a_keyring_works_only_if_it_gives_back_what_it_was_given():
    assert KeyringKeyStore(Ring(), "profile").works()
    assert not KeyringKeyStore(Ring(forgetful=True), "profile").works()
    assert not KeyringKeyStore(Ring(error=OSError("gone")), "profile").works()


@pytest.fixture
def machine(monkeypatch):
    """Decides which keyring this machine has."""

    def has(backend) -> None:
        monkeypatch.setattr(keystore_keyring, "get_all_keyring", lambda: [backend])
        monkeypatch.setattr(keystore_keyring, "_TRUSTED", (Ring.__module__,))

    return has


def test_a_working_keyring_is_chosen_and_stays_chosen(machine, tmp_path):
    ring = Ring()
    machine(ring)
    open_keystore(tmp_path, profile="p").store("token", b"kept")
    assert open_keystore(tmp_path, profile="p").load("token") == b"kept"

    ring.error = keyring.errors.KeyringLocked("locked")
    with pytest.raises(KeyStoreUnavailableError):
        open_keystore(tmp_path, profile="p")
    assert isinstance(open_keystore(tmp_path, profile="p", preference="file"), FileKeyStore)


def test_without_a_keyring_the_file_is_chosen_and_stays_chosen(machine, tmp_path):
    ring = Ring(error=OSError("no bus"))
    machine(ring)
    open_keystore(tmp_path, profile="p").store("token", b"kept")

    ring.error = None
    assert open_keystore(tmp_path, profile="p").load("token") == b"kept"


def test_keyrings_that_are_only_files_do_not_count(monkeypatch, tmp_path):
    monkeypatch.setattr(keystore_keyring, "get_all_keyring", lambda: [Ring()])

    assert isinstance(open_keystore(tmp_path, profile="p"), FileKeyStore)


def test_a_keyring_that_must_be_there_is_not_replaced(machine, tmp_path):
    machine(Ring(error=OSError("no bus")))

    with pytest.raises(KeyStoreUnavailableError):
        open_keystore(tmp_path, profile="p", preference="keyring")


def test_looking_for_keyrings_may_fail(monkeypatch, tmp_path):
    def fails() -> list[keyring.backend.KeyringBackend]:
        raise RuntimeError("a plug-in is broken")

    monkeypatch.setattr(keystore_keyring, "get_all_keyring", fails)

    assert isinstance(open_keystore(tmp_path, profile="p"), FileKeyStore)


def test_a_passphrase_means_the_file(machine, tmp_path):
    machine(Ring())

    assert isinstance(open_keystore(tmp_path, profile="p", passphrase="x"), FileKeyStore)
