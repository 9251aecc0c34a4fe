"""The licence: a signed statement of what one device may play, and the keys for it.

Layout: magic `SGL1`, an Ed25519 signature (64 bytes), the payload. The signature covers a domain
string and the payload as sent; the payload is MessagePack in one canonical form (arrays in field
order, sorted maps), and a reader refuses any other form.

Keys: a fresh wrapping key is sealed once to the device's X25519 key with HPKE (RFC 9180 base mode,
DHKEM X25519, HKDF-SHA256, AES-256-GCM), its context being every term of the licence. Each content
key is wrapped with AES-256-GCM under that wrapping key; nonces count through the sorted rendition
ids, and the associated data names licence, track and rendition. So one licence costs one
public-key operation on each side, whatever the number of tracks.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from drm.errors import (
    LicenceForeignError,
    LicenceMalformedError,
    LicenceTamperedError,
    LicenceVersionError,
)
from drm.format.envelope import KEY_BYTES

MAGIC = b"SGL1"
MAX_BYTES = 4 << 20
"""Longer blobs are refused before they are looked at: about five thousand tracks."""

LicenceKind = Literal["stream", "offline"]
Rights = Mapping[str, tuple[bytes, Mapping[str, bytes]]]
"""By track id: SHA-256 of the manifest's bytes, and content keys by rendition id."""

_SIGNATURE_BYTES = 64
_HEAD_BYTES = len(MAGIC) + _SIGNATURE_BYTES
_SIGNATURE_DOMAIN = b"segue/licence/1/signature\0"
_SEAL_DOMAIN = b"segue/licence/1/wrapping-key\0"
_WRAP_DOMAIN = "segue/licence/1/content-key"
_SEALED_BYTES = 32 + KEY_BYTES + 16
_WRAPPED_BYTES = KEY_BYTES + 16
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
_Digest = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
_Wrapped = Annotated[bytes, msgspec.Meta(min_length=_WRAPPED_BYTES, max_length=_WRAPPED_BYTES)]


