"""What happens to devices and licences, as events. Their subject is the user's id."""

from typing import Any

import msgspec

from server_stub.kernel.events.types import EventType


class DeviceAdded(msgspec.Struct, frozen=True, kw_only=True):
    """A device was registered."""

    device_id: str
    name: str


class DeviceRevoked(msgspec.Struct, frozen=True, kw_only=True):
    """A device gets no more licences."""

    device_id: str


class LicenceGranted(msgspec.Struct, frozen=True, kw_only=True):
    """A device may play tracks."""

    device_id: str
    kind: str
    """stream or offline."""
    track_ids: tuple[str, ...]


DEVICE_ADDED = EventType("licensing.device-added", DeviceAdded)
DEVICE_REVOKED = EventType("licensing.device-revoked", DeviceRevoked)
LICENCE_GRANTED = EventType("licensing.licence-granted", LicenceGranted)

TYPES: tuple[EventType[Any], ...] = (DEVICE_ADDED, DEVICE_REVOKED, LICENCE_GRANTED)
