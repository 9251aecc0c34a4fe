"""The rights of this device: which keys and manifests may be used right now."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from drm.errors import (
    LicenceExpiredError,
    LicenceForeignError,
    ManifestTamperedError,
    NotLicensedError,
)
from drm.format.licence import Licence, read


@dataclass(frozen=True, slots=True, repr=False)
class DeviceKey:
    """This device as the server knows it: its id and its private key."""

    device_id: str
    private_key: X25519PrivateKey


@dataclass(frozen=True, slots=True, repr=False)
class _Admitted:
    licence: Licence
    keys: dict[str, bytes]


class Rights:
    """Holds the licences admitted so far and answers from those that are valid now.

    Time never runs back behind the moment the newest admitted licence was issued.
    """

    def __init__(
        self,
        device: DeviceKey,
        issuer_public_key: bytes,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._device = device
        self._issuer_public_key = issuer_public_key
        self._clock = clock
        self._floor = 0
        self._by_track: dict[str, list[_Admitted]] = {}

    def admit(self, blob: bytes) -> Licence:
        """Check a licence and use it from now on.

        Raises LicenceMalformedError, LicenceVersionError, LicenceTamperedError,
        LicenceForeignError or LicenceExpiredError; then nothing has changed.
        """
        licence = read(blob, self._issuer_public_key)
        if licence.device_id != self._device.device_id:
            raise LicenceForeignError("the licence was made for another device")
        now = max(self._now(), licence.issued_at)
        if now >= licence.expires_at:
            raise _expired(licence)
        admitted = _Admitted(licence, licence.unseal(self._device.private_key))
        self._floor = max(self._floor, licence.issued_at)
        for track_id in licence.tracks:
            others = [
                other
                for other in self._by_track.get(track_id, ())
                if now < other.licence.expires_at and other.licence.id != licence.id
            ]
            self._by_track[track_id] = [*others, admitted]
        return licence

    def content_key(self, track_id: str, rendition_id: str) -> bytes:
        """The key of a rendition. Raises NotLicensedError or LicenceExpiredError."""
        for admitted in self._valid(track_id):
            if rendition_id in admitted.licence.tracks[track_id].keys:
                return admitted.keys[rendition_id]
        raise NotLicensedError("no licence of this device names this rendition")

    def manifest(self, track_id: str, data: bytes) -> bytes:
        """The same bytes, if a valid licence names them.

        Raises ManifestTamperedError, NotLicensedError or LicenceExpiredError.
        """
        digest = hashlib.sha256(data).digest()
        for admitted in self._valid(track_id):
            if hmac.compare_digest(admitted.licence.tracks[track_id].manifest_sha256, digest):
                return data
        raise ManifestTamperedError("the manifest is not the one the licence names")

    def valid_until(self, track_id: str) -> int | None:
        """When the last licence of a track ends (Unix seconds), None if there never was one."""
        return max((a.licence.expires_at for a in self._by_track.get(track_id, ())), default=None)

    def _now(self) -> float:
        return max(self._clock(), self._floor)

    def _valid(self, track_id: str) -> Iterator[_Admitted]:
        """Licences of a track that are valid now, newest first."""
        known = self._by_track.get(track_id)
        if not known:
            raise NotLicensedError("no licence of this device names this track")
        now = self._now()
        valid = [admitted for admitted in known if now < admitted.licence.expires_at]
        if not valid:
            raise _expired(known[-1].licence)
        return reversed(valid)


def _expired(licence: Licence) -> LicenceExpiredError:
    return LicenceExpiredError(
        f"the licence ended at {licence.expires_at} (Unix time); "
        "ask for a new one, and check this machine's clock if it is new"
    )