class Terms(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """Who may do what until when. Times are Unix seconds; `expires_at` is the first one outside."""

    id: _Text
    issuer: _Text
    device_id: _Text
    account_id: _Text
    tier: _Text
    region: _Text
    kind: LicenceKind
    max_kbps: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    issued_at: _Seconds
    expires_at: _Seconds


class TrackRight(msgspec.Struct, frozen=True, array_like=True):
    """The right to one track: the manifest that counts and the wrapped keys by rendition id."""

    manifest_sha256: _Digest
    keys: dict[_Text, _Wrapped]


class Licence(Terms, frozen=True, array_like=True, kw_only=True):
    """A licence whose signature has been checked."""

    device_key: _Digest
    """The X25519 public key the wrapping key is sealed to."""
    wrapping_key: Annotated[bytes, msgspec.Meta(min_length=_SEALED_BYTES, max_length=_SEALED_BYTES)]
    tracks: dict[_Text, TrackRight]

    def unseal(self, device_private_key: X25519PrivateKey) -> dict[str, bytes]:
        """Content keys by rendition id.

        Raises LicenceForeignError if the key is not the device's the licence was made for.
        """
        if device_private_key.public_key().public_bytes_raw() != self.device_key:
            raise LicenceForeignError("the licence was made for another device")
        try:
            wrapping_key = _SUITE.decrypt(
                self.wrapping_key, device_private_key, info=_seal_context(self)
            )
            cipher = AESGCM(wrapping_key)
            return {
                rendition_id: cipher.decrypt(
                    nonce, self.tracks[track_id].keys[rendition_id], bound_to
                )
                for track_id, rendition_id, nonce, bound_to in _slots(self.id, self.tracks)
            }
        except (InvalidTag, ValueError) as error:
            raise LicenceMalformedError("the keys in the licence do not open") from error


class _Unwrapped(msgspec.Struct, frozen=True):
    """A track's content keys before they are wrapped."""

    keys: Mapping[str, bytes]


def issue(
    terms: Terms, rights: Rights, device_public_key: bytes, signing_key: Ed25519PrivateKey
) -> bytes:
    """Write a licence.

    Raises ValueError if a key or digest has another length, a term breaks its bounds, the licence
    would end before it begins, or a rendition stands under two tracks.
    """
    wrapping_key = secrets.token_bytes(KEY_BYTES)
    licence = Licence(
        **msgspec.structs.asdict(terms),
        device_key=device_public_key,
        wrapping_key=_SUITE.encrypt(
            wrapping_key,
            X25519PublicKey.from_public_bytes(device_public_key),
            info=_seal_context(terms),
        ),
        tracks=_wrap(terms.id, rights, AESGCM(wrapping_key)),
    )
    payload = _encode(licence)
    _check(payload)
    return MAGIC + signing_key.sign(_SIGNATURE_DOMAIN + payload) + payload


def read(blob: bytes, issuer_public_key: bytes) -> Licence:
    """Verify and read a licence; time and device are checked by who uses it.

    Raises LicenceMalformedError, LicenceVersionError or LicenceTamperedError; ValueError only if
    the issuer's key is not a key.
    """
    if not _HEAD_BYTES < len(blob) <= MAX_BYTES or blob[:3] != MAGIC[:3]:
        raise LicenceMalformedError("these bytes are not a licence")
    if blob[:4] != MAGIC:
        raise LicenceVersionError("the licence has a format this program does not know")
    payload = blob[_HEAD_BYTES:]
    issuer = Ed25519PublicKey.from_public_bytes(issuer_public_key)
    try:
        issuer.verify(blob[len(MAGIC) : _HEAD_BYTES], _SIGNATURE_DOMAIN + payload)
    except InvalidSignature as error:
        raise LicenceTamperedError("the licence does not carry its issuer's signature") from error
    try:
        return _check(payload)
    except ValueError as error:
        raise LicenceMalformedError(f"the licence's content is not valid: {error}") from error


def key_id(public_key: bytes) -> str:
    """The short name of a signing or device key: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def _encode(value: object) -> bytes:
    return msgspec.msgpack.encode(value, order="deterministic")


def _check(payload: bytes) -> Licence:
    """Decode a payload. Raises ValueError unless it is canonical and makes sense."""
    licence = msgspec.msgpack.decode(payload, type=Licence)
    if _encode(licence) != payload:
        raise ValueError("not in canonical form")
    if licence.expires_at <= licence.issued_at:
        raise ValueError("ends before it begins")
    _slots(licence.id, licence.tracks)
    return licence


def _seal_context(terms: Terms) -> bytes:
    """The HPKE context: every term, so that a sealed key cannot be carried to another licence."""
    fields = [getattr(terms, name) for name in Terms.__struct_fields__]
    return _SEAL_DOMAIN + _encode(fields)


def _slots(
    licence_id: str, tracks: Mapping[str, TrackRight | _Unwrapped]
) -> list[tuple[str, str, bytes, bytes]]:
    """(track, rendition, nonce, associated data) of every key, in canonical order.

    Raises ValueError if a rendition stands under two tracks.
    """
    pairs = sorted((r, t) for t, right in tracks.items() for r in right.keys)
    if len({rendition_id for rendition_id, _ in pairs}) != len(pairs):
        raise ValueError("a rendition stands under two tracks")
    return [
        (
            track_id,
            rendition_id,
            number.to_bytes(12, "big"),
            _encode([_WRAP_DOMAIN, licence_id, track_id, rendition_id]),
        )
        for number, (rendition_id, track_id) in enumerate(pairs)
    ]


def _wrap(licence_id: str, rights: Rights, cipher: AESGCM) -> dict[str, TrackRight]:
    wrapped: dict[str, dict[str, bytes]] = {track_id: {} for track_id in rights}
    plain = {track_id: _Unwrapped(keys) for track_id, (_, keys) in rights.items()}
    for track_id, rendition_id, nonce, bound_to in _slots(licence_id, plain):
        key = plain[track_id].keys[rendition_id]
        if len(key) != KEY_BYTES:
            raise ValueError(f"a content key has {KEY_BYTES} bytes")
        wrapped[track_id][rendition_id] = cipher.encrypt(nonce, key, bound_to)
    return {
        track_id: TrackRight(manifest_sha256, wrapped[track_id])
        for track_id, (manifest_sha256, _) in rights.items()
    }
