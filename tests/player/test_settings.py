"""Settings: from the file, from variables, and every mistake named."""

import pytest

from player.errors import SettingsError
from player.settings import Settings, check, load


@pytest.fixture
def write(tmp_path):
    def writing(text):
        path = tmp_path / "settings.toml"
        path.write_text(text, "utf-8")
        return path

    return writing


def test_nothing_said_means_defaults(tmp_path):
    assert load(tmp_path / "missing.toml", {}) == Settings()


def test_the_file_counts_and_variables_count_more(write):
    path = write('[audio]\nsink = "mpv"\ncodec = "vorbis"\n')
    settings = load(path, {"SEGUE_AUDIO_SINK": "null", "SEGUE_CACHE_BUDGET_MB": "512"})
    assert settings.audio.sink == "null"
    assert settings.audio.codec == "vorbis"
    assert settings.cache.budget_mb == 512


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[audio]\nvolume = 3\n", 2, "no setting volume"),
        ("\n[noise]\nx = 1\n", 2, "no section [noise]"),
        ('[audio]\n# why\nsink = "kazoo"\n', 3, "sink = 'kazoo'"),
        ("[cache]\nbudget_mb = 1\n", 2, "budget_mb = 1"),
        ('[network]\nrefresh_s = "often"\n', 2, "refresh_s"),
    ],
)
def test_each_mistake_is_named_with_its_line(write, text, line, words):
    path = write(text)
    settings, mistakes = check(path, {})
    assert len(mistakes) == 1
    assert mistakes[0].where == f"{path}:{line}"
    assert words in mistakes[0].message
    assert mistakes[0].remedy
    assert settings == Settings()
    with pytest.raises(SettingsError):
        load(path, {})


def test_all_mistakes_are_found_at_once(write):
    _, mistakes = check(write("[audio]\na = 1\nb = 2\n"), {"SEGUE_LOG_LEVEL": "loud"})
    assert len(mistakes) == 3


def test_a_file_that_is_not_toml(write):
    _, mistakes = check(write("[audio\n"), {})
    assert "line 1" in mistakes[0].message


def test_a_variable_with_a_number(tmp_path):
    settings = load(tmp_path / "none", {"SEGUE_NETWORK_REFRESH_S": "12.5"})
    assert settings.network.refresh_s == 12.5
