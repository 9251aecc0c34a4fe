"""The documents keep their word: links lead somewhere, folders are introduced, commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from player.commands import COMMANDS

ROOT = Path(__file__).parents[2]
FOLDERS = ("player", "sync", "drm", "cache", "server_stub", "tests")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *(ROOT / folder / "README.md" for folder in FOLDERS)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_to_files(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_says_what_lives_there_and_how_to_add_one_more(folder):
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert "one more" in text.lower()


def test_segue_verbs_in_the_readme_exist():
    known = {command.cli.split()[0] for command in COMMANDS if command.cli}
    known |= {"login", "render", "doctor", "config", "status", "engine"}
    used = set(re.findall(r"(?:^|; |`)segue ([a-z]+)", README, re.MULTILINE))
    assert used <= known
    assert len(used) > 8


def test_server_verbs_in_the_readme_exist():
    done = subprocess.run(
        [sys.executable, "-m", "server_stub", "--help"], capture_output=True, text=True, check=True
    )
    for verb in set(re.findall(r"segue-server ([a-z]+)", README)):
        assert re.search(rf"\b{verb}\b", done.stdout), verb


def test_the_readme_shows_both_maps():
    assert README.count("```mermaid") == 2
