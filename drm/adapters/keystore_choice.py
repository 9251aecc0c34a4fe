"""Which key store a profile uses: chosen at its first start and kept, so that no key gets lost."""

from pathlib import Path
from typing import Literal

from drm.adapters.keystore_file import FILE_NAME, FileKeyStore
from drm.errors import KeyStoreUnavailableError
from drm.ports import KeyStore

Preference = Literal["auto", "keyring", "file"]
_CHOICE_NAME = "keystore"


def open_keystore(
    folder: Path, *, profile: str, passphrase: str | None = None, preference: Preference = "auto"
) -> KeyStore:
    """The key store of the profile whose secrets folder this is. May take seconds: keyrings do.

    `profile` names it in the keyring, differently for each SEGUE_HOME. A passphrase always means
    the file. Raises KeyStoreUnavailableError if the keyring was chosen and does not work now.
    """
    if passphrase is not None or preference == "file" or (folder / FILE_NAME).exists():
        return FileKeyStore(folder, passphrase=passphrase)
    # Imported here: keyring takes longer to load than the rest, and the file does not need it.
    from drm.adapters.keystore_keyring import find_keyring

    found = find_keyring(profile)
    chosen_before = (folder / _CHOICE_NAME).exists()
    if found is not None:
        if not chosen_before:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / _CHOICE_NAME).write_text("keyring\n")
        return found
    if chosen_before or preference == "keyring":
        raise KeyStoreUnavailableError(
            "the keyring that holds this profile's keys does not answer: unlock it, or sign in "
            "again with the keys in a file (SEGUE_KEYSTORE=file)"
        )
    return FileKeyStore(folder)
