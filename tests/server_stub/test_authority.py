"""The local certificate authority."""

import ssl
import stat

import pytest
from cryptography import x509

from server_stub.engines.embedded.authority import RENEW_DAYS, SERVER_DAYS, LocalAuthority
from server_stub.kernel.clock import ManualClock

DAY = 86_400


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def authority(tmp_path, clock):
    return LocalAuthority(tmp_path / "tls", clock)


def names_of(made):
    certificate = x509.load_pem_x509_certificate(made.certificate_file.read_bytes())
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    dns = held.get_values_for_type(x509.DNSName)
    return set(dns) | {str(ip) for ip in held.get_values_for_type(x509.IPAddress)}


def test_makes_files_that_only_the_owner_reads(authority, tmp_path):
    made = authority.server_certificate(["music.example", "192.0.2.7"])
    assert names_of(made) == {"localhost", "127.0.0.1", "::1", "music.example", "192.0.2.7"}
    for name in ("authority.key", "server.key"):
        assert stat.S_IMODE((tmp_path / "tls" / name).stat().st_mode) == 0o600
    assert len(made.fingerprint) == 64
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate_file, made.key_file)


def test_keeps_what_it_made(authority):
    first = authority.server_certificate(["a.example"])
    again = authority.server_certificate(["a.example"])
    assert first.renewed and not again.renewed
    assert first.authority_pem == again.authority_pem
    assert first.expires_at == again.expires_at == authority.expiry()


def test_a_wildcard_host_is_no_name(authority):
    assert "0.0.0.0" not in names_of(authority.server_certificate(["0.0.0.0", ""]))


def test_a_new_name_makes_a_new_certificate_of_the_same_authority(authority):
    first = authority.server_certificate([])
    second = authority.server_certificate(["b.example"])
    assert second.renewed
    assert second.fingerprint == first.fingerprint


def test_renews_before_the_end(authority, clock):
    first = authority.server_certificate([])
    clock.advance((SERVER_DAYS - RENEW_DAYS) * DAY - 3600)
    assert not authority.server_certificate([]).renewed
    clock.advance(7200)
    second = authority.server_certificate([])
    assert second.renewed
    assert second.expires_at > first.expires_at
    assert second.fingerprint == first.fingerprint


def test_an_authority_that_ends_is_replaced_with_its_certificates(authority, clock):
    first = authority.server_certificate([])
    clock.advance(3640 * DAY)
    second = authority.server_certificate([])
    assert second.fingerprint != first.fingerprint
    assert second.renewed


@pytest.mark.parametrize("name", ["server.key", "server.pem"])
def test_a_torn_pair_is_made_again(authority, tmp_path, name):
    first = authority.server_certificate([])
    (tmp_path / "tls" / name).unlink()
    assert authority.server_certificate([]).fingerprint == first.fingerprint


def test_a_key_of_another_pair_is_not_used(authority, tmp_path, clock):
    authority.server_certificate([])
    other = LocalAuthority(tmp_path / "other", clock).server_certificate([])
    (tmp_path / "tls" / "server.key").write_bytes(other.key_file.read_bytes())
    assert authority.server_certificate([]).renewed


def test_says_nothing_before_there_is_one(authority):
    assert authority.expiry() is None
