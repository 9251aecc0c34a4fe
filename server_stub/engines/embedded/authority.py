"""The server's own certificate authority: made at first start, kept in files of their owner only.

`authority.pem` is what clients pin. It signs `server.pem`, which is made again before it expires
and whenever the server gets a name that it does not hold.
"""

import hashlib
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server_stub.kernel.clock import Clock

AUTHORITY_YEARS = 10
SERVER_DAYS = 90
RENEW_DAYS = 30
"""A certificate with fewer days left is replaced."""
_SKEW = timedelta(hours=1)
"""Clients' clocks may be a little behind."""
_ALWAYS = ("localhost", "127.0.0.1", "::1")
_ANY_HOST = {"0.0.0.0", "::", ""}

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class ServerCertificate:
    """What the TLS server needs, and what tells people that it is the right one."""

    authority_pem: bytes
    fingerprint: str
    """SHA-256 of the authority's certificate, hexadecimal."""
    certificate_file: Path
    key_file: Path
    expires_at: float
    """Unix time at which the server's certificate ends."""
    renewed: bool
    """Whether this call made it."""


class LocalAuthority:
    """The authority of one data folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    @property
    def authority_file(self) -> Path:
        """The certificate that clients pin."""
        return self._folder / "authority.pem"

    def server_certificate(self, names: Iterable[str]) -> ServerCertificate:
        """A certificate for these host names and addresses, made again if need be."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        authority, authority_key = self._authority(now)
        wanted = [*_ALWAYS, *(name for name in names if name not in _ANY_HOST)]
        alternatives = x509.SubjectAlternativeName(
            [_general_name(name) for name in dict.fromkeys(wanted)]
        )
        certificate_file, key_file = self._folder / "server.pem", self._folder / "server.key"
        pair = _read_pair(certificate_file, key_file)
        kept = pair is not None and _is_usable(pair[0], authority, alternatives, now)
        if pair is None or not kept:
            key = ec.generate_private_key(ec.SECP256R1())
            pair = _server_certificate(authority, authority_key, key, alternatives, now), key
            _write_key(key_file, key)
            _write(certificate_file, _pem(pair[0]), 0o644)
        return ServerCertificate(
            authority_pem=_pem(authority),
            fingerprint=fingerprint(authority),
            certificate_file=certificate_file,
            key_file=key_file,
            expires_at=pair[0].not_valid_after_utc.timestamp(),
            renewed=not kept,
        )

    def expiry(self) -> float | None:
        """Unix time at which the server's certificate ends; None if there is none."""
        certificate = _read_certificate(self._folder / "server.pem")
        return None if certificate is None else certificate.not_valid_after_utc.timestamp()

    def _authority(self, now: datetime) -> tuple[x509.Certificate, Key]:
        """The authority, made now if there is none or it ends soon."""
        key_file = self._folder / "authority.key"
        pair = _read_pair(self.authority_file, key_file)
        if pair is not None and not _is_old(pair[0], now):
            return pair
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _authority_certificate(key, now)
        _write_key(key_file, key)
        _write(self.authority_file, _pem(certificate), 0o644)
        return certificate, key


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 over the certificate's DER form."""
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def _authority_certificate(key: Key, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Segue local authority")])
    return (
        _builder(name, name, key, now, timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server_certificate(
    authority: x509.Certificate,
    authority_key: Key,
    key: Key,
    alternatives: x509.SubjectAlternativeName,
    now: datetime,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Segue server")])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder(name, authority.subject, key, now, timedelta(days=SERVER_DAYS))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, lifetime: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + lifetime)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _is_old(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_after_utc - now < timedelta(days=RENEW_DAYS)


def _is_usable(
    certificate: x509.Certificate,
    authority: x509.Certificate,
    wanted: x509.SubjectAlternativeName,
    now: datetime,
) -> bool:
    """Whether it will last, covers the names and was signed by this authority."""
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return not _is_old(certificate, now) and set(wanted) <= set(held)


def _read_certificate(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _read_pair(certificate_file: Path, key_file: Path) -> tuple[x509.Certificate, Key] | None:
    """A certificate with its own key; None if either is missing, damaged or of another pair."""
    certificate = _read_certificate(certificate_file)
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (FileNotFoundError, ValueError):
        return None
    if certificate is None or not isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    return (certificate, key) if key.public_key() == certificate.public_key() else None


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: Key) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(path, data, 0o600)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file whole or not at all, never readable by more people than it shall be."""
    fresh = path.with_suffix(f"{path.suffix}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
