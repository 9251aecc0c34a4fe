"""Signed media addresses: short-lived paths that name a rendition, a device and an end."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol

from server_stub.api.errors import AddressExpiredError, AddressForgedError
from sync.wire.playback import Codec, MediaAddress

EXTENSIONS: dict[Codec, str] = {"aac": "m4a", "vorbis": "ogg"}
INDEX_EXTENSION = "idx"


class Clock(Protocol):
    """Wall time."""

    def now(self) -> float:
        """Unix time in seconds."""
        ...


@dataclass(frozen=True, slots=True)
class SignedAddress:
    """An address whose signature held."""

    rendition_id: str
    extension: str
    device_id: str
    pieces: int | None
    """How many pieces of a growing index; None for everything else."""


class AddressSigner:
    """Signs media paths with HMAC-SHA256 and checks what comes back, in constant time."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        if len(secret) < 32:
            raise ValueError("a signing secret has at least 32 bytes")
        self._hmac = hmac.new(secret, digestmod=hashlib.sha256)
        self._clock = clock

    def expiry(self, ttl_s: int) -> int:
        """When an address made now ends, in Unix seconds."""
        return int(self._clock.now()) + ttl_s

    def address(
        self,
        rendition_id: str,
        codec: Codec,
        device_id: str,
        *,
        expires_at: int,
        growing_pieces: int | None = None,
    ) -> MediaAddress:
        """The two paths of a rendition; a growing one names the index of its first pieces."""
        data = f"/media/{rendition_id}.{EXTENSIONS[codec]}"
        index = f"/media/{rendition_id}.{INDEX_EXTENSION}"
        pieces = "" if growing_pieces is None else str(growing_pieces)
        return MediaAddress(
            data=self._signed(data, device_id, str(expires_at), ""),
            index=self._signed(index, device_id, str(expires_at), pieces),
        )

    def check(self, path: str, query: bytes) -> SignedAddress:
        """What a signed path grants.

        Raises AddressForgedError or AddressExpiredError.
        """
        fields = dict(
            part.split("=", 1) for part in query.decode("latin-1").split("&") if "=" in part
        )
        device_id, expires_at = fields.get("d", ""), fields.get("e", "")
        pieces = fields.get("n", "")
        expected = self._signature(path, device_id, expires_at, pieces).encode()
        if not hmac.compare_digest(expected, fields.get("s", "").encode("latin-1")):
            raise AddressForgedError(
                "this address was not signed by this server", remedy="Ask for a new grant."
            )
        if self._clock.now() >= int(expires_at):
            raise AddressExpiredError("this address has expired", remedy="Ask for a new grant.")
        rendition_id, _, extension = path.removeprefix("/media/").partition(".")
        return SignedAddress(rendition_id, extension, device_id, int(pieces) if pieces else None)

    def _signed(self, path: str, device_id: str, expires_at: str, pieces: str) -> str:
        signature = self._signature(path, device_id, expires_at, pieces)
        growing = f"&n={pieces}" if pieces else ""
        return f"{path}?e={expires_at}&d={device_id}{growing}&s={signature}"

    def _signature(self, path: str, device_id: str, expires_at: str, pieces: str) -> str:
        mac = self._hmac.copy()
        mac.update(f"{path}\n{device_id}\n{expires_at}\n{pieces}".encode("latin-1", "replace"))
        return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()
