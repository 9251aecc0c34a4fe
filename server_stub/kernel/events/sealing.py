"""Personal data of events, sealed with a key of each subject: AES-256-GCM (NIST SP 800-38D).

A sealed `data` is 12 bytes of nonce and the ciphertext with its tag; type, subject and id are
authenticated with it. When the key of a subject is destroyed, nobody can read these events any
more, wherever copies of them lie: that is how an append-only log forgets somebody.
"""

import os
from collections.abc import Iterable, Mapping

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server_stub.kernel.events.envelope import Event
from server_stub.kernel.events.errors import EventDamagedError

KEY_BYTES = 32
_NONCE_BYTES = 12


def new_key() -> bytes:
    """A key for one subject."""
    return os.urandom(KEY_BYTES)


def seal(event: Event, key: bytes) -> Event:
    """The event with its data unreadable without the key."""
    data = seal_bytes(event.data, key, _bound_to(event))
    return msgspec.structs.replace(event, data=data, sealed=True)


def sealed_for(events: Iterable[Event], keys: Mapping[str, bytes]) -> list[Event]:
    """Events as a log keeps them: personal ones sealed, those of forgotten subjects left out."""
    kept = []
    for event in events:
        if not event.personal or event.sealed:
            kept.append(event)
        elif event.subject in keys:
            kept.append(seal(event, keys[event.subject]))
    return kept


def opened(event: Event, key: bytes) -> Event:
    """The event with readable data. Raises EventDamagedError."""
    data = open_bytes(event.data, key, _bound_to(event))
    return msgspec.structs.replace(event, data=data, sealed=False)


def seal_bytes(data: bytes, key: bytes, bound_to: bytes) -> bytes:
    """Data that only the key opens, and only together with what it is bound to."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, bound_to)


def open_bytes(data: bytes, key: bytes, bound_to: bytes) -> bytes:
    """What `seal_bytes` was given. Raises EventDamagedError."""
    try:
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise EventDamagedError("sealed data does not open with its subject's key") from error


def _bound_to(event: Event) -> bytes:
    return f"{event.type}\0{event.subject}\0{event.id}".encode()
