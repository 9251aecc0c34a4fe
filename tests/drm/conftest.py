"""One issuer, one device, and licences between them."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from drm.format import licence

ISSUER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DEVICE = X25519PrivateKey.from_private_bytes(bytes(range(100, 132)))
DEFAULTS = {
    "id": "licence-1",
    "issuer": "issuer-1",
    "device_id": "device-1",
    "account_id": "account-1",
    "tier": "premium",
    "region": "DE",
    "kind": "stream",
    "max_kbps": 320,
    "issued_at": 1_000_000,
    "expires_at": 1_021_600,
}


@pytest.fixture(scope="session")
def issuer() -> Ed25519PrivateKey:
    return ISSUER


@pytest.fixture(scope="session")
def issuer_key(issuer) -> bytes:
    return issuer.public_key().public_bytes_raw()


@pytest.fixture(scope="session")
def device() -> X25519PrivateKey:
    return DEVICE


@pytest.fixture(scope="session")
def terms() -> Callable[..., licence.Terms]:
    return lambda **changed: licence.Terms(**{**DEFAULTS, **changed})


@pytest.fixture(scope="session")
def issued(issuer, device, terms) -> Callable[..., bytes]:
    """Issue a licence: `issued(rights, expires_at=...)`."""

    def issue(rights=None, **changed) -> bytes:
        if rights is None:
            rights = {"track-1": (bytes(32), {"rendition-1": bytes(range(32))})}
        return licence.issue(
            terms(**changed), rights, device.public_key().public_bytes_raw(), issuer
        )

    return issue
