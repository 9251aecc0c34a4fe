"""What licensing refuses."""

from server_stub.kernel.errors import InvalidError, Kind, NotFoundError, SegueError


class LicensingError(SegueError):
    """Base of this context's refusals that no kernel error fits."""


class DeviceInvalidError(InvalidError):
    """The device's key is not a usable X25519 key."""

    code = "invalid-device"


class DeviceNotFoundError(NotFoundError):
    """The user has no such device (or not any more)."""

    code = "device-not-found"


class TooManyDevicesError(LicensingError):
    """The user has as many devices as may be."""

    kind = Kind.CONFLICT
    code = "too-many-devices"


class NotInTierError(LicensingError):
    """The user's tier does not allow it."""

    kind = Kind.FORBIDDEN
    code = "not-in-tier"
