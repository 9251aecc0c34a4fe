"""The sound from the shell: typed, said back, remembered by the next engine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from player.cli.sound import _name_of, sound_lines
from player.errors import UsageError
from player.parsing import parse

OFF = {
    "normalise": "off",
    "target_lufs": -14.0,
    "gain_db": None,
    "crossfade_s": 0.0,
    "eq": "off",
    "speed": 1.0,
    "spatial": "off",
    "mono": False,
    "sleep": None,
}


@pytest.mark.parametrize(
    ("typed", "args", "options"),
    [
        ("crossfade 6", {"crossfade_s": 6.0}, {}),
        ("speed 1.25", {"speed": 1.25}, {}),
        ("speed", {}, {}),
        ("normalise auto --target -18", {"normalise": "auto"}, {"target": -18.0}),
        ("eq bass", {"eq": "bass"}, {}),
        ("eq HD 600", {"eq": "HD 600"}, {}),
        ("mono on", {"on": True}, {}),
        ("spatial /some/head.sofa", {"spatial": "/some/head.sofa"}, {}),
        ("sleep 1h 30m", {"when": "1h 30m"}, {}),
        ("lyrics offset -200", {"delta_ms": -200}, {}),
        ("lyrics offset +150ms", {"delta_ms": 150}, {}),
        ("lyrics offset 0", {"ms": 0}, {}),
        ("lyrics some song", {"track": "some song"}, {}),
    ],
)
def test_what_is_typed(typed, args, options):
    said = parse(typed.split())
    assert (said.args, said.options) == (args, options)


@pytest.mark.parametrize("typed", ["speed fast", "speed nan", "crossfade inf", "mono perhaps",
                                   "normalise loud", "lyrics offset soon"])  # fmt: skip
def test_what_is_no_value(typed):
    with pytest.raises(UsageError):
        parse(typed.split())


def test_what_is_on_is_said():
    assert sound_lines(OFF) == ["nothing is changed: every sample as decoded"]
    on = OFF | {
        "normalise": "auto", "gain_db": -3.2, "crossfade_s": 6.0, "eq": "bass", "speed": 1.5,
        "spatial": "synthetic", "mono": True, "sleep": {"left_s": 90.0, "tracks": None},
    }  # fmt: skip
    assert sound_lines(on) == [
        "normalise auto to -14 LUFS (-3.2 dB now)",
        "crossfade 6 s",
        "equaliser bass",
        "speed 1.5",
        "spatial: synthetic",
        "mono",
        "sleep in 1.5 minutes",
    ]
    tracks = {"left_s": None, "tracks": 3}
    assert sound_lines(OFF | {"sleep": tracks}) == ["sleep after 3 tracks"]


def test_a_curve_is_called_after_its_file_or_its_folder():
    assert _name_of(Path("/x/Sennheiser HD 600 ParametricEQ.txt")) == "Sennheiser HD 600"
    assert _name_of(Path("/x/HD 600/ParametricEQ.txt")) == "HD 600"
    assert _name_of(Path("/x/mine.txt")) == "mine"


def test_an_evening_of_settings_outlives_the_engine(tmp_path):
    environment = {
        **os.environ,
        "SEGUE_HOME": str(tmp_path / "home"),
        "SEGUE_AUDIO_SINK": "null",
        "SEGUE_PRIVACY_KEYS": "file",
        "NO_COLOR": "1",
    }

    def segue(*words, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "player", *words],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    curve = tmp_path / "HD 600 ParametricEQ.txt"
    curve.write_text("Preamp: -6.2 dB\nFilter 1: ON PK Fc 105 Hz Gain -3.1 dB Q 0.70\n")
    try:
        assert "nothing is changed" in segue("sound")
        segue("normalise", "auto", "--target", "-18")
        segue("mono", "on")
        assert "1 bands, preamp -6.2 dB" in segue("eq", "import", str(curve))
        assert "> HD 600  imported" in segue("eq", "list")
        segue("sleep", "30")
        assert "cannot be read" in segue("eq", "import", str(tmp_path / "none"), code=2)
        assert "no equaliser curve flute" in segue("eq", "flute", code=1)
        segue("speed", "9", code=2)
        assert "nothing plays" in segue("lyrics", "offset", "+100", code=1)
        segue("stop")
        shown = json.loads(segue("sound", "--json"))
        kept = {"normalise": "auto", "target_lufs": -18.0, "mono": True, "eq": "HD 600"}
        assert shown == OFF | kept
        assert "nothing is changed" in segue("sound", "reset")
    finally:
        subprocess.run(
            [sys.executable, "-m", "player", "stop"],
            env=environment, capture_output=True, check=False,
        )  # fmt: skip
