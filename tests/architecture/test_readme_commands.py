"""Every command the README prints is understood as printed; those that need nobody else are run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from player.parsing import parse
from server_stub.cli.arguments import parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
OUTSIDE_QUOTES = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')


def commands(program):
    """Command lines of a program in the shell blocks, one for each `;`."""
    lines = (line.split("  #")[0] for block in BLOCKS for line in block.splitlines())
    parts = (part.strip() for line in lines for part in OUTSIDE_QUOTES.split(line))
    return [part for part in parts if part.split()[:1] == [program]]


@pytest.mark.parametrize("line", commands("segue"))
def test_segue_understands(line):
    assert parse(shlex.split(line)[1:]).command is not None


@pytest.mark.parametrize("line", commands("segue-server"))
def test_segue_server_understands(line):
    parser().parse_args(shlex.split(line)[1:])


def test_scripts_and_modules_exist():
    for script in re.findall(r"(?:^|[ `])(?:\./)?(scripts/[\w./-]+|run|check)(?=[ `])", README):
        assert (ROOT / script).is_file(), script
    for module in re.findall(r"python -m ([\w.]+)", README):
        path = ROOT.joinpath(*module.split("."))
        assert path.is_dir() or path.with_suffix(".py").is_file(), module


@pytest.mark.parametrize("line", ["segue-server user add mara --tier premium --region DE"])
def test_a_server_is_set_up_as_printed(line, tmp_path):
    assert line in commands("segue-server")
    environment = {**os.environ, "SEGUE_SERVER_DATA": str(tmp_path / "server")}
    music = tmp_path / "Music"
    music.mkdir()
    for words in (shlex.split(line)[1:], ["token", "mara"], ["import", str(music)], ["doctor"]):
        subprocess.run(
            [sys.executable, "-m", "server_stub", *words],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip


def test_the_settings_are_checked_and_shown_as_printed(tmp_path):
    environment = {**os.environ, "SEGUE_HOME": str(tmp_path)}
    assert "segue config check" in commands("segue")
    for words in (["config", "check"], ["config", "show"]):
        subprocess.run(
            [sys.executable, "-m", "player", *words],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip
