"""`segue` without a verb, in a real terminal: options, settings and NO_COLOR decide the look."""

import os
import pty
import re
import select
import subprocess
import sys
from contextlib import contextmanager

import pytest

COLOUR = re.compile(rb"\x1b\[[0-9;]*\b(?:38|48)[;:]2")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "settings.toml").write_text('[display]\ntheme = "daybreak"\nplain = "on"\n')
    yield home
    subprocess.run(
        [sys.executable, "-m", "player", "stop"],
        env=surroundings(home), capture_output=True, check=False,
    )  # fmt: skip


def surroundings(home, **more):
    bare = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LC_ALL", "LANG")}
    return {
        **bare, "SEGUE_HOME": str(home), "SEGUE_AUDIO_SINK": "null", "SEGUE_PRIVACY_KEYS": "file",
        "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "80", "LINES": "24", **more,
    }  # fmt: skip


@contextmanager
def opened(home, *options, **more):
    """The player on a terminal of its own; gives what it has drawn by the time it is ready."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "player", *options],
        stdin=theirs, stdout=theirs, stderr=theirs, env=surroundings(home, **more), close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield _until(ours, process, b"Nobody is signed in")
    finally:
        os.write(ours, b"q")
        _until(ours, process, None)
        assert process.wait(30) == 0
        os.close(ours)


def _until(terminal, process, words):
    drawn = b""
    while words is None or words not in drawn:
        if select.select([terminal], [], [], 30)[0]:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # the other end is closed
                piece = b""
        else:
            piece = b""
        if not piece:
            assert words is None, drawn[-2000:]
            break
        drawn += piece
    return drawn


@pytest.mark.parametrize(
    ("options", "more", "background", "ascii_only"),
    [
        ((), {}, b"251;247;241", True),
        (("--theme", "afterglow"), {"SEGUE_DISPLAY_PLAIN": "off"}, b"20;18;27", False),
        ((), {"SEGUE_DISPLAY_THEME": "auto", "NO_COLOR": "1"}, b"", True),
    ],
    ids=["settings", "option", "no-colour"],
)
def test_the_look(home, options, more, background, ascii_only):
    with opened(home, *options, **more) as drawn:
        assert drawn.isascii() is ascii_only
        assert bool(COLOUR.search(drawn)) is bool(background)
        assert background in drawn


def test_a_mistake_in_the_settings_is_shown(home):
    with opened(home, SEGUE_DISPLAY_THEME="mauve") as drawn:
        assert b"SEGUE_DISPLAY_THEME" in drawn


def test_an_option_that_does_not_exist_ends_in_one_line(home):
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "player", "--theme", "mauve"],
        stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=surroundings(home), check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
