"""Signing in: the device flow of RFC 8628, tokens, devices and who is signed in."""

from typing import Literal

import msgspec

Tier = Literal["free", "premium"]


class DeviceAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `POST /v1/oauth/device_authorization` (RFC 8628 §3.2)."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `POST /v1/oauth/token`: a short access token and a rotating refresh token."""

    access_token: str
    expires_in: int
    refresh_token: str | None = None
    token_type: str = "Bearer"


class OAuthError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 6749 §5.2 and RFC 8628 §3.5 errors of the two OAuth routes."""

    error: str
    error_description: str = ""


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in. `licence_key` is the server's Ed25519 public key, which signs licences."""

    user_id: str
    name: str
    tier: Tier
    region: str
    licence_key: bytes


class DeviceRegistration(msgspec.Struct, frozen=True, kw_only=True):
    """Body of `POST /v1/devices`: `public_key` is the device's X25519 key (32 bytes)."""

    name: str
    public_key: bytes


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A registered device."""

    id: str
    name: str
    created_at: int
