"""What licensing is about: devices, and what each tier may do."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from drm.format.licence import LicenceKind
from sync.wire.sessions import Tier

NAME_MAX = 80
KEY_BYTES = 32
_UNSHOWABLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class TierRules:
    """What a tier allows."""

    max_kbps: int
    offline: bool


@dataclass(frozen=True, slots=True)
class LicensingSettings:
    """What an operator may choose about licences."""

    stream_hours: int = 6
    offline_days: int = 30
    devices_per_user: int = 50
    free: TierRules = TierRules(max_kbps=160, offline=False)
    premium: TierRules = TierRules(max_kbps=320, offline=True)

    def rules(self, tier: Tier) -> TierRules:
        """What the tier allows."""
        return self.premium if tier == "premium" else self.free


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """A device of a user, known by its X25519 public key."""

    id: str
    user_id: str
    name: str
    public_key: bytes
    session_id: str
    """The sign-in that registered it last; empty if unknown."""
    created_at: int
    revoked_at: int | None = None


class LicenceOrder(TypedDict):
    """What a licence is to be issued for."""

    user_id: str
    tier: Tier
    region: str
    device_id: str
    kind: LicenceKind
    rights: Mapping[str, tuple[bytes, Mapping[str, bytes]]]
    """By track id: SHA-256 of the manifest's bytes, and content keys by rendition id."""


def shown_name(text: str) -> str:
    """A device's own name made safe to show: no controls, no direction marks, not long."""
    kept = "".join(c for c in text if unicodedata.category(c) not in _UNSHOWABLE)
    return " ".join(kept.split())[:NAME_MAX] or "unnamed"
