import shutil
import stat

import pytest

from drm.adapters.keystore_file import FILE_NAME, SALT_NAME, FileKeyStore
from drm.errors import KeyStoreDamagedError, KeyStoreLockedError, KeyStoreUnavailableError


@pytest.fixture
def kept(tmp_path):
    FileKeyStore(tmp_path / "vault").store("token", b"a very secret token")
    return tmp_path / "vault"


def test_only_the_owner_can_read_the_files(kept):
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    for path in kept.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_secret_does_not_stand_in_any_file(kept):
    assert all(b"secret token" not in path.read_bytes() for path in kept.iterdir())


def test_a_copied_file_opens_on_no_other_machine(kept):
    with pytest.raises(KeyStoreDamagedError):
        FileKeyStore(kept, machine_id=b"another machine").load("token")


def test_a_copied_file_does_not_open_without_its_salt(kept, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(kept / FILE_NAME, elsewhere)

    with pytest.raises(KeyStoreDamagedError):
        FileKeyStore(elsewhere).load("token")
    with pytest.raises(KeyStoreDamagedError):
        FileKeyStore(elsewhere).store("token", b"new")


def test_a_passphrase_is_needed_wherever_the_file_is(tmp_path):
    FileKeyStore(tmp_path, passphrase="right").store("token", b"kept")

    with pytest.raises(KeyStoreLockedError):
        FileKeyStore(tmp_path).load("token")
    with pytest.raises(KeyStoreDamagedError):
        FileKeyStore(tmp_path, passphrase="wrong").load("token")
    assert FileKeyStore(tmp_path, passphrase="right", machine_id=b"x").load("token") == b"kept"


def test_a_passphrase_can_be_added_later(kept):
    FileKeyStore(kept, passphrase="right").store("more", b"x")

    assert FileKeyStore(kept, passphrase="right").load("token") == b"a very secret token"
    with pytest.raises(KeyStoreLockedError):
        FileKeyStore(kept).load("token")


def test_no_flipped_bit_goes_unseen(kept):
    path = kept / FILE_NAME
    data = path.read_bytes()
    store = FileKeyStore(kept)
    for at in range(len(data)):
        if at in (4, 5):  # mode and cost: another key is derived, which takes its time
            continue
        path.write_bytes(data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
        with pytest.raises(KeyStoreDamagedError):
            store.load("token")


@pytest.mark.parametrize("head", [b"", b"SGV1", b"SGV1\x02\x0e", b"SGV1\x00\x00", b"SGV1\x00\xff"])
def test_other_files_are_not_key_files(kept, head):
    (kept / FILE_NAME).write_bytes(head + bytes(40 if len(head) == 6 else 0))

    with pytest.raises(KeyStoreDamagedError):
        FileKeyStore(kept).load("token")


def test_a_damaged_file_is_not_overwritten(kept):
    (kept / FILE_NAME).write_bytes(b"rubbish")

    with pytest.raises(KeyStoreDamagedError):
        FileKeyStore(kept).store("token", b"new")
    assert (kept / FILE_NAME).read_bytes() == b"rubbish"


def test_what_an_interrupted_write_left_is_no_hindrance(kept):
    (kept / (FILE_NAME + ".part")).write_bytes(b"half")
    FileKeyStore(kept).store("token", b"new")

    assert FileKeyStore(kept).load("token") == b"new"


def test_a_folder_that_cannot_be_used_is_a_keystore_error(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(KeyStoreUnavailableError):
        FileKeyStore(tmp_path / "file").load("token")


def test_the_salt_is_random(tmp_path):
    for name in "ab":
        FileKeyStore(tmp_path / name).store("token", b"x")

    assert (tmp_path / "a" / SALT_NAME).read_bytes() != (tmp_path / "b" / SALT_NAME).read_bytes()
