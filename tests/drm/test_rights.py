import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from drm.errors import (
    DrmError,
    LicenceError,
    LicenceExpiredError,
    LicenceForeignError,
    LicenceTamperedError,
    ManifestTamperedError,
    NotLicensedError,
)
from drm.rights import DeviceKey, Rights

ISSUED, EXPIRES = 1_000_000, 1_021_600
MANIFEST = b'{"track_id":"track-1"}'
DIGEST = hashlib.sha256(MANIFEST).digest()
KEY = bytes(range(32))
RIGHT = {"track-1": (DIGEST, {"rendition-1": KEY})}


class Watch:
    """A clock that tests set."""

    def __init__(self, now: float = ISSUED) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def rights(device, issuer_key, watch):
    return Rights(DeviceKey("device-1", device), issuer_key, watch)


def test_an_admitted_licence_gives_keys_and_manifests(rights, issued):
    admitted = rights.admit(issued(RIGHT))

    assert admitted.tracks.keys() == {"track-1"}
    assert rights.content_key("track-1", "rendition-1") == KEY
    assert rights.manifest("track-1", MANIFEST) == MANIFEST
    assert rights.valid_until("track-1") == EXPIRES


def test_without_a_licence_there_is_nothing(rights, issued):
    rights.admit(issued(RIGHT))

    for refused in (
        lambda: rights.content_key("track-2", "rendition-1"),
        lambda: rights.content_key("track-1", "rendition-2"),
        lambda: rights.manifest("track-2", MANIFEST),
    ):
        with pytest.raises(NotLicensedError):
            refused()
    assert rights.valid_until("track-2") is None


@given(now=st.integers(ISSUED - 100, EXPIRES + 100) | st.floats(ISSUED - 1, EXPIRES + 1))
def test_a_licence_is_valid_up_to_its_last_second(device, issuer_key, issued, now):
    rights = Rights(DeviceKey("device-1", device), issuer_key, lambda: now)
    if now < EXPIRES:
        assert rights.admit(issued(RIGHT))
        assert rights.content_key("track-1", "rendition-1") == KEY
    else:
        with pytest.raises(LicenceExpiredError):
            rights.admit(issued(RIGHT))


def test_a_licence_ends_while_it_is_held(rights, watch, issued):
    rights.admit(issued(RIGHT))
    watch.now = EXPIRES - 1
    assert rights.content_key("track-1", "rendition-1") == KEY

    watch.now = EXPIRES
    with pytest.raises(LicenceExpiredError):
        rights.content_key("track-1", "rendition-1")
    with pytest.raises(LicenceExpiredError):
        rights.manifest("track-1", MANIFEST)


def test_a_renewed_licence_goes_on(rights, watch, issued):
    rights.admit(issued(RIGHT))
    watch.now = EXPIRES - 10
    rights.admit(issued(RIGHT, id="licence-2", issued_at=EXPIRES - 10, expires_at=EXPIRES + 100))
    watch.now = EXPIRES + 50

    assert rights.content_key("track-1", "rendition-1") == KEY
    rights.admit(issued(RIGHT, id="licence-3", issued_at=EXPIRES + 50, expires_at=EXPIRES + 200))
    assert rights.valid_until("track-1") == EXPIRES + 200


def test_the_clock_does_not_run_back_behind_the_issuer(rights, watch, issued):
    rights.admit(issued(RIGHT))
    rights.admit(
        issued({"track-2": (DIGEST, {})}, id="licence-2", issued_at=EXPIRES, expires_at=EXPIRES + 9)
    )
    watch.now = 0

    with pytest.raises(LicenceExpiredError):
        rights.content_key("track-1", "rendition-1")
    with pytest.raises(LicenceExpiredError):
        rights.admit(issued(RIGHT))


def test_a_growing_track_keeps_every_manifest_that_is_licensed(rights, issued):
    longer = b'{"track_id":"track-1","pieces":2}'
    rights.admit(issued(RIGHT))
    rights.admit(
        issued({"track-1": (hashlib.sha256(longer).digest(), {"rendition-1": KEY})}, id="licence-2")
    )

    assert rights.manifest("track-1", MANIFEST) == MANIFEST
    assert rights.manifest("track-1", longer) == longer


def test_the_same_licence_twice_is_one(rights, issued):
    blob = issued(RIGHT)

    assert rights.admit(blob).id == rights.admit(blob).id
    assert rights.content_key("track-1", "rendition-1") == KEY


@pytest.mark.parametrize("changed", [b"", MANIFEST + b" ", MANIFEST[:-1], b"{}"])
def test_a_changed_manifest_is_refused(rights, issued, changed):
    rights.admit(issued(RIGHT))

    with pytest.raises(ManifestTamperedError):
        rights.manifest("track-1", changed)


def test_a_licence_of_another_device_is_refused(device, issuer_key, watch, issued):
    other_name = Rights(DeviceKey("device-2", device), issuer_key, watch)
    other_key = Rights(DeviceKey("device-1", X25519PrivateKey.generate()), issuer_key, watch)

    for stranger in (other_name, other_key):
        with pytest.raises(LicenceForeignError):
            stranger.admit(issued(RIGHT))
        with pytest.raises(NotLicensedError):
            stranger.content_key("track-1", "rendition-1")


def test_a_licence_of_another_server_is_refused(device, watch, issued):
    elsewhere = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    with pytest.raises(LicenceTamperedError):
        Rights(DeviceKey("device-1", device), elsewhere, watch).admit(issued(RIGHT))


@given(st.data())
def test_no_tampering_is_admitted(device, issuer_key, issued, data):
    rights = Rights(DeviceKey("device-1", device), issuer_key, Watch())
    blob = bytearray(issued(RIGHT))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8

    with pytest.raises(LicenceError):
        rights.admit(bytes(blob))
    with pytest.raises(DrmError):
        rights.content_key("track-1", "rendition-1")


def test_secrets_do_not_show(device, rights, issued):
    rights.admit(issued(RIGHT))

    assert "X25519" not in repr(DeviceKey("device-1", device))
    assert KEY.hex() not in repr(vars(rights))
