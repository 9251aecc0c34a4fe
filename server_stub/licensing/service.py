"""What people can do with devices, and how licences are issued to them."""

from typing import Unpack

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from drm.format import licence
from drm.format.licence import LicenceKind, Terms
from server_stub.kernel.clock import Clock
from server_stub.kernel.events.telling import Tell, tell_nobody
from server_stub.kernel.events.types import Occasion
from server_stub.licensing.errors import (
    DeviceInvalidError,
    DeviceNotFoundError,
    NotInTierError,
    TooManyDevicesError,
)
from server_stub.licensing.events import (
    DEVICE_ADDED,
    DEVICE_REVOKED,
    LICENCE_GRANTED,
    DeviceAdded,
    DeviceRevoked,
    LicenceGranted,
)
from server_stub.licensing.model import (
    KEY_BYTES,
    LicenceOrder,
    LicensingSettings,
    RegisteredDevice,
    shown_name,
)
from server_stub.licensing.ports import Devices
from sync.wire.ids import new_id
from sync.wire.sessions import Device, DeviceRegistration

_HOUR_S = 3600
_DAY_S = 86_400


class LicensingService:
    """Devices and licences."""

    def __init__(
        self,
        devices: Devices,
        *,
        signing_key: Ed25519PrivateKey,
        clock: Clock,
        settings: LicensingSettings | None = None,
        tell: Tell = tell_nobody,
    ) -> None:
        self._devices = devices
        self._tell = tell
        self._signing_key = signing_key
        self._public_key = signing_key.public_key().public_bytes_raw()
        self._issuer = licence.key_id(self._public_key)
        self._clock = clock
        self._settings = settings or LicensingSettings()

    async def public_key(self) -> bytes:
        """The Ed25519 key that verifies licences (32 bytes)."""
        return self._public_key

    async def register_device(
        self, user_id: str, registration: DeviceRegistration, session_id: str = ""
    ) -> Device:
        """Register a device; the same key again gives the same device.

        Raises DeviceInvalidError or TooManyDevicesError.
        """
        _check_key(registration.public_key)
        device = RegisteredDevice(
            id=new_id(),
            user_id=user_id,
            name=shown_name(registration.name),
            public_key=registration.public_key,
            session_id=session_id,
            created_at=int(self._clock.now()),
        )
        limit = self._settings.devices_per_user
        added = DeviceAdded(device_id=device.id, name=device.name)
        registered = await self._devices.register(
            device, limit, [DEVICE_ADDED.event(self._occasion(user_id), added)]
        )
        if registered is None:
            raise TooManyDevicesError(
                f"there are {limit} devices already", remedy="Remove one you no longer use."
            )
        return _on_the_wire(registered)

    async def devices(self, user_id: str) -> tuple[Device, ...]:
        """The user's devices, oldest first."""
        return tuple(_on_the_wire(device) for device in await self._devices.of_user(user_id))

    async def revoke_device(self, user_id: str, device_id: str) -> str:
        """Issue no more licences to a device.

        Returns the session that registered it (or ""), which should end too. Raises
        DeviceNotFoundError.
        """
        device = await self._own(user_id, device_id)
        revoked = DEVICE_REVOKED.event(self._occasion(user_id), DeviceRevoked(device_id=device.id))
        await self._devices.revoke(device.id, int(self._clock.now()), [revoked])
        return device.session_id

    async def forget(self, user_id: str) -> None:
        """Erase a user's devices."""
        await self._devices.forget(user_id)

    async def issue(self, **order: Unpack[LicenceOrder]) -> bytes:
        """A signed licence. The caller puts in only the rights that the tier may hear.

        Raises DeviceNotFoundError or NotInTierError.
        """
        device = await self._own(order["user_id"], order["device_id"])
        tier, kind = order["tier"], order["kind"]
        rules = self._settings.rules(tier)
        if kind == "offline" and not rules.offline:
            raise NotInTierError(
                f"downloads are not part of the {tier} tier",
                remedy="Listen while connected, or change the tier.",
            )
        now = int(self._clock.now())
        terms = Terms(
            id=new_id(),
            issuer=self._issuer,
            device_id=device.id,
            account_id=device.user_id,
            tier=tier,
            region=order["region"],
            kind=kind,
            max_kbps=rules.max_kbps,
            issued_at=now,
            expires_at=now + self._lifetime_s(kind),
        )
        issued = licence.issue(terms, order["rights"], device.public_key, self._signing_key)
        granted = LicenceGranted(device_id=device.id, kind=kind, track_ids=tuple(order["rights"]))
        self._tell([LICENCE_GRANTED.event(self._occasion(device.user_id), granted)])
        return issued

    def _occasion(self, user_id: str) -> Occasion:
        return Occasion(user_id, round(self._clock.now() * 1000))

    def _lifetime_s(self, kind: LicenceKind) -> int:
        if kind == "offline":
            return self._settings.offline_days * _DAY_S
        return self._settings.stream_hours * _HOUR_S

    async def _own(self, user_id: str, device_id: str) -> RegisteredDevice:
        """The user's unrevoked device. Another user's looks like none at all."""
        device = await self._devices.by_id(device_id)
        if device is None or device.user_id != user_id or device.revoked_at is not None:
            raise DeviceNotFoundError(
                "this device is not registered", remedy="Sign in again on the device."
            )
        return device


def _check_key(public_key: bytes) -> None:
    """Refuse what is not a key, and keys with which every secret would be zero."""
    try:
        if len(public_key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(public_key))
    except ValueError as error:
        raise DeviceInvalidError("the device's public key is not an X25519 key") from error


def _on_the_wire(device: RegisteredDevice) -> Device:
    return Device(id=device.id, name=device.name, created_at=device.created_at)
