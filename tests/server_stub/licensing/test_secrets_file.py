import stat

import pytest

from server_stub.engines.embedded.secrets_file import SecretsError, open_secrets

NAMES = ("token.key", "address.key", "licence.key")


def revealed(secrets):
    return (secrets.token_key, secrets.address_key, secrets.licence_key.private_bytes_raw())


def test_secrets_are_made_once_and_differ(tmp_path):
    first = revealed(open_secrets(tmp_path / "a"))

    assert revealed(open_secrets(tmp_path / "a")) == first
    assert len({*first, *revealed(open_secrets(tmp_path / "b"))}) == 6
    assert all(len(secret) == 32 for secret in first)


def test_only_the_server_can_read_them(tmp_path):
    open_secrets(tmp_path / "secrets")

    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    files = sorted(path.name for path in (tmp_path / "secrets").iterdir())
    assert files == sorted(NAMES)
    for name in NAMES:
        assert stat.S_IMODE((tmp_path / "secrets" / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_everybody_can_read_is_refused(tmp_path, name):
    open_secrets(tmp_path)
    (tmp_path / name).chmod(0o644)

    with pytest.raises(SecretsError, match="everybody"):
        open_secrets(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_secret_is_never_replaced(tmp_path, name):
    open_secrets(tmp_path)
    (tmp_path / name).write_bytes(b"")

    with pytest.raises(SecretsError, match="damaged"):
        open_secrets(tmp_path)
    assert (tmp_path / name).read_bytes() == b""


def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SecretsError):
        open_secrets(tmp_path / "file")


def test_two_first_starts_at_once_agree(tmp_path, monkeypatch):
    """The other start makes its secrets between this one's look and its own making."""
    other = open_secrets(tmp_path / "other")
    made = tmp_path / "secrets"
    from server_stub.engines.embedded import secrets_file

    make = secrets_file._make

    def after_the_other(path):
        if not path.exists():
            path.write_bytes((tmp_path / "other" / path.name).read_bytes())
            path.chmod(0o600)
        make(path)

    monkeypatch.setattr(secrets_file, "_make", after_the_other)
    assert revealed(open_secrets(made)) == revealed(other)
    assert sorted(path.name for path in made.iterdir()) == sorted(NAMES)
