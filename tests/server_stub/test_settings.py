"""Settings: file, environment and flags, and errors that name the key."""

import pytest

from server_stub.settings import Settings, SettingsError, load


def test_defaults(tmp_path):
    assert load(tmp_path, {}, {}) == Settings()


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path):
    (tmp_path / "settings.toml").write_text(
        '[network]\nhost = "file"\nport = 1\nshutdown_s = 7\n'
        "[licensing.free]\nmax_kbps = 96\noffline = true\n"
    )
    environment = {
        "SEGUE_SERVER_NETWORK_PORT": "2",
        "SEGUE_SERVER_NETWORK_HOST": "environment",
        "SEGUE_SERVER_NETWORK_NAMES": "a.example,b.example",
        "SEGUE_SERVER_NETWORK_INSECURE_HTTP": "true",
        "SEGUE_SERVER_LICENSING_FREE_MAX_KBPS": "128",
        "SEGUE_SERVER_DATA": "elsewhere",
        "HOME": "x",
    }
    settings = load(tmp_path, environment, {"network": {"host": "flag"}})
    network = settings.network
    assert (network.host, network.port, network.shutdown_s) == ("flag", 2, 7)
    assert network.names == ("a.example", "b.example")
    assert network.insecure_http is True
    assert (settings.licensing.free.max_kbps, settings.licensing.free.offline) == (128, True)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[network]\nprot = 1", "network.prot"),
        ("[netwrok]\nport = 1", "netwrok"),
        ("port = 1", "port"),
        ("[network]\nport = 70000", "network.port"),
        ('[log]\nlevel = "loud"', "log.level"),
        ("[licensing.free]\nkbps = 1", "licensing.free.kbps"),
        ("[network", "settings.toml"),
    ],
)
def test_a_wrong_key_is_named(tmp_path, text, named):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, {}, {})
    assert named in caught.value.detail
    assert caught.value.remedy


@pytest.mark.parametrize("variable", ["SEGUE_SERVER_PORT", "SEGUE_SERVER_NETWORK_PROT"])
def test_a_wrong_variable_is_named(tmp_path, variable):
    with pytest.raises(SettingsError, match=variable):
        load(tmp_path, {variable: "1"}, {})
