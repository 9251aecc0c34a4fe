"""The envelope of a rendition: AES-256-CTR over the whole file, so that byte ranges stay valid.

Every rendition has a content key of its own, used for that file alone, so the counter starts
at zero. Integrity comes from the signed chain licence, manifest, index, piece digest; the cipher
by itself gives none.
"""

import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES = 32
_BLOCK = 16


def new_content_key() -> bytes:
    """A fresh random content key for one rendition."""
    return secrets.token_bytes(KEY_BYTES)


def apply(key: bytes, offset: int, data: bytes) -> bytes:
    """Encrypt or decrypt the bytes of a file from `offset` on (CTR is its own inverse).

    Raises ValueError if the key has not 32 bytes or the offset is negative.
    """
    if offset < 0:
        raise ValueError("an offset in a file is not negative")
    block, skip = divmod(offset, _BLOCK)
    encryptor = Cipher(algorithms.AES256(key), modes.CTR(block.to_bytes(_BLOCK, "big"))).encryptor()
    if skip:
        encryptor.update(bytes(skip))
    return encryptor.update(data)
