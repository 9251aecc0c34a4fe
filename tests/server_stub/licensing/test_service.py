import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from drm.errors import LicenceExpiredError, LicenceForeignError
from drm.format import licence
from drm.rights import DeviceKey, Rights
from server_stub.engines.memory.licensing import MemoryDevices
from server_stub.kernel.clock import ManualClock
from server_stub.licensing.errors import (
    DeviceInvalidError,
    DeviceNotFoundError,
    NotInTierError,
    TooManyDevicesError,
)
from server_stub.licensing.model import LicensingSettings
from server_stub.licensing.service import LicensingService
from sync.wire.ids import is_id
from sync.wire.sessions import DeviceRegistration

HOUR, DAY = 3600, 86_400
RIGHTS = {"track": (bytes(32), {"rendition": bytes(range(32))})}


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def licensing(clock):
    return LicensingService(
        MemoryDevices(),
        signing_key=Ed25519PrivateKey.generate(),
        clock=clock,
        settings=LicensingSettings(devices_per_user=2),
    )


@pytest.fixture
def key():
    return X25519PrivateKey.generate()


def registration(key, name="laptop"):
    return DeviceRegistration(name=name, public_key=key.public_key().public_bytes_raw())


@pytest.fixture
async def device(licensing, key):
    return await licensing.register_device("ada", registration(key), "session-1")


def asked(device, **changed):
    terms = {"user_id": "ada", "tier": "premium", "region": "DE", "device_id": device.id}
    return {**terms, "kind": "stream", "rights": RIGHTS, **changed}


async def test_a_licence_opens_on_its_device_and_no_other(licensing, clock, device, key):
    blob = await licensing.issue(**asked(device))
    rights = Rights(DeviceKey(device.id, key), await licensing.public_key(), clock.now)

    assert rights.admit(blob).device_id == device.id
    assert rights.content_key("track", "rendition") == bytes(range(32))
    thief = DeviceKey(device.id, X25519PrivateKey.generate())
    with pytest.raises(LicenceForeignError):
        Rights(thief, await licensing.public_key(), clock.now).admit(blob)
    clock.advance(6 * HOUR)
    with pytest.raises(LicenceExpiredError):
        rights.content_key("track", "rendition")


@pytest.mark.parametrize(
    ("tier", "kind", "kbps", "seconds"),
    [
        ("free", "stream", 160, 6 * HOUR),
        ("premium", "stream", 320, 6 * HOUR),
        ("premium", "offline", 320, 30 * DAY),
    ],
)
async def test_terms_follow_tier_and_kind(licensing, clock, device, tier, kind, kbps, seconds):
    blob = await licensing.issue(**asked(device, tier=tier, kind=kind))
    public_key = await licensing.public_key()
    read = licence.read(blob, public_key)

    assert (read.tier, read.kind, read.max_kbps, read.region) == (tier, kind, kbps, "DE")
    assert (read.account_id, read.issuer) == ("ada", licence.key_id(public_key))
    assert (read.issued_at, read.expires_at) == (int(clock.now()), int(clock.now()) + seconds)
    assert is_id(read.id)


async def test_downloads_are_not_free(licensing, device):
    with pytest.raises(NotInTierError):
        await licensing.issue(**asked(device, tier="free", kind="offline"))


async def test_only_own_devices_get_licences(licensing, device):
    for changed in ({"user_id": "bob"}, {"device_id": "none"}):
        with pytest.raises(DeviceNotFoundError):
            await licensing.issue(**asked(device, **changed))


async def test_a_revoked_device_gets_no_more_licences(licensing, device, key):
    with pytest.raises(DeviceNotFoundError):
        await licensing.revoke_device("bob", device.id)
    assert await licensing.revoke_device("ada", device.id) == "session-1"

    assert await licensing.devices("ada") == ()
    with pytest.raises(DeviceNotFoundError):
        await licensing.issue(**asked(device))
    with pytest.raises(DeviceNotFoundError):
        await licensing.revoke_device("ada", device.id)
    again = await licensing.register_device("ada", registration(key), "session-2")
    assert again.id != device.id


async def test_registering_again_is_the_same_device(licensing, device, key):
    again = await licensing.register_device("ada", registration(key, "new\x07 name"), "session-2")

    assert (again.id, again.name) == (device.id, "new name")
    assert await licensing.devices("ada") == (again,)
    assert await licensing.revoke_device("ada", device.id) == "session-2"


async def test_only_so_many_devices(licensing, device):
    await licensing.register_device("ada", registration(X25519PrivateKey.generate(), ""))
    with pytest.raises(TooManyDevicesError):
        await licensing.register_device("ada", registration(X25519PrivateKey.generate()))


@pytest.mark.parametrize("public_key", [b"", bytes(31), bytes(33), bytes(32), b"\1" + bytes(31)])
async def test_worthless_keys_are_refused(licensing, public_key):
    with pytest.raises(DeviceInvalidError):
        await licensing.register_device("ada", DeviceRegistration(name="x", public_key=public_key))
